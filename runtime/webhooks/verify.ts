/** Why a webhook was refused. */
export type WebhookFault =
  /** A header of the signature is absent. */
  | "missing_header"
  /** A header of the signature has another form than its scheme says, or came twice. */
  | "malformed_header"
  /** No signature is that of one of the secrets. */
  | "wrong_signature"
  /** `webhook-timestamp` is further back than the tolerance. */
  | "too_old"
  /** `webhook-timestamp` is further ahead than the tolerance. */
  | "too_new"
  /** The same webhook came before: it was handled, or is being handled. */
  | "replayed"
  /** The body is not there as it was sent: something has read or parsed it. */
  | "body_consumed"
  /** The signature is right, and the body is no JSON object or array of objects in UTF-8. */
  | "invalid_body";

/** A webhook that was refused. Neither a secret nor the signature it should have had is in it. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  /** Stable code of the reason. */
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** What happened to a task. */
export interface WebhookEvent {
  /** Such as `task.completed`. */
  readonly event: string;
  readonly task_id: string;
  /** When it happened, RFC 3339. */
  readonly timestamp?: string | null;
  /** More about it, named per event. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly [member: string]: unknown;
}

/**
 * How a webhook is signed: `standard` in `webhook-signature` (Standard Webhooks; id and time are signed too), `asap` in
 * `X-ASAP-Signature` and `a2a` in `X-A2A-Signature` (the body alone is signed).
 */
export type WebhookScheme = "standard" | "asap" | "a2a";

/** Remembers which webhooks came before. */
export interface ReplayStore {
  /**
   * Takes note of an id, in one step for all callers.
   *
   * @param id The id: `webhook-id`, or the signature in a scheme that signs none.
   * @param untilMs Until when it is kept at least, in milliseconds since 1970.
   * @returns Whether it is new.
   */
  use(id: string, untilMs: number): Promise<boolean>;
}

/** Options of {@link verifyWebhook} and {@link verifyWebhookBody}. */
export interface VerifyOptions {
  /** The secret of the subscription; several while it is changed, in any order. */
  readonly secret: string | readonly string[];
  /** How far `webhook-timestamp` may be from now, in seconds. Default: 300. */
  readonly toleranceSeconds?: number;
  /** The one scheme taken. Default: `standard` where `webhook-signature` is there, otherwise `asap`. */
  readonly scheme?: WebhookScheme;
  /** Refuses schemes that sign no time, so that nobody can send a webhook again later. Default: false. */
  readonly requireTimestamp?: boolean;
  /** Refuses what came before. Answer `replayed` with a status of 2xx: the sender tries again otherwise. Default: none. */
  readonly seen?: ReplayStore;
  /** The time, in milliseconds since 1970. Default: the clock of the system. */
  readonly now?: () => number;
}

/** A webhook as a framework hands it over. */
export interface ReceivedWebhook {
  /** Of the platform's class, or as an object of names in any letter case, as `node:http` has them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body exactly as it came, not parsed. */
  readonly body: string | Uint8Array;
}

/** A webhook that comes from who knows the secret. */
export interface VerifiedWebhook<Event = WebhookEvent> {
  readonly scheme: WebhookScheme;
  /** `webhook-id`, the same whenever the sender tries again; null in a scheme that does not sign it. */
  readonly id: string | null;
  /** When it was sent; null in a scheme that does not sign it. */
  readonly timestamp: Date | null;
  /** The event, or those of a batch. That they are objects is checked, their members are not. */
  readonly events: readonly Event[];
  /** Text of the body. */
  readonly body: string;
}

/** Options of {@link memoryReplayStore}. */
export interface MemoryReplayOptions {
  /** Most ids kept; the oldest goes first. Default: 100,000. */
  readonly maxEntries?: number;
  /** How long an id is kept at least, in milliseconds: longer than a sender tries again. Default: 86,400,000, a day. */
  readonly keepMs?: number;
  /** The time, in milliseconds since 1970. Default: the clock of the system. */
  readonly now?: () => number;
}

/** A replay store of one process. */
export interface MemoryReplayStore extends ReplayStore {
  /** Forgets an id whose webhook could not be handled, so that it is taken when the sender tries again. */
  forget(id: string): void;
}

const encoder = new TextEncoder();

const refuse = (code: WebhookFault, message: string): never => {
  throw new WebhookVerificationError(code, message);
};

const badSecret = (): never => {
  throw new TypeError("A secret is absent, empty or no Base64 after whsec_");
};

const consumed = () =>
  refuse(
    "body_consumed",
    "The body was read or parsed: pass on the raw one, as express.raw({ type: '*/*' }) or request.text() give it",
  );

/**
 * Verifies a webhook.
 *
 * @param request As `fetch` handlers get it, its body unread.
 * @param options See {@link VerifyOptions}.
 * @returns The webhook; `Event` is taken on trust.
 * @throws WebhookVerificationError for one that is refused; TypeError for a secret that is empty or is no Base64 after
 * `whsec_`.
 * @see Standard Webhooks 1.0
 */
export async function verifyWebhook<Event = WebhookEvent>(
  request: Request,
  options: VerifyOptions,
): Promise<VerifiedWebhook<Event>> {
  if (request.bodyUsed) consumed();
  return verifyWebhookBody({ headers: request.headers, body: new Uint8Array(await request.arrayBuffer()) }, options);
}

/**
 * Verifies a webhook whose body was read already, for `node:http` and what is built on it.
 *
 * @param received Its headers and its raw body.
 * @param options See {@link VerifyOptions}.
 * @returns The webhook; `Event` is taken on trust.
 * @throws As {@link verifyWebhook}.
 */
export async function verifyWebhookBody<Event = WebhookEvent>(
  { headers, body }: ReceivedWebhook,
  { secret, toleranceSeconds = 300, scheme, requireTimestamp, seen, now = Date.now }: VerifyOptions,
): Promise<VerifiedWebhook<Event>> {
  const bytes = typeof body === "string" ? encoder.encode(body) : ArrayBuffer.isView(body) ? body : consumed();
  const chosen = scheme ?? (headerOf(headers, "webhook-signature") ? "standard" : "asap");
  const used = requireTimestamp ? "standard" : chosen;
  const isStandard = used === "standard";
  let seconds = Math.floor(now() / 1000);
  let id: string | null = null;
  let start = "";
  let given: readonly string[];
  if (isStandard) {
    id = needed(headers, "webhook-id", /^[!-\-/-~]{1,256}$/);
    const sent = needed(headers, "webhook-timestamp", /^\d{1,12}$/);
    given = needed(headers, "webhook-signature", /(^| )v1,[A-Za-z0-9+/]{43}=( |$)/).split(" ");
    start = `${id}.${sent}.`;
    const age = seconds - +sent;
    if (!(Math.abs(age) <= toleranceSeconds))
      refuse(age < 0 ? "too_new" : "too_old", "webhook-timestamp is out of tolerance");
    seconds = +sent;
  } else given = [needed(headers, `x-${used}-signature`, /^sha256=[\dA-Fa-f]{64}$/).toLowerCase()];

  const head = encoder.encode(start);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  let isRight = false;
  const secrets = [secret].flat();
  if (secrets.length === 0) badSecret();
  for (const each of secrets) {
    const expected = await signature(each, signed, isStandard);
    for (const one of given) if (isEqual(one, expected)) isRight = true;
  }
  if (!isRight) refuse("wrong_signature", "No signature fits");

  const [text, events] = contentOf<Event>(bytes);
  if (seen && !(await seen.use(id ?? given.join(), (seconds + toleranceSeconds) * 1000))) {
    refuse("replayed", "The webhook came before");
  }
  return { scheme: used, id, timestamp: isStandard ? new Date(seconds * 1000) : null, events, body: text };
}

/**
 * Makes a replay store of one process. Several processes need one that they share, such as Redis with `SET … NX PX`.
 *
 * @param options See {@link MemoryReplayOptions}.
 */
export function memoryReplayStore({
  maxEntries = 1e5,
  keepMs = 864e5,
  now = Date.now,
}: MemoryReplayOptions = {}): MemoryReplayStore {
  const ends = new Map<string, number>();
  return {
    async use(id, untilMs) {
      const time = now();
      if ((ends.get(id) ?? 0) > time) return false;
      ends.delete(id);
      for (const [oldest, end] of ends) {
        if (end > time && ends.size < maxEntries) break;
        ends.delete(oldest);
      }
      ends.set(id, Math.max(untilMs, time + keepMs));
      return true;
    },
    forget: (id) => void ends.delete(id),
  };
}

/** The value of a header, those of one that came several times joined; the empty text where there is none. */
function headerOf(headers: ReceivedWebhook["headers"], name: string): string {
  if (typeof headers.get === "function") return headers.get(name) ?? "";
  return Object.entries(headers)
    .flatMap(([key, value]) => (key.toLowerCase() === name ? (value ?? []) : []))
    .join(", ");
}

function needed(headers: ReceivedWebhook["headers"], name: string, form: RegExp): string {
  const value = headerOf(headers, name);
  if (!value) refuse("missing_header", `${name} is absent`);
  if (!form.test(value)) refuse("malformed_header", `${name} is malformed`);
  return value;
}

/** The signature of bytes as its header has it. */
async function signature(secret: string, bytes: BufferSource, isStandard: boolean): Promise<string> {
  const raw = isStandard && secret.startsWith("whsec_") ? decoded(secret.slice(6)) : encoder.encode(secret);
  if (raw.length === 0) badSecret();
  const { subtle } = crypto;
  const key = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = [...new Uint8Array(await subtle.sign("HMAC", key, bytes))];
  if (isStandard) return `v1,${btoa(String.fromCharCode(...mac))}`;
  return `sha256=${mac.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return badSecret();
  }
}

/** Compares in a time that depends on the length of the second text alone. */
function isEqual(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let at = 0; at < expected.length; at++) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}

/** The text of a body and its events. */
function contentOf<Event>(bytes: Uint8Array): [text: string, events: readonly Event[]] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const events = [JSON.parse(text)].flat();
    if (events.every((event) => Object(event) === event && !Array.isArray(event))) return [text, events];
  } catch {}
  return refuse("invalid_body", "The body is no JSON object, or array of objects, in UTF-8");
}
