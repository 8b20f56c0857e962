import type { NonceStore } from "../nonce-store.js";
import { checkedId, wholeMs } from "../records.js";
import { momentOf } from "./clock.js";
import type { Database } from "./database.js";

/** How often nonces whose time is over are deleted, in milliseconds. */
const sweepMs = 1_000;

/** Most nonces that one sweep deletes. */
const sweptAtOnce = 50_000;

/** Nonces in a table. */
export function postgresNonces({ table, write, run }: Database, now: () => number | null): NonceStore {
  const nonces = table("nonces");
  const use = write(
    "Nonce",
    `INSERT INTO ${nonces} (nonce, until_ms) VALUES ($1, ${momentOf("$3")} + $2::bigint)
     ON CONFLICT (nonce) DO UPDATE SET until_ms = excluded.until_ms
       WHERE ${nonces}.until_ms <= excluded.until_ms - $2::bigint`,
  );
  const sweep = write(
    "Nonce",
    `DELETE FROM ${nonces} WHERE nonce = ANY (ARRAY(SELECT nonce FROM ${nonces}
       WHERE until_ms <= (SELECT ${momentOf("$1")}) ORDER BY until_ms LIMIT $2 FOR UPDATE SKIP LOCKED))`,
  );
  let sweptMs = 0;
  return {
    async use(nonce, forMs) {
      const isFirst = await run(async () => {
        checkedId("Nonce", "nonce", nonce);
        return (await use(nonce, wholeMs(forMs), now())).count > 0;
      });
      if (Date.now() - sweptMs > sweepMs) {
        sweptMs = Date.now();
        run(() => sweep(now(), sweptAtOnce)).catch(() => {});
      }
      return isFirst;
    },
  };
}
