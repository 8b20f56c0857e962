import type { SqliteDatabase, SqliteStatement } from "../../../state/sqlite/driver.js";
import type { Attempt } from "../../delivery.js";
import { expiredReason } from "../../records.js";
import { attemptOf } from "../claims.js";
import type { Item } from "../item.js";
import type { SettlementPlan } from "../settlement-plan.js";
import { attemptColumns, attemptValues, marks, newColumns } from "./rows.js";

const rowsOfStatement = 50;
const valuesOfAttempt = 15;

/** Writes what became of deliveries. Every function is to be called within a write. */
export interface SettlementWriter {
  /** @returns How many deliveries ended, and those whose rows another process removed. */
  settle(plan: SettlementPlan, nowMs: number): { readonly ended: number; readonly lost: readonly Item[] };
  /** Moves what expired to the dead letters. @returns How many there were. */
  expire(items: readonly Item[], nowMs: number): number;
  /** Writes attempts. */
  record(attempts: readonly Attempt[]): void;
}

/** Makes a {@link SettlementWriter}. */
export function settlementWriter(database: SqliteDatabase): SettlementWriter {
  const removeOne = database.prepare("DELETE FROM asap_webhook_deliveries WHERE seq = ?");
  const removeMany = database.prepare(
    `DELETE FROM asap_webhook_deliveries WHERE seq IN (${Array.from({ length: rowsOfStatement }, () => "?").join(", ")})`,
  );
  const insert = `INSERT INTO asap_webhook_attempts (${attemptColumns}) VALUES `;
  const recordOne = database.prepare(insert + marks(1, valuesOfAttempt));
  const recordMany = database.prepare(insert + marks(rowsOfStatement, valuesOfAttempt));
  const retry = database.prepare(
    "UPDATE asap_webhook_deliveries SET due_ms = ?, attempts = ?, status = coalesce(?, status) WHERE seq = ?",
  );
  const bury = database.prepare(
    `INSERT OR REPLACE INTO asap_webhook_dead (${newColumns}, attempts, replays, died_ms, reason, status)
       SELECT ${newColumns}, ?, replays, ?, ?, coalesce(?, status) FROM asap_webhook_deliveries WHERE seq = ?`,
  );
  const openCircuit = database.prepare(
    `INSERT INTO asap_webhook_circuits (url, failures, open_until_ms) VALUES (?, ?, ?)
       ON CONFLICT (url) DO UPDATE SET failures = excluded.failures, open_until_ms = excluded.open_until_ms`,
  );
  const closeCircuit = database.prepare("DELETE FROM asap_webhook_circuits WHERE url = ?");

  const inParts = <Row>(
    rows: readonly Row[],
    many: SqliteStatement,
    one: SqliteStatement,
    values: (row: Row) => readonly unknown[],
  ): number => {
    let changes = 0;
    let from = 0;
    for (; rows.length - from >= rowsOfStatement; from += rowsOfStatement)
      changes += Number(many.run(...rows.slice(from, from + rowsOfStatement).flatMap(values)).changes);
    for (const row of rows.slice(from)) changes += Number(one.run(...values(row)).changes);
    return changes;
  };
  const buried = (item: Item, attempts: number, reason: string, status: number | null, nowMs: number): number => {
    bury.run(attempts, Math.ceil(nowMs), reason, status, item.seq);
    return Number(removeOne.run(item.seq).changes);
  };
  const record = (attempts: readonly Attempt[]): void =>
    void inParts(attempts, recordMany, recordOne, (attempt) => attemptValues(attempt));

  return {
    settle({ changes, circuits }, nowMs) {
      const delivered: number[] = [];
      const lost: Item[] = [];
      let ended = 0;
      for (const { lease, settlement } of changes) {
        const { item } = lease;
        const { outcome, facts } = settlement;
        if (outcome.kind === "delivered") delivered.push(item.seq);
        else if (outcome.kind === "dead")
          ended += buried(item, lease.attempt, outcome.reason, facts?.status ?? null, nowMs);
        else if (outcome.kind === "retry") {
          const { changes: kept } = retry.run(Math.ceil(outcome.atMs), lease.attempt, facts?.status ?? null, item.seq);
          if (Number(kept) === 0) lost.push(item);
        }
      }
      ended += inParts(delivered, removeMany, removeOne, (seq) => [seq]);
      record(changes.flatMap(({ settlement }) => attemptOf(settlement) ?? []));
      for (const [{ url }, { failures, openUntilMs }] of circuits) {
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
    record,
  };
}
