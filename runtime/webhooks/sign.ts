import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { invalidOption } from "../invalid-option.js";

/**
 * A way to sign: `asap` is `X-ASAP-Signature` (wire section 12.2), `standard` is `webhook-signature` (Standard
 * Webhooks), `a2a` is `X-A2A-Signature`, of the same form as the first.
 */
export type SignatureProfile = "asap" | "standard" | "a2a";

/** What is signed, and how. */
export interface SignatureInput {
  /** Value of `webhook-id`, the same for every attempt: 1 to 128 visible ASCII characters, no full stop. */
  readonly id: string;
  /** Time of this attempt, in seconds since 1970. */
  readonly timestampSeconds: number;
  /** The body exactly as it is sent. */
  readonly body: string | Uint8Array;
  /** Secrets that sign, the latest first; none for an unsigned webhook. */
  readonly secrets: readonly string[];
  /** Default: `["asap", "standard"]`. */
  readonly profiles?: readonly SignatureProfile[];
}

const idForm = /^[!-\-/-~]{1,128}$/;
const defaultProfiles: readonly SignatureProfile[] = ["asap", "standard"];

/**
 * Headers that sign a webhook. `webhook-id` and `webhook-timestamp` are always among them; the signatures only where
 * there is a secret. Every secret signs in `webhook-signature`, the latest alone in the others, which hold one value.
 *
 * @param input See {@link SignatureInput}.
 * @throws AsapError `asap:config/invalid_option` for an id or a secret of another form; the secret is not repeated.
 * @see wire section 12.2, Standard Webhooks 1.0
 */
export function signatureHeaders(input: SignatureInput): Record<string, string> {
  const { id, timestampSeconds, secrets, profiles = defaultProfiles } = input;
  if (!idForm.test(id)) throw invalidOption("id", "must be 1 to 128 visible ASCII characters without a full stop");
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw invalidOption("timestampSeconds", "must be a whole number from 0");
  }
  const headers: Record<string, string> = { "webhook-id": id, "webhook-timestamp": String(timestampSeconds) };
  const [latest] = secrets;
  if (latest === undefined) return headers;
  const body = typeof input.body === "string" ? Buffer.from(input.body, "utf8") : input.body;
  if (profiles.includes("standard")) {
    const start = `${id}.${timestampSeconds}.`;
    headers["webhook-signature"] = secrets
      .map((secret) => `v1,${createHmac("sha256", keysOf(secret).decoded).update(start).update(body).digest("base64")}`)
      .join(" ");
  }
  if (profiles.includes("asap") || profiles.includes("a2a")) {
    const value = `sha256=${createHmac("sha256", keysOf(latest).text).update(body).digest("hex")}`;
    if (profiles.includes("asap")) headers["X-ASAP-Signature"] = value;
    if (profiles.includes("a2a")) headers["X-A2A-Signature"] = value;
  }
  return headers;
}

/**
 * Checks that a secret can sign: any text but the empty one, and Base64 of at least one byte after `whsec_`.
 *
 * @param secret The secret.
 * @param option Name of the option it came from, for the error.
 * @throws AsapError `asap:config/invalid_option`; the secret is not repeated.
 */
export function checkSecret(secret: string, option: string): void {
  if (secret === "") throw invalidOption(option, "must not be empty");
  const encoded = encodedPart(secret);
  if (
    encoded !== undefined &&
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(encoded)
  ) {
    throw invalidOption(option, "must be Base64 after whsec_");
  }
  if (encoded === "") throw invalidOption(option, "must have bytes after whsec_");
}

const prefix = "whsec_";
const encodedPart = (secret: string): string | undefined =>
  secret.startsWith(prefix) ? secret.slice(prefix.length) : undefined;

/** The keys that a secret stands for. */
interface Keys {
  /** The bytes of its text, as in `X-ASAP-Signature`. */
  readonly text: KeyObject;
  /** The bytes after `whsec_`, where it begins so, as in `webhook-signature`. */
  readonly decoded: KeyObject;
}

const maxKept = 20_000;
const kept = new Map<string, Keys>();

function keysOf(secret: string): Keys {
  const known = kept.get(secret);
  if (known !== undefined) return known;
  checkSecret(secret, "secrets");
  const text = createSecretKey(secret, "utf8");
  const encoded = encodedPart(secret);
  const keys = { text, decoded: encoded === undefined ? text : createSecretKey(encoded, "base64") };
  if (kept.size >= maxKept) kept.clear();
  kept.set(secret, keys);
  return keys;
}
