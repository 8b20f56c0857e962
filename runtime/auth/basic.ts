import type { ClientAuth } from "openid-client";

/** A text as `application/x-www-form-urlencoded` writes it. */
export const formEncoded = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

/**
 * HTTP Basic whose parts are form encoded (RFC 6749 section 2.3.1). Letters, digits and `-._*` stay as they are, so that
 * servers that decode nothing understand the usual ids and secrets too.
 */
export function basic(clientId: string, clientSecret: string): ClientAuth {
  const credentials = btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`);
  return (_server, _client, _body, headers) => headers.set("authorization", `Basic ${credentials}`);
}
