import { createHash } from "node:crypto";
import { type EgressPolicy, isLoopbackUrl } from "../egress.js";
import { isAsapError } from "../error.js";
import { loginOf, type ReceiverAuth, type ReceiverLogin } from "./receiver-auth.js";
import type { SecretBox } from "./secret-box.js";
import type { Sender, Sent } from "./sender.js";
import { type SignatureProfile, signatureHeaders } from "./sign.js";
import type { SubscriptionRecord, SubscriptionStore } from "./subscription-store.js";
import { checkTargetUrl } from "./target.js";
import type { Shipment } from "./worker.js";

/** What a {@link Courier} works with. */
export interface CourierOptions {
  readonly subscriptions: SubscriptionStore;
  readonly sender: Sender;
  readonly box: SecretBox;
  readonly profiles: readonly SignatureProfile[];
  readonly egress: EgressPolicy;
  readonly requireHttps: boolean;
  readonly now: () => number;
}

/** A subscription that is ready to be sent to. */
interface Addressee {
  readonly record: SubscriptionRecord;
  readonly secrets: readonly { readonly value: string; readonly untilMs: number | null }[];
  readonly login: ReceiverLogin | undefined;
  readonly readAtMs: number;
}

/** How long a subscription that was read is taken as it was, in milliseconds. */
const freshMs = 1_000;
const mostAddressees = 10_000;

/** Signs shipments, adds what their receivers ask for, and has them sent. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #addressees = new Map<string, Promise<Addressee | undefined>>();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Forgets what is known of a subscription, as it was changed. */
  forget(subscriptionId: string): void {
    this.#addressees.delete(subscriptionId);
  }

  /**
   * Sends a shipment.
   *
   * @throws AsapError as a `SubscriptionStore` does.
   */
  async send({ url, deliveries }: Shipment): Promise<Sent | { readonly refused: string }> {
    const { sender, now, profiles, egress, requireHttps } = this.#options;
    const [first] = deliveries;
    if (first === undefined) return { refused: "there is nothing to send" };
    const addressee = await this.#addresseeOf(first.subscriptionId);
    if (addressee === undefined) return { refused: "the subscription was removed" };
    if (addressee.record.disabled !== null) return { refused: addressee.record.disabled.reason };
    const startedMs = now();
    try {
      checkTargetUrl(url, egress, { requireHttps: requireHttps && !mayBePlain(url, egress) });
    } catch (cause) {
      return unsent(startedMs, cause);
    }
    const isBatch = first.batchSize > 1;
    const body = isBatch ? `[${deliveries.map((each) => each.body).join(",")}]` : first.body;
    const id = isBatch ? batchId(deliveries.map((each) => each.id)) : first.id;
    const secrets = addressee.secrets.filter(({ untilMs }) => untilMs === null || untilMs > startedMs);
    let login: readonly string[];
    try {
      login = (await addressee.login?.headers()) ?? [];
    } catch (cause) {
      return unsent(startedMs, cause);
    }
    const headers = [
      "content-type",
      "application/json",
      "user-agent",
      "asap-kit-webhooks",
      ...Object.entries(
        signatureHeaders({
          id,
          timestampSeconds: Math.floor(startedMs / 1_000),
          body,
          secrets: secrets.map(({ value }) => value),
          profiles,
        }),
      ).flat(),
      ...login,
    ];
    const sent = await sender.send({ url, body, headers });
    if (sent.status === 401) addressee.login?.refused();
    return sent;
  }

  async #addresseeOf(id: string): Promise<Addressee | undefined> {
    const known = await this.#addressees.get(id);
    if (known !== undefined && this.#options.now() - known.readAtMs < freshMs) return known;
    const reading = this.#read(id, known);
    this.#addressees.delete(id);
    this.#addressees.set(id, reading);
    const oldest = this.#addressees.size > mostAddressees ? this.#addressees.keys().next().value : undefined;
    if (oldest !== undefined) this.#addressees.delete(oldest);
    reading.catch(() => this.#addressees.delete(id));
    return reading;
  }

  async #read(id: string, known: Addressee | undefined): Promise<Addressee | undefined> {
    const { subscriptions, box, egress, now } = this.#options;
    const record = await subscriptions.get(id);
    if (record === undefined) return undefined;
    const readAtMs = now();
    if (known?.record.version === record.version) return { ...known, readAtMs };
    const secrets = record.secrets.map(({ value, untilMs }) => ({ value: box.open(value, id), untilMs }));
    const auth = record.auth === null ? undefined : (JSON.parse(box.open(record.auth, id)) as ReceiverAuth);
    return { record, secrets, login: auth && (await loginOf(auth, egress, now)), readAtMs };
  }
}

/** Whether a URL needs no encryption: it leads to this host, and may. */
export const mayBePlain = (url: string, egress: EgressPolicy): boolean =>
  egress.allowLoopback === true && isLoopbackUrl(url);

/** What came of an attempt that did not get as far as the network. */
function unsent(startedMs: number, cause: unknown): Sent {
  return {
    startedMs,
    elapsedMs: 0,
    status: 0,
    address: null,
    error: isAsapError(cause) ? cause.code : "asap:transport/connection_failed",
    reason: isAsapError(cause) ? cause.message : "the request could not be made",
    response: null,
    retryAfterMs: undefined,
  };
}

const batchId = (ids: readonly string[]): string =>
  ids.length === 1
    ? (ids[0] as string)
    : `batch_${createHash("sha256").update(ids.join(" ")).digest("base64url").slice(0, 27)}`;
