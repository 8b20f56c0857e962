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

/** Makes a case of a rule; every run has a place of its own. */
export function caseOf(rule: Rule, subject: Subject): ContractCase {
  return {
    name: rule.name,
    async run() {
      const place = randomUUID().replaceAll("-", "");
      const opened: StateStore[] = [];
      const open = async () => {
        const store = await subject.open(place);
        opened.push(store);
        return store;
      };
      try {
        await rule.hold({ store: await open(), again: open });
      } finally {
        for (const store of opened) await store.close();
        await subject.remove?.(place);
      }
    },
  };
}
