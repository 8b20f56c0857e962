import type { NonceStore } from "../nonce-store.js";
import { checkedId } from "../records.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupWriter } from "./writer.js";

/** How often nonces whose time is over are deleted, in milliseconds. */
const sweepMs = 1_000;

/** Most nonces that one sweep deletes. */
const sweptAtOnce = 10_000;

/** Nonces in a table. */
export function sqliteNonces(database: SqliteDatabase, writer: GroupWriter, now: () => number): NonceStore {
  const use = database.prepare(
    `INSERT INTO asap_nonces (nonce, until_ms) VALUES (?, ?)
     ON CONFLICT (nonce) DO UPDATE SET until_ms = excluded.until_ms WHERE until_ms <= ?`,
  );
  const sweep = database.prepare(
    "DELETE FROM asap_nonces WHERE nonce IN (SELECT nonce FROM asap_nonces WHERE until_ms <= ? ORDER BY until_ms LIMIT ?)",
  );
  let sweptMs = 0;
  return {
    async use(nonce, forMs) {
      writer.open();
      checkedId("Nonce", "nonce", nonce);
      return writer.write(() => {
        const at = now();
        if (at - sweptMs > sweepMs) {
          sweep.run(at, sweptAtOnce);
          sweptMs = at;
        }
        return Number(use.run(nonce, at + forMs, at).changes) > 0;
      });
    },
  };
}
