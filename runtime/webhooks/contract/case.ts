import { randomUUID } from "node:crypto";
import type { WebhookStore, WebhookStoreOptions } from "../webhook-store.js";

/** A store of webhooks that was opened. */
export interface OpenWebhooks {
  readonly store: WebhookStore;
  close(): Promise<void>;
}

/** A backend under test. */
export interface WebhookSubject {
  /**
   * Opens the store of a place. While it is open, and after it was closed unless the backend `forgets`, whoever opens the
   * place again finds what is there. The clock that is handed in is the only one that tells when something is due.
   */
  open(place: string, options: WebhookStoreOptions): Promise<OpenWebhooks>;
  /** Removes a place once it is no longer used. Default: it is left. */
  remove?(place: string): Promise<void>;
  /** Whether the backend keeps nothing once a place is closed. Default: false. */
  readonly forgets?: boolean;
}

/** A rule that every backend keeps, as something to run. */
export interface WebhookCase {
  readonly name: string;
  /** Rejects with the AssertionError of what does not hold. */
  run(): Promise<void>;
}

/** A clock that stands still until it is moved. */
export interface Clock {
  /** Milliseconds since 1970. */
  ms: number;
}

/** What a case works on. */
export interface WebhookBench extends WebhookStore {
  readonly clock: Clock;
  /** Opens the same place once more, without closing what is open. */
  again(): Promise<OpenWebhooks>;
  /** Closes all that is open and opens the place anew. */
  reopened(): Promise<WebhookStore>;
}

/** A rule before it meets a backend. */
export interface WebhookRule {
  readonly name: string;
  /** Whether it takes a backend that keeps what it was given. */
  readonly durable?: boolean;
  /** Most deliveries that wait. Default: that of the backend. */
  readonly maxPending?: number;
  /** Most deliveries for one URL that wait. Default: that of the backend. */
  readonly maxPendingPerUrl?: number;
  hold(bench: WebhookBench): Promise<void>;
}

/** When the clock of a case begins. */
export const startMs = Date.UTC(2026, 0, 1);

/** Makes a case of a rule; every run has a place and a clock of its own. */
export function caseOf(
  { name, maxPending, maxPendingPerUrl, hold }: WebhookRule,
  subject: WebhookSubject,
): WebhookCase {
  return {
    name,
    async run() {
      const place = randomUUID().replaceAll("-", "");
      const clock: Clock = { ms: startMs };
      const opened: OpenWebhooks[] = [];
      const options = {
        now: () => clock.ms,
        ...(maxPending !== undefined && { maxPending }),
        ...(maxPendingPerUrl !== undefined && { maxPendingPerUrl }),
      };
      const again = async () => {
        const one = await subject.open(place, options);
        opened.push(one);
        return one;
      };
      const close = async () => {
        for (const one of opened.splice(0)) await one.close();
      };
      const reopened = async () => {
        await close();
        return (await again()).store;
      };
      try {
        await hold({ ...(await again()).store, clock, again, reopened });
      } finally {
        await close();
        await subject.remove?.(place);
      }
    },
  };
}
