import { createHash } from "node:crypto";
import { type EgressPolicy, isLoopbackUrl } from "../egress.js";
import { isAsapError } from "../error.js";
import { type Addressee, Addressees, type AddresseesOptions } from "./addressees.js";
import type { Shipment } from "./lanes.js";
import type { Credentials, ReceiverLogin } from "./receiver-auth.js";
import { type Post, type Sender, type Sent, unsent } from "./sender.js";
import { type SignatureProfile, signatureHeaders } from "./sign.js";
import { checkTargetUrl } from "./target.js";

/** What a {@link Courier} works with. */
export interface CourierOptions extends AddresseesOptions {
  readonly sender: Sender;
  readonly profiles: readonly SignatureProfile[];
  readonly requireHttps: boolean;
}

/** Why nothing is sent any more. */
interface Refused {
  readonly refused: string;
}

type Target = Pick<Post, "origin" | "path">;

const mostTargets = 10_000;
const noCredentials: Credentials = { headers: [] };

/** Signs shipments, adds what their receivers ask for, and has them sent. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #addressees: Addressees;
  readonly #targets = new Map<string, Target>();

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#addressees = new Addressees(options);
  }

  /** Has a subscription read again, as it was changed. */
  forget(subscriptionId: string): void {
    this.#addressees.forget(subscriptionId);
  }

  /**
   * Sends a shipment. What stands in the way of one subscription, such as a secret that cannot be opened or a token that is
   * not given, is a failed attempt.
   *
   * @returns What came of it, or why nothing is sent any more.
   * @throws AsapError as a `SubscriptionStore` does.
   */
  send(shipment: Shipment): Promise<Sent | Refused> {
    const first = shipment.parcels[0]?.delivery;
    if (first === undefined) return Promise.resolve({ refused: "there is nothing to send" });
    const { subscriptionId } = first;
    const fresh = this.#addressees.fresh(subscriptionId);
    if (fresh !== undefined) return this.#sendTo(fresh, shipment);
    return this.#addressees
      .read(subscriptionId)
      .then((addressee) =>
        addressee === undefined ? { refused: "the subscription was removed" } : this.#sendTo(addressee, shipment),
      );
  }

  #sendTo({ record, fault, login, secretsAt }: Addressee, { url, parcels }: Shipment): Promise<Sent | Refused> {
    const startedMs = this.#options.now();
    if (record.disabled !== null) return Promise.resolve({ refused: record.disabled.reason });
    if (fault !== undefined) return Promise.resolve(failed(startedMs, fault));
    const post = (target: Target, credentials: Credentials) => {
      const { id, body: text } = messageOf(parcels);
      const body = Buffer.from(text, "utf8");
      const headers = this.#headersOf(id, body, secretsAt(startedMs), credentials);
      return this.#options.sender.send({ origin: target.origin, path: target.path, body, headers });
    };
    try {
      const target = this.#targetOf(url);
      if (login === undefined) return post(target, noCredentials);
      return loggedIn(login, (credentials) => post(target, credentials)).catch((cause) => failed(startedMs, cause));
    } catch (cause) {
      return Promise.resolve(failed(startedMs, cause));
    }
  }

  #headersOf(id: string, body: Buffer, secrets: readonly string[], credentials: Credentials): string[] {
    const { profiles, now } = this.#options;
    const headers = ["content-type", "application/json", "user-agent", "asap-kit-webhooks"];
    const signed = signatureHeaders({ id, timestampSeconds: Math.floor(now() / 1_000), body, secrets, profiles });
    for (const name in signed) headers.push(name, signed[name] as string);
    if (credentials.headers.length > 0) headers.push(...credentials.headers);
    return headers;
  }

  /** Judges a URL; its address is judged where it is connected to. */
  #targetOf(url: string): Target {
    const known = this.#targets.get(url);
    if (known !== undefined) return known;
    const { egress, requireHttps } = this.#options;
    const checked = checkTargetUrl(url, egress, { requireHttps: requireHttps && !mayBePlain(url, egress) });
    const target = { origin: checked.origin, path: checked.pathname + checked.search };
    if (this.#targets.size >= mostTargets) this.#targets.clear();
    this.#targets.set(url, target);
    return target;
  }
}

/** Sends with credentials; those that are refused are replaced before another attempt. */
async function loggedIn(login: ReceiverLogin, post: (credentials: Credentials) => Promise<Sent>): Promise<Sent> {
  const credentials = await login.credentials();
  const sent = await post(credentials);
  if (sent.status !== 401 || credentials.refused === undefined) return sent;
  credentials.refused();
  return { ...sent, isLoginRenewed: true };
}

/** Whether a URL needs no encryption: it leads to this host, and may. */
export const mayBePlain = (url: string, egress: EgressPolicy): boolean =>
  egress.allowLoopback === true && isLoopbackUrl(url);

/** What came of an attempt that failed before the network. */
function failed(startedMs: number, cause: unknown): Sent {
  const error = isAsapError(cause) ? cause : undefined;
  return unsent(
    startedMs,
    error?.code ?? "asap:transport/connection_failed",
    error?.message ?? "the request could not be made",
  );
}

/** What is signed of a shipment. */
interface Message {
  readonly id: string;
  readonly body: string;
}

/** A delivery as it is, those of a batch as an array with an id made of theirs: the same batch has the same id again. */
function messageOf(parcels: Shipment["parcels"]): Message {
  const first = parcels[0]?.delivery;
  if (first !== undefined && first.batchSize <= 1) return first;
  const ids = parcels.map(({ delivery }) => delivery.id);
  const hash = createHash("sha256").update(JSON.stringify(ids)).digest("base64url");
  return { id: `batch_${hash.slice(0, 27)}`, body: `[${parcels.map(({ delivery }) => delivery.body).join(",")}]` };
}
