import type { EgressPolicy } from "../egress.js";
import { loginOf, type ReceiverAuth, type ReceiverLogin } from "./receiver-auth.js";
import type { SecretBox } from "./secret-box.js";
import type { SubscriptionRecord, SubscriptionSecret, SubscriptionStore } from "./subscription-store.js";

/** What {@link Addressees} work with. */
export interface AddresseesOptions {
  readonly subscriptions: SubscriptionStore;
  readonly box: SecretBox;
  /** What may be reached where a token is asked for. */
  readonly egress: EgressPolicy;
  readonly now: () => number;
}

/** A subscription that is ready to be sent to. */
export interface Addressee {
  readonly record: SubscriptionRecord;
  /** Secrets that sign at a moment, in milliseconds since 1970, the latest first. */
  readonly secretsAt: (nowMs: number) => readonly string[];
  readonly login: ReceiverLogin | undefined;
  /** Why it cannot be sent to; undefined where it can. */
  readonly fault: unknown;
}

interface Known {
  readonly addressee: Addressee;
  /** When it was read, as `performance.now` counts. */
  readonly readAt: number;
}

/** How long a subscription that was read is taken as it was, in milliseconds. */
const freshMs = 1_000;
const mostKnown = 10_000;

/** Subscriptions with their secrets opened, kept for a moment. */
export class Addressees {
  readonly #options: AddresseesOptions;
  readonly #known = new Map<string, Known>();
  readonly #readings = new Map<string, Promise<Addressee | undefined>>();

  constructor(options: AddresseesOptions) {
    this.#options = options;
  }

  /** Has a subscription read again, as it was changed. */
  forget(id: string): void {
    const known = this.#known.get(id);
    if (known !== undefined) this.#known.set(id, { ...known, readAt: Number.NEGATIVE_INFINITY });
    this.#readings.delete(id);
  }

  /** What was read a moment ago; undefined where it has to be read. */
  fresh(id: string): Addressee | undefined {
    const known = this.#known.get(id);
    return known !== undefined && performance.now() - known.readAt < freshMs ? known.addressee : undefined;
  }

  /**
   * Reads a subscription, once for all who ask meanwhile; undefined where there is none.
   *
   * @throws AsapError as a {@link SubscriptionStore} does.
   */
  read(id: string): Promise<Addressee | undefined> {
    const under = this.#readings.get(id);
    if (under !== undefined) return under;
    const reading = this.#read(id).then(
      (addressee) => {
        if (this.#readings.get(id) !== reading) return addressee;
        this.#readings.delete(id);
        this.#keep(id, addressee);
        return addressee;
      },
      (cause: unknown) => {
        if (this.#readings.get(id) === reading) this.#readings.delete(id);
        throw cause;
      },
    );
    this.#readings.set(id, reading);
    return reading;
  }

  #keep(id: string, addressee: Addressee | undefined): void {
    this.#known.delete(id);
    if (addressee === undefined) return;
    this.#known.set(id, { addressee, readAt: performance.now() });
    if (this.#known.size > mostKnown) this.#known.delete(this.#known.keys().next().value as string);
  }

  async #read(id: string): Promise<Addressee | undefined> {
    const { subscriptions, box, egress, now } = this.#options;
    const known = this.#known.get(id)?.addressee;
    const record = await subscriptions.get(id);
    if (record === undefined) return undefined;
    if (known?.record.version === record.version && known.fault === undefined) return known;
    try {
      const secretsAt = signing(record.secrets.map(({ value, untilMs }) => ({ value: box.open(value, id), untilMs })));
      if (record.auth === null) return { record, secretsAt, login: undefined, fault: undefined };
      const isSame = known?.record.auth === record.auth;
      const login = isSame ? known.login : await loginOf(opened(box.open(record.auth, id)), egress, now);
      return { record, secretsAt, login, fault: undefined };
    } catch (fault) {
      return { record, secretsAt: () => [], login: undefined, fault };
    }
  }
}

/** Secrets by the moment; where none ends, they are the same at all of them. */
function signing(secrets: readonly SubscriptionSecret[]): Addressee["secretsAt"] {
  const all = secrets.map(({ value }) => value);
  if (secrets.every(({ untilMs }) => untilMs === null)) return () => all;
  return (nowMs) => secrets.filter(({ untilMs }) => untilMs === null || untilMs > nowMs).map(({ value }) => value);
}

const opened = (text: string): ReceiverAuth => JSON.parse(text) as ReceiverAuth;
