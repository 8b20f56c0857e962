import type { TokenSource } from "./auth/token-source.js";
import { type Deadline, withDeadline } from "./deadline.js";
import { AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import { headersOf } from "./network.js";

/** What a client sends to be let in. */
export interface CredentialOptions {
  /** Headers, or a function that gives them anew each time. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
  /** Where access tokens come from. */
  readonly auth?: TokenSource | undefined;
}

/**
 * Checks what is known from the start.
 *
 * @throws AsapError `asap:config/invalid_option` for headers that HTTP forbids, for what is no token source, and for one
 * beside an Authorization header.
 */
export function checkCredentials({ headers, auth }: CredentialOptions): void {
  const fixed = typeof headers === "function" ? undefined : headersOf(headers);
  if (auth === undefined) return;
  const { token, refused } = (auth ?? {}) as Partial<TokenSource>;
  if (typeof token !== "function" || typeof refused !== "function") throw invalidOption("auth", "is no token source");
  if (fixed !== undefined) alone(fixed);
}

/**
 * The headers of one attempt.
 *
 * @param token Access token to send; none without it.
 * @throws AsapError `asap:config/invalid_option` for an Authorization header beside a token.
 */
export async function headersWith(headers: CredentialOptions["headers"], token: string | undefined): Promise<Headers> {
  const made = headersOf(typeof headers === "function" ? await headers() : headers);
  if (token !== undefined) alone(made).set("Authorization", `Bearer ${token}`);
  return made;
}

function alone(headers: Headers): Headers {
  if (!headers.has("authorization")) return headers;
  throw invalidOption("auth", "stands beside an Authorization header in headers; give one of the two");
}

/**
 * Gets an access token.
 *
 * @param deadline Ends the wait, also for a source that does not heed its signal.
 * @throws AsapError what the source throws, `asap:auth/unavailable` where that is no AsapError;
 * `asap:config/invalid_option` for what cannot be sent as a bearer token; `asap:transport/timeout`, `aborted`.
 */
export async function accessToken(auth: TokenSource, deadline: Deadline): Promise<string> {
  const ask = async (signal: AbortSignal): Promise<unknown> => {
    try {
      return await auth.token(signal);
    } catch (cause) {
      if (isAsapError(cause)) throw cause;
      const reason = "the token source threw";
      throw new AsapError("asap:auth/unavailable", { message: `No access token: ${reason}.`, data: { reason }, cause });
    }
  };
  const token = await withDeadline(ask, deadline);
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw invalidOption("auth", "gave what is no bearer token");
}

/** Tells a source that a peer refused its token; what the source throws, or rejects with, is dropped. */
export function tellRefused(auth: TokenSource, token: string): void {
  try {
    const told: unknown = auth.refused(token);
    if (told instanceof Promise) told.catch(() => undefined);
  } catch {
    return;
  }
}

/** Whether an error is a refusal for want of credentials that hold. */
export const isUnauthorized = (error: unknown): boolean =>
  isAsapError(error) && error.code === "asap:transport/http_status" && error.data["status"] === 401;

/** A text of a peer without the credentials that were sent to it. */
export const withoutSecret = (text: string, secret: string | undefined): string =>
  secret === undefined || secret.length < 4 ? text : text.replaceAll(secret, "[removed]");

/** The credentials in the headers of a request, without their scheme. */
export const credentialsIn = (headers: Headers): string | undefined =>
  headers.get("authorization")?.replace(/^\S+\s+/, "");

/** A JSON value of a peer without the credentials that were sent to it, however they are escaped. */
export function withoutSecretIn(value: unknown, secret: string | undefined): unknown {
  if (secret === undefined || value === undefined) return value;
  const text = JSON.stringify(value);
  const safe = withoutSecret(text, JSON.stringify(secret).slice(1, -1));
  return safe === text ? value : JSON.parse(safe);
}

/** An answer of a peer; one that tells of an error does not repeat the credentials that were sent. */
export function safeAnswer(answer: unknown, credentials: string | undefined): unknown {
  const isError = typeof answer === "object" && answer !== null && "error" in answer;
  return isError ? withoutSecretIn(answer, credentials) : answer;
}
