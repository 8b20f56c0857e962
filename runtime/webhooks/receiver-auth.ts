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
  if (auth.type === "headers") {
    for (const [name, value] of Object.entries(auth.headers)) {
      if (!headerName.test(name) || ownHeaders.test(name))
        throw invalidOption("auth.headers", `cannot hold ${JSON.stringify(name)}`);
      if (typeof value !== "string" || !headerValue.test(value))
        throw invalidOption(`auth.headers.${name}`, "is no value of a header");
    }
    return auth;
  }
  if (auth.type !== "oauth2") throw invalidOption("auth.type", "must be bearer, headers or oauth2");
  if (auth.issuer === undefined && auth.tokenEndpoint === undefined)
    throw invalidOption("auth.issuer", "and auth.tokenEndpoint are both missing");
  return auth;
}

/** Gives the headers that let a request in. */
export interface ReceiverLogin {
  /**
   * Names and values, one after the other.
   *
   * @throws AsapError as a {@link TokenSource} does.
   */
  headers(): Promise<readonly string[]>;
  /** Told that the receiver answered 401. */
  refused(): void;
}

/**
 * Makes the login of a subscription.
 *
 * @param egress What may be reached where a token is asked for.
 */
export async function loginOf(auth: ReceiverAuth, egress: EgressPolicy, now: () => number): Promise<ReceiverLogin> {
  if (auth.type === "bearer") return fixed(["authorization", `Bearer ${auth.token}`]);
  if (auth.type === "headers") return fixed(Object.entries(auth.headers).flat());
  const { clientCredentials } = await import("../auth/token-grants.js");
  const { type: _type, ...client } = auth;
  const tokens: TokenSource = clientCredentials({ ...client, egress, now });
  let latest: string | undefined;
  return {
    async headers() {
      latest = await tokens.token();
      return ["authorization", `Bearer ${latest}`];
    },
    refused() {
      if (latest !== undefined) tokens.refused(latest);
    },
  };
}

const fixed = (headers: readonly string[]): ReceiverLogin => ({ headers: async () => headers, refused: () => {} });
