import { createHash, createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { signatureHeaders } from "../sign.js";
import type { VerifyOptions, WebhookFault } from "../verify.js";

/** A webhook that a stranger sends. */
export interface ForgedWebhook {
  /** How it differs from an honest one. */
  readonly name: string;
  readonly code: WebhookFault;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
  readonly options?: Partial<VerifyOptions>;
}

/** Secret that an honest sender and the receiver have. */
export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
/** The time, in seconds since 1970. */
export const nowSeconds = 1_800_000_000;
/** Body of an honest webhook. */
export const honestBody = '{"event":"task.completed","task_id":"t\\u00e9st"}';

type Headers = Record<string, string | string[]>;
interface Sent {
  readonly id?: string;
  readonly at?: number;
  readonly body?: string | Uint8Array;
  readonly by?: string;
}

/** Headers that whoever knows a secret sends. */
export const honestHeaders = ({ id = "msg_1", at = nowSeconds, body = honestBody, by = secret }: Sent = {}): Headers =>
  signatureHeaders({ id, timestampSeconds: at, body, secrets: [by] });

const bytes = (text: string | Uint8Array) => (typeof text === "string" ? Buffer.from(text) : text);
const standard = (headers: Headers) => without(headers, "X-ASAP-Signature");
const asap = (headers: Headers) => without(headers, "webhook-signature");
const without = (headers: Headers, ...names: string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
const text = (value: string | string[] | undefined): string => String(value);

type Row = [string, WebhookFault, Headers, (string | Uint8Array)?, Partial<VerifyOptions>?];

const good = honestHeaders();
const hex = text(good["X-ASAP-Signature"]).slice(7);
const base64 = text(good["webhook-signature"]).slice(3);
const raw = (key: string | Uint8Array, content: string | Uint8Array, encoding: "hex" | "base64", hash = "sha256") =>
  createHmac(hash, key).update(content).digest(encoding);
const signedBy = (value: string): Headers => ({ ...asap(good), "X-ASAP-Signature": value });
const standardBy = (value: string): Headers => ({ ...standard(good), "webhook-signature": value });
const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const bom = (body: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(body)]);
const pretty = JSON.stringify(JSON.parse(honestBody), null, 2);
const flipped = `${hex.slice(0, -1)}${hex.endsWith("0") ? "1" : "0"}`;
const accented = '{"event":"task.completed","task_id":"tést"}';

/** Values of `X-ASAP-Signature` that are not of its form, or of somebody else. */
const asapValues: [string, WebhookFault, string][] = [
  ["empty", "missing_header", ""],
  ["no prefix", "malformed_header", hex],
  ["the prefix alone", "malformed_header", "sha256="],
  ["the prefix in upper case", "malformed_header", `SHA256=${hex}`],
  ["the prefix in mixed case", "malformed_header", `Sha256=${hex}`],
  ["sha1=", "malformed_header", `sha1=${raw(secret, honestBody, "hex", "sha1")}`],
  ["sha512=", "malformed_header", `sha512=${raw(secret, honestBody, "hex", "sha512")}`],
  ["another name for SHA-256", "malformed_header", `sha-256=${hex}`],
  ["half of it", "malformed_header", `sha256=${hex.slice(0, 32)}`],
  ["one digit less", "malformed_header", `sha256=${hex.slice(1)}`],
  ["one digit more", "malformed_header", `sha256=${hex}0`],
  ["a sign that is no hex", "malformed_header", `sha256=${hex.slice(0, -1)}g`],
  ["Base64 in place of hex", "malformed_header", `sha256=${Buffer.from(hex, "hex").toString("base64")}`],
  ["a comma list", "malformed_header", `sha256=${hex},sha256=${hex}`],
  ["a list with another before it", "malformed_header", `sha256=${"0".repeat(64)}, sha256=${hex}`],
  ["a space within", "malformed_header", `sha256= ${hex}`],
  ["quotes", "malformed_header", `"sha256=${hex}"`],
  ["zeros", "wrong_signature", `sha256=${"0".repeat(64)}`],
  ["one bit flipped", "wrong_signature", `sha256=${flipped}`],
  ["a digest without a key", "wrong_signature", `sha256=${createHash("sha256").update(honestBody).digest("hex")}`],
  [
    "a digest of secret and body",
    "wrong_signature",
    `sha256=${createHash("sha256")
      .update(secret + honestBody)
      .digest("hex")}`,
  ],
  ["an empty key", "wrong_signature", `sha256=${raw("", honestBody, "hex")}`],
  ["the secret of somebody else", "wrong_signature", text(honestHeaders({ by: other })["X-ASAP-Signature"])],
  ["the decoded secret", "wrong_signature", `sha256=${raw(Buffer.alloc(32, 7), honestBody, "hex")}`],
  [
    "the content of the other scheme",
    "wrong_signature",
    `sha256=${raw(secret, `msg_1.${nowSeconds}.${honestBody}`, "hex")}`,
  ],
];

/** The same of `webhook-signature`. */
const standardValues: [string, WebhookFault, string][] = [
  ["no version", "malformed_header", base64],
  ["the version alone", "malformed_header", "v1,"],
  ["the version in upper case", "malformed_header", `V1,${base64}`],
  ["another version alone", "malformed_header", `v1a,${base64}`],
  ["version 2", "malformed_header", `v2,${base64}`],
  ["hex in place of Base64", "malformed_header", `v1,${Buffer.from(base64, "base64").toString("hex")}`],
  ["half of it", "malformed_header", `v1,${base64.slice(0, 20)}`],
  ["without its padding", "malformed_header", `v1,${base64.slice(0, -1)}`],
  ["URL-safe signs", "malformed_header", `v1,${"-_".repeat(21)}A=`],
  ["a comma list", "malformed_header", `v1,${base64},v1,${base64}`],
  ["two joined by a comma", "malformed_header", `v1,${base64}, v2,${base64}`],
  ["zeros", "wrong_signature", `v1,${Buffer.alloc(32).toString("base64")}`],
  ["the body alone signed", "wrong_signature", `v1,${raw(Buffer.alloc(32, 7), honestBody, "base64")}`],
  [
    "the text of the secret as key",
    "wrong_signature",
    `v1,${raw(secret, `msg_1.${nowSeconds}.${honestBody}`, "base64")}`,
  ],
  ["the secret of somebody else", "wrong_signature", text(honestHeaders({ by: other })["webhook-signature"])],
  [
    "many wrong ones",
    "wrong_signature",
    Array.from({ length: 50 }, () => `v1,${Buffer.alloc(32).toString("base64")}`).join(" "),
  ],
];

const rows: Row[] = [
  ["no headers", "missing_header", {}],
  ["id and time alone", "missing_header", without(good, "X-ASAP-Signature", "webhook-signature")],
  ["the signature of another scheme alone", "missing_header", { "X-A2A-Signature": `sha256=${hex}` }],
  ...asapValues.map(([name, code, value]): Row => [`X-ASAP-Signature: ${name}`, code, signedBy(value)]),
  [
    "X-ASAP-Signature twice",
    "malformed_header",
    { ...asap(good), "X-ASAP-Signature": [`sha256=${hex}`, `sha256=${hex}`] },
  ],
  ["X-ASAP-Signature in two letter cases", "malformed_header", { ...asap(good), "x-asap-signature": `sha256=${hex}` }],
  [
    "no time where one is required",
    "missing_header",
    without(good, "webhook-timestamp", "webhook-signature"),
    honestBody,
    { requireTimestamp: true },
  ],
  [
    "the scheme without a time where one is required",
    "missing_header",
    asap(good),
    honestBody,
    { requireTimestamp: true },
  ],
  [
    "that scheme named, where a time is required",
    "missing_header",
    asap(good),
    honestBody,
    { requireTimestamp: true, scheme: "asap" },
  ],
  ["the scheme that the receiver does not take", "missing_header", standard(good), honestBody, { scheme: "asap" }],
  ...standardValues.map(([name, code, value]): Row => [`webhook-signature: ${name}`, code, standardBy(value)]),
  [
    "webhook-signature wrong beside a right X-ASAP-Signature",
    "wrong_signature",
    { ...good, "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}` },
  ],
  ["no webhook-id", "missing_header", without(standard(good), "webhook-id")],
  ["no webhook-timestamp", "missing_header", without(standard(good), "webhook-timestamp")],
  ["another webhook-id", "wrong_signature", { ...standard(good), "webhook-id": "msg_2" }],
  ["webhook-id twice", "malformed_header", { ...standard(good), "webhook-id": ["msg_1", "msg_1"] }],
  ["webhook-id with a full stop", "malformed_header", { ...standard(good), "webhook-id": `msg_1.${nowSeconds}` }],
  ["webhook-id of 257 characters", "malformed_header", { ...standard(good), "webhook-id": "a".repeat(257) }],
  ["webhook-timestamp moved", "wrong_signature", { ...standard(good), "webhook-timestamp": String(nowSeconds + 1) }],
  ["webhook-timestamp with a sign", "malformed_header", { ...standard(good), "webhook-timestamp": `+${nowSeconds}` }],
  [
    "webhook-timestamp with a fraction",
    "malformed_header",
    { ...standard(good), "webhook-timestamp": `${nowSeconds}.0` },
  ],
  [
    "webhook-timestamp in hex",
    "malformed_header",
    { ...standard(good), "webhook-timestamp": `0x${nowSeconds.toString(16)}` },
  ],
  [
    "webhook-timestamp as a date",
    "malformed_header",
    { ...standard(good), "webhook-timestamp": new Date(nowSeconds * 1000).toISOString() },
  ],
  [
    "webhook-timestamp in milliseconds",
    "malformed_header",
    { ...standard(good), "webhook-timestamp": `${nowSeconds}000` },
  ],
  ["webhook-timestamp that is no number", "malformed_header", { ...standard(good), "webhook-timestamp": "NaN" }],
  ["stale by a second", "too_old", standard(honestHeaders({ at: nowSeconds - 301 }))],
  ["stale by a year", "too_old", standard(honestHeaders({ at: nowSeconds - 31_536_000 }))],
  ["of 1970", "too_old", standard(honestHeaders({ at: 0 }))],
  ["of the future by a second", "too_new", standard(honestHeaders({ at: nowSeconds + 301 }))],
  ["of the future by a year", "too_new", standard(honestHeaders({ at: nowSeconds + 31_536_000 }))],
  [
    "stale for a tolerance of none",
    "too_old",
    standard(honestHeaders({ at: nowSeconds - 1 })),
    honestBody,
    { toleranceSeconds: 0 },
  ],
  ["a tolerance that is no number", "too_old", standard(good), honestBody, { toleranceSeconds: Number.NaN }],
  ...[standard(good), asap(good)].flatMap((headers, index): Row[] => {
    const as = ["standard", "asap"][index];
    const only = [standard, asap][index] ?? standard;
    const own = (body: string | Uint8Array): Headers => only(honestHeaders({ body }));
    const gz = gzipSync(honestBody);
    return [
      [`${as}: body written anew`, "wrong_signature", headers, pretty],
      [`${as}: body with its escapes resolved`, "wrong_signature", headers, accented],
      [`${as}: body with a byte order mark`, "wrong_signature", headers, bom(honestBody)],
      [`${as}: body with a line feed at its end`, "wrong_signature", headers, `${honestBody}\n`],
      [`${as}: body with one byte less`, "wrong_signature", headers, honestBody.slice(0, -1)],
      [`${as}: body of another charset`, "wrong_signature", own(accented), Buffer.from(accented, "latin1")],
      [`${as}: body in UTF-16`, "wrong_signature", headers, Buffer.from(honestBody, "utf16le")],
      [`${as}: body compressed after it was signed`, "wrong_signature", headers, gz],
      [`${as}: no body`, "wrong_signature", headers, ""],
      [`${as}: body of 10 MiB`, "wrong_signature", headers, Buffer.alloc(10 * 1024 * 1024, 0x20)],
      [`${as}: signed, compressed before`, "invalid_body", own(gz), gz],
      [
        `${as}: signed, of another charset`,
        "invalid_body",
        own(Buffer.from(accented, "latin1")),
        Buffer.from(accented, "latin1"),
      ],
      [`${as}: signed, with a byte order mark`, "invalid_body", own(bom(honestBody)), bom(honestBody)],
      [`${as}: signed, empty`, "invalid_body", own(""), ""],
      ...['"text"', "null", "1", "[1]", "[[{}]]", "[{},null]", "{", `${honestBody}${honestBody}`].map(
        (body): Row => [`${as}: signed, ${body}`, "invalid_body", own(body), body],
      ),
    ];
  }),
];

/** Webhooks that are refused. */
export const forgedWebhooks: readonly ForgedWebhook[] = rows.map(
  ([name, code, headers, body = honestBody, options]) => ({
    name,
    code,
    headers,
    body: bytes(body),
    ...(options !== undefined && { options }),
  }),
);
