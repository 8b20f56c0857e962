import { createHmac } from "node:crypto";
import { each } from "./callback-case.js";
import type { Check } from "./checks.js";

/**
 * The value of `X-ASAP-Signature` that a body and a secret make.
 *
 * @see wire section 12.2
 */
export const signatureOf = (body: Buffer, secret: string): string =>
  `sha256=${createHmac("sha256", Buffer.from(secret, "utf8")).update(body).digest("hex")}`;

/** Each delivery is signed with a secret. */
export const signedWith = (secret: string, at = 0): Check =>
  each(at, "X-ASAP-Signature: sha256= and the HMAC-SHA256 of the body in lower-case hex", ({ headers, body }) => {
    const value = headers["x-asap-signature"];
    if (value === undefined) return "no X-ASAP-Signature header";
    return value === signatureOf(body, secret) ? null : `X-ASAP-Signature: ${value} for a body of ${body.length} bytes`;
  });

/** No delivery is signed. */
export const unsigned: Check = each(0, "no X-ASAP-Signature header", ({ headers }) => {
  const value = headers["x-asap-signature"];
  return value === undefined ? null : `X-ASAP-Signature: ${value}`;
});
