import type { NonceStore } from "../nonce-store.js";
import { checkedId } from "../records.js";
import type { Keys } from "./keys.js";
import type { RedisLink } from "./link.js";
import { nonceScript } from "./scripts.js";

/** Nonces: a key each, which the server forgets when its time is over. */
export function redisNonces(link: RedisLink, keys: Keys): NonceStore {
  return {
    use: (nonce, forMs) =>
      link.work(async () => {
        const key = keys(`nonce:${checkedId("Nonce", "nonce", nonce)}`);
        return (await link.run(nonceScript, key, [Math.max(1, Math.ceil(forMs))])) === 1;
      }),
  };
}
