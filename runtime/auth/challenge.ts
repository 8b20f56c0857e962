import type { AccessRefusal } from "./guard.js";

const quoted = (text: string): string => `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;

/**
 * Headers of the answer that refuses a request: a WWW-Authenticate challenge where one belongs in it, Retry-After where
 * trying again may help.
 *
 * @param metadataUrl Where the metadata of the protected resource is served.
 * @returns Flat list of header names and values.
 * @see RFC 6750, section 3; RFC 9728, section 5.1
 */
export function refusalHeaders(refusal: AccessRefusal, metadataUrl?: string): readonly string[] {
  const { challenge, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) return ["retry-after", String(retryAfterSeconds)];
  if (challenge === undefined) return [];
  const parameters = {
    realm: "asap",
    ...challenge,
    ...(metadataUrl !== undefined && { resource_metadata: metadataUrl }),
  };
  const listed = Object.entries(parameters).map(([name, value]) => `${name}=${quoted(value)}`);
  return ["www-authenticate", `Bearer ${listed.join(", ")}`];
}
