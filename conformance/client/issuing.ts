import { routes } from "../../generated/routes.js";
import { asObject } from "../documents.js";
import { headerIn, pathIn, sendsOf } from "./checks.js";
import type { Script } from "./scenario.js";
import type { Answer, Received, Session } from "./session.js";

/** Path of the issuer that a peer plays, under its URL. */
export const issuerPath = "/issuer";
const openIdPath = `${issuerPath}/.well-known/openid-configuration`;
const rfc8414Path = `/.well-known/oauth-authorization-server${issuerPath}`;
const tokenPath = `${issuerPath}/grants/tokens`;

/** How an issuer behaves; in each thing as one that conforms unless set. */
export interface Issuing {
  /** Where its metadata are: by OpenID Connect discovery, or by RFC 8414 alone; `openid` unless set. */
  readonly metadata?: "openid" | "rfc8414";
  /** Issuer that the metadata name, from the URL of the peer. */
  readonly names?: (url: string) => string;
  /** Seconds that the n-th token holds, counted from 0; 3600 unless set. */
  readonly lifetime?: (count: number) => number;
  /** Whether the agent refuses the n-th token that was issued; none unless set. */
  readonly refuses?: (count: number) => boolean;
}

/** A script of an agent that takes messages with a token alone, and of the issuer of its tokens. */
export function issuing({ metadata = "openid", names, lifetime = () => 3600, refuses }: Issuing = {}): Script {
  const issued: string[] = [];
  return {
    answer(request, { url }) {
      const path = pathIn(request);
      const issuer = `${url}${issuerPath}`;
      if (path === (metadata === "openid" ? openIdPath : rfc8414Path))
        return { status: 200, body: metadataOf(issuer, names?.(url) ?? issuer) };
      if (path === `${issuerPath}/keys`) return { status: 200, body: { keys: [] } };
      if (path === tokenPath && request.method === "POST") {
        const token = `issued-${issued.length}.${Math.random().toString(36).slice(2)}`;
        const expiresIn = lifetime(issued.length);
        issued.push(token);
        const body = { access_token: token, token_type: "Bearer", expires_in: expiresIn };
        return { status: 200, headers: { "Cache-Control": "no-store" }, body };
      }
      if (path !== routes.rpc.path || request.method !== "POST") return undefined;
      const authorization = headerIn(request, "authorization");
      if (authorization === undefined) return challenge("Authentication required");
      const at = issued.indexOf(bearerIn(request) ?? "");
      return at >= 0 && refuses?.(at) === true ? challenge("Invalid authentication token") : undefined;
    },
  };
}

const challenge = (detail: string): Answer => ({
  status: 401,
  headers: { "WWW-Authenticate": "Bearer" },
  body: { detail },
});

const metadataOf = (base: string, issuer: string): Record<string, unknown> => ({
  issuer,
  token_endpoint: `${base}/grants/tokens`,
  authorization_endpoint: `${base}/authorize`,
  jwks_uri: `${base}/keys`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  grant_types_supported: ["client_credentials"],
  token_endpoint_auth_methods_supported: ["client_secret_basic"],
  scopes_supported: ["asap:read", "asap:execute", "asap:admin"],
});

/** Whether a request asks for the metadata of the issuer, at one of the places where they may be. */
export const asksForMetadata = (request: Received): boolean => [openIdPath, rfc8414Path].includes(pathIn(request));

/** Whether a request asks for a token, at the right place or at another. */
export const asksForToken = (request: Received): boolean =>
  request.method === "POST" && (pathIn(request) === tokenPath || formOf(request)?.get("grant_type") != null);

/** Whether a request went to the token endpoint that the metadata name. */
export const isAtTokenEndpoint = (request: Received): boolean => request.target === tokenPath;

/** The fields of a request for a token, undefined where it has no text or is JSON. */
export function formOf({ text, document }: Received): URLSearchParams | undefined {
  return text === null || document !== undefined ? undefined : new URLSearchParams(text);
}

/** The token of a request, undefined where it carries none. */
export const bearerIn = (request: Received): string | undefined =>
  /^bearer +(\S+)$/i.exec(headerIn(request, "authorization") ?? "")?.[1];

/** A token that was issued in a session. */
export interface Issued {
  readonly token: string;
  /** Milliseconds since the session began when it was sent. */
  readonly atMs: number;
  /** Seconds that it holds. */
  readonly expiresIn: number;
}

/** Tokens that were issued in a session, in order. */
export function issuedIn({ requests }: Session): Issued[] {
  return requests.filter(asksForToken).flatMap(({ sent }) => {
    const answer = asObject(documentIn(sent?.body));
    if (sent === undefined || typeof answer?.access_token !== "string") return [];
    return [{ token: answer.access_token, atMs: sent.atMs, expiresIn: Number(answer.expires_in) }];
  });
}

/** Requests with a message, but for those without a token that were answered with a challenge. */
export const authorizedSends = (session: Session): Received[] =>
  sendsOf(session).filter(
    (request) => !(request.sent?.status === 401 && headerIn(request, "authorization") === undefined),
  );

function documentIn(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString("utf8") ?? "");
  } catch {
    return undefined;
  }
}
