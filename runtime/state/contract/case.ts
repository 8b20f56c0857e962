import { randomUUID } from "node:crypto";
import type { StateStore } from "../state-store.js";

/** A backend under test. */
export interface Subject {
  /** Opens the store of a place; what was saved there is there again, unless the backend `forgets`. */
  open(place: string): Promise<StateStore>;
  /** Removes a place once it is no longer used. Default: it is left. */
  remove?(place: string): Promise<void>;
  /** Whether the backend keeps nothing beyond one `open`. Default: false. */
  readonly forgets?: boolean;
  /**
   * ES module that exports an `open` that opens the same place as this one, for the crash cases: they import it in
   * processes of their own, which they kill. These have the environment and the flags of this process. Default: no
   * crash cases.
   */
  readonly module?: URL;
  /** How many writers in turn are killed at one place. Default: 3. */
  readonly crashes?: number;
}

/** A rule that every backend keeps, as something to run. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with the AssertionError of what does not hold. */
  run(): Promise<void>;
}

/** What a case works on. */
export interface Bench {
  readonly store: StateStore;
  /** Opens the same place a second time, without closing the first. */
  again(): Promise<StateStore>;
}

/** A rule before it meets a backend. */
export interface Rule {
  readonly name: string;
  /** Whether it takes a backend that keeps what it was given. */
  readonly durable?: boolean;
  hold(bench: Bench): Promise<void>;
}

/** Works at a place of its own; what was opened there is closed after it, and the place removed. */
export async function atPlace(
  subject: Subject,
  work: (place: string, open: () => Promise<StateStore>) => Promise<void>,
): Promise<void> {
  const place = randomUUID().replaceAll("-", "");
  const opened: StateStore[] = [];
  const open = async () => {
    const store = await subject.open(place);
    opened.push(store);
    return store;
  };
  try {
    await work(place, open);
  } finally {
    for (const store of opened) await store.close();
    await subject.remove?.(place);
  }
}

/** Makes a case of a rule; every run has a place of its own. */
export function caseOf(rule: Rule, subject: Subject): ContractCase {
  return {
    name: rule.name,
    run: () => atPlace(subject, async (_place, open) => rule.hold({ store: await open(), again: open })),
  };
}
