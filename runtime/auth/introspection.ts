import { httpUrl } from "../base-url.js";
import { discard, readText } from "../body.js";
import { othersWord } from "../egress.js";
import { type AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { basic } from "./basic.js";
import type { TokenFault } from "./jwt.js";
import type { IssuerFetchOptions, IssuerMetadata } from "./metadata.js";
import { unavailable } from "./unavailable.js";

/** How opaque tokens are looked up at their issuer (RFC 7662). */
export interface IntrospectionOptions {
  /** Client that this agent is at the issuer. */
  readonly clientId: string;
  /** Its secret, sent by HTTP Basic. */
  readonly clientSecret: string;
  /** Where tokens are looked up. Default: `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /** Most lookups under way at once; beyond them requests are answered 503. Default: 64. */
  readonly maxInFlight?: number;
  /**
   * Whether the issuer's answer must say whom a token is for. "optional" takes answers without `aud`, which the RFC
   * allows: such a token holds at every agent that asks that issuer. Default: "required".
   */
  readonly audience?: "required" | "optional";
}

/** What a lookup is judged by. */
interface IntrospectionRules {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Whether an answer must name an audience. Default: "required". */
  readonly naming?: IntrospectionOptions["audience"];
  readonly clockToleranceSeconds: number;
  readonly metadata: () => Promise<IssuerMetadata>;
  readonly fetching: IssuerFetchOptions;
  readonly now: () => number;
}

/** Claims that an issuer gives for an active token. */
type ActiveClaims = Readonly<Record<string, unknown>> & { readonly sub: string; readonly iss: string };

/** Looks an opaque token up. @throws AsapError `asap:auth/unavailable`. */
type Introspect = (token: string) => Promise<ActiveClaims | TokenFault>;

/** Largest answer to a lookup, in bytes. */
const largestAnswer = 65_536;

/**
 * Makes the lookup of opaque tokens.
 *
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see RFC 7662
 */
export function createIntrospection(options: IntrospectionOptions, rules: IntrospectionRules): Introspect {
  const { clientId, clientSecret, endpoint, maxInFlight = 64, audience: naming = "required" } = options;
  if (!clientId) throw invalidOption("introspection.clientId", "must be the id of a client");
  if (!clientSecret) throw invalidOption("introspection.clientSecret", "must be the secret of the client");
  if (naming !== "required" && naming !== "optional") {
    throw invalidOption("introspection.audience", 'must be "required" or "optional"');
  }
  if (endpoint !== undefined) httpUrl(endpoint, rules.fetching);
  let inFlight = 0;

  const lookUp = async (token: string): Promise<Readonly<Record<string, unknown>>> => {
    const [client, { guardedFetch }] = await Promise.all([import("openid-client"), import("#egress")]);
    const url = endpoint ?? (await rules.metadata()).introspection_endpoint;
    if (url === undefined) throw unavailable("it names no introspection endpoint");
    const { egress, allowInsecure, fetch, timeoutMs = 5_000 } = rules.fetching;
    const { href, protocol } = httpUrl(url, { allowInsecure });
    const server = { issuer: rules.issuer, introspection_endpoint: href };
    const config = new client.Configuration(server, clientId, undefined, basic(clientId, clientSecret));
    if (protocol === "http:") client.allowInsecureRequests(config);
    config.timeout = timeoutMs / 1_000;
    config[client.customFetch] = bounded(fetch ?? guardedFetch(othersWord(egress))) as never;
    return await client.tokenIntrospection(config, token, { token_type_hint: "access_token" });
  };

  return async (token) => {
    if (inFlight >= maxInFlight) throw unavailable("too many tokens are being looked up");
    inFlight += 1;
    try {
      return judgeIntrospection(await lookUp(token), { ...rules, naming });
    } catch (cause) {
      throw reasonIn(cause) ?? unavailable("the lookup of a token failed");
    } finally {
      inFlight -= 1;
    }
  };
}

/** A fetch that gives answers of a bounded size and status 200 alone. */
function bounded(send: typeof fetch): typeof fetch {
  return async (url, init) => {
    const response = await send(url, init);
    if (response.status !== 200) {
      await discard(response);
      throw unavailable(`it answered the lookup of a token with HTTP status ${response.status}`);
    }
    const read = await readText(response, largestAnswer);
    if ("fault" in read) throw unavailable(`its answer to the lookup of a token is ${read.fault}`);
    return new Response(read.text, { headers: { "content-type": "application/json" } });
  };
}

/** The error of this package within an error of the OAuth library, as one that an identity provider is at fault for. */
function reasonIn(cause: unknown): AsapError | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (!isAsapError(error)) continue;
    return error.code === "asap:auth/unavailable" ? error : unavailable(error.message.replace(/\.$/, ""));
  }
  return undefined;
}

/**
 * Judges the answer to a lookup: active means true and nothing else, and what it says of time, issuer and audience must
 * fit. Where an answer may name no audience, one that does not must say that the token is a bearer token, as a refresh
 * token is looked up too; one that is bound to a key of its holder is refused. Where it names no subject, the client is
 * the subject.
 *
 * @see RFC 7662, section 2.2
 */
export function judgeIntrospection(
  answer: Readonly<Record<string, unknown>>,
  rules: Pick<IntrospectionRules, "issuer" | "audience" | "naming" | "clockToleranceSeconds" | "now">,
): ActiveClaims | TokenFault {
  const { active, iss = rules.issuer, aud, exp, nbf, token_type: type, token_use: use, cnf } = answer;
  if (active !== true) return { fault: "inactive" };
  const seconds = rules.now() / 1_000;
  if (iss !== rules.issuer) return { fault: "claim iss" };
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const mayBeUnnamed = rules.naming === "optional" && aud === undefined;
  if (!mayBeUnnamed && !audiences.some((each) => rules.audience.includes(each as string)))
    return { fault: "claim aud" };
  if (exp !== undefined && !(typeof exp === "number" && exp > seconds - rules.clockToleranceSeconds))
    return { fault: "expired" };
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= seconds + rules.clockToleranceSeconds))
    return { fault: "claim nbf" };
  if (type !== undefined && !(typeof type === "string" && /^(?:bearer|access_token)$/i.test(type)))
    return { fault: "token type" };
  if ((aud === undefined && type === undefined) || (use !== undefined && !/^access(?:_token)?$/i.test(String(use))))
    return { fault: "kind" };
  if (cnf !== undefined) return { fault: "claim cnf" };
  const subject = [answer["sub"], answer["client_id"]].find((each) => typeof each === "string" && each !== "");
  return typeof subject === "string" ? { ...answer, iss: rules.issuer, sub: subject } : { fault: "claim sub" };
}
