import type { TokenSource } from "../auth/token-source.js";
import type { EgressPolicy } from "../egress.js";
import { invalidOption } from "../invalid-option.js";

/** What a receiver asks of who posts to it. */
export type ReceiverAuth =
  | { readonly type: "bearer"; readonly token: string }
  /** Headers of one's own; those that are sent anyway cannot be replaced. */
  | { readonly type: "headers"; readonly headers: Readonly<Record<string, string>> }
  /** An access token by the client credentials grant, renewed before it ends (RFC 6749, section 4.4). */
  | {
      readonly type: "oauth2";
      /** Identifier of the issuer, or else `tokenEndpoint`. */
      readonly issuer?: string;
      readonly tokenEndpoint?: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
      readonly audience?: string;
    };

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]{0,4096}$/;
const mostHeaders = 32;
const ownHeaders =
  /^(?:host|content-type|content-length|transfer-encoding|connection|expect|upgrade|te|trailer|keep-alive|user-agent|webhook-.*|x-asap-signature|x-a2a-signature)$/i;

/**
 * Checks what a receiver asks for.
 *
 * @throws AsapError `asap:config/invalid_option` naming the member.
 */
export function checkedAuth(auth: ReceiverAuth): ReceiverAuth {
  if (auth.type === "bearer") {
    if (/^[A-Za-z0-9\-._~+/]+=*$/.test(auth.token)) return auth;
    throw invalidOption("auth.token", "cannot be sent as a bearer token");
  }
  if (auth.type === "headers") return checkedHeaders(auth);
  if (auth.type !== "oauth2") throw invalidOption("auth.type", "must be bearer, headers or oauth2");
  for (const name of ["clientId", "clientSecret"] as const)
    if (typeof auth[name] !== "string" || auth[name] === "") throw invalidOption(`auth.${name}`, "is missing or empty");
  if (auth.issuer === undefined && auth.tokenEndpoint === undefined)
    throw invalidOption("auth.issuer", "and auth.tokenEndpoint are both missing");
  return auth;
}

function checkedHeaders(auth: Extract<ReceiverAuth, { readonly type: "headers" }>): ReceiverAuth {
  const headers = Object.entries(auth.headers);
  if (headers.length > mostHeaders) throw invalidOption("auth.headers", `holds more than ${mostHeaders} headers`);
  for (const [name, value] of headers) {
    if (!headerName.test(name) || ownHeaders.test(name))
      throw invalidOption("auth.headers", `cannot hold ${JSON.stringify(name)}`);
    if (typeof value !== "string" || !headerValue.test(value))
      throw invalidOption(`auth.headers.${name}`, "is no value of a header");
  }
  return auth;
}

/** Headers that let one request in. */
export interface Credentials {
  /** Names and values, one after the other. */
  readonly headers: readonly string[];
  /** Told that the receiver answered 401; absent where there are no others to be had. */
  readonly refused?: () => void;
}

/** Gives what lets requests in. */
export interface ReceiverLogin {
  /** @throws AsapError as a {@link TokenSource} does. */
  credentials(): Promise<Credentials>;
}

/**
 * Makes the login of a subscription; nothing is asked for yet.
 *
 * @param egress What may be reached where a token is asked for.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url` for OAuth2.
 */
export async function loginOf(auth: ReceiverAuth, egress: EgressPolicy, now: () => number): Promise<ReceiverLogin> {
  if (auth.type === "bearer") return fixed(["authorization", `Bearer ${auth.token}`]);
  if (auth.type === "headers") return fixed(Object.entries(auth.headers).flat());
  const { clientCredentials } = await import("../auth/token-grants.js");
  const { type: _type, ...client } = auth;
  const tokens: TokenSource = clientCredentials({ ...client, egress, now });
  return {
    async credentials() {
      const token = await tokens.token();
      return { headers: ["authorization", `Bearer ${token}`], refused: () => tokens.refused(token) };
    },
  };
}

function fixed(headers: readonly string[]): ReceiverLogin {
  const credentials = Promise.resolve({ headers });
  return { credentials: () => credentials };
}
