import type { SqliteDatabase, SqliteStatement } from "../../../state/sqlite/driver.js";
import type { Attempt, Settlement } from "../../delivery.js";
import { expiredReason } from "../../records.js";
import type { Item } from "../item.js";
import type { SettlementPlan } from "../settlement-plan.js";
import { addAttemptValues, attemptColumns, marks, valuesOfAttempt } from "./rows.js";

const rowsOfStatement = 50;

type Value = string | number | null;

/** Writes what became of deliveries. Every function is to be called within a write. */
export interface SettlementWriter {
  /** @returns How many deliveries ended, and those whose rows another process removed. */
  settle(plan: SettlementPlan, nowMs: number): { readonly ended: number; readonly lost: readonly Item[] };
  /** Moves what expired to the dead letters. @returns How many there were. */
  expire(items: readonly Item[], nowMs: number): number;
  /** Writes attempts. */
  record(attempts: readonly Attempt[]): void;
}

/** Runs a statement for so many rows at a time, and one for each that is left. */
class Parts {
  readonly #many: SqliteStatement;
  readonly #one: SqliteStatement;
  readonly #valuesOfRow: number;

  constructor(many: SqliteStatement, one: SqliteStatement, valuesOfRow: number) {
    this.#many = many;
    this.#one = one;
    this.#valuesOfRow = valuesOfRow;
  }

  /** @returns How many rows changed. */
  run(values: readonly Value[]): number {
    const [size, step] = [rowsOfStatement * this.#valuesOfRow, this.#valuesOfRow];
    let changes = 0;
    let from = 0;
    for (; values.length - from >= size; from += size)
      changes += Number(this.#many.run(...values.slice(from, from + size)).changes);
    for (; from < values.length; from += step)
      changes += Number(this.#one.run(...values.slice(from, from + step)).changes);
    return changes;
  }
}

/** Makes a {@link SettlementWriter}. */
export function settlementWriter(database: SqliteDatabase): SettlementWriter {
  const remove = "DELETE FROM asap_webhook_deliveries WHERE seq";
  const removeOne = database.prepare(`${remove} = ?`);
  const removeMany = database.prepare(`${remove} IN ${marks(1, rowsOfStatement)}`);
  const removals = new Parts(removeMany, removeOne, 1);
  const insert = `INSERT INTO asap_webhook_attempts (${attemptColumns}) VALUES `;
  const insertMany = database.prepare(insert + marks(rowsOfStatement, valuesOfAttempt));
  const records = new Parts(insertMany, database.prepare(insert + marks(1, valuesOfAttempt)), valuesOfAttempt);
  const retry = database.prepare(
    "UPDATE asap_webhook_deliveries SET due_ms = ?, attempts = ?, status = coalesce(?, status) WHERE seq = ?",
  );
  const bury = database.prepare(
    `INSERT OR REPLACE INTO asap_webhook_dead (id, attempts, replays, died_ms, reason, status, head, body)
       SELECT id, ?, replays, ?, ?, coalesce(?, status), head, body FROM asap_webhook_deliveries WHERE seq = ?`,
  );
  const openCircuit = database.prepare(
    `INSERT INTO asap_webhook_circuits (url, failures, open_until_ms) VALUES (?, ?, ?)
       ON CONFLICT (url) DO UPDATE SET failures = excluded.failures, open_until_ms = excluded.open_until_ms`,
  );
  const closeCircuit = database.prepare("DELETE FROM asap_webhook_circuits WHERE url = ?");

  const buried = (item: Item, attempts: number, reason: string, status: number | null, nowMs: number): number => {
    bury.run(attempts, Math.ceil(nowMs), reason, status, item.seq);
    return Number(removeOne.run(item.seq).changes);
  };
  const addAttempt = (values: Value[], { delivery, facts, outcome }: Settlement): void => {
    if (facts !== undefined && outcome.kind !== "release")
      addAttemptValues(values, delivery.id, delivery, outcome.kind, facts);
  };

  return {
    settle({ changes, circuits }, nowMs) {
      const delivered: number[] = [];
      const attempts: Value[] = [];
      const lost: Item[] = [];
      let ended = 0;
      for (const { lease, settlement } of changes) {
        const { item } = lease;
        const { outcome, facts } = settlement;
        addAttempt(attempts, settlement);
        if (outcome.kind === "delivered") delivered.push(item.seq);
        else if (outcome.kind === "dead")
          ended += buried(item, lease.attempt, outcome.reason, facts?.status ?? null, nowMs);
        else if (outcome.kind === "retry") {
          const { changes: kept } = retry.run(Math.ceil(outcome.atMs), lease.attempt, facts?.status ?? null, item.seq);
          if (Number(kept) === 0) lost.push(item);
        }
      }
      ended += removals.run(delivered);
      records.run(attempts);
      for (const [{ url }, { next }] of circuits) {
        const { failures, openUntilMs } = next;
        if (openUntilMs !== null) openCircuit.run(url, failures, Math.ceil(openUntilMs));
        else if (failures === 0) closeCircuit.run(url);
      }
      return { ended, lost };
    },
    expire(items, nowMs) {
      let ended = 0;
      for (const item of items) ended += buried(item, item.attempts, expiredReason, null, nowMs);
      return ended;
    },
    record(attempts) {
      const values: Value[] = [];
      for (const one of attempts) addAttemptValues(values, one.deliveryId, one, one.outcome, one);
      records.run(values);
    },
  };
}
