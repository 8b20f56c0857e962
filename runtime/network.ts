import { shownUrl } from "./base-url.js";
import { discard } from "./body.js";
import { abortedError } from "./deadline.js";
import { AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

/**
 * Waits for work on a connection and tells its faults apart.
 *
 * @param work A fetch, or the reading of its answer.
 * @param signal The signal the work was given.
 * @param url The peer, for the error.
 * @throws AsapError: the signal's when it aborted, `asap:transport/address_refused` where the address was not allowed,
 * otherwise `asap:transport/connection_failed`.
 */
export async function network<T>(work: Promise<T>, signal: AbortSignal, url: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (signal.aborted) throw abortedError(signal);
    throw refusedAddress(cause) ?? new AsapError("asap:transport/connection_failed", { data: { url }, cause });
  }
}

/** The refusal of an address within an error of the platform. */
function refusedAddress(cause: unknown): AsapError | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (isAsapError(error) && error.code === "asap:transport/address_refused") return error;
  }
  return undefined;
}

/** Whether an answer points elsewhere; browsers hide its status. */
export function isRedirect(response: Response): boolean {
  const { status, type } = response;
  return type === "opaqueredirect" || (status >= 300 && status < 400 && status !== 304);
}

/**
 * The error of an answer that points elsewhere. Its body is dropped.
 *
 * @see ASAP 1.1, section 16
 */
export async function redirectError(response: Response, url: string): Promise<AsapError> {
  const { status, headers } = response;
  const location = headers.get("location");
  await discard(response);
  return new AsapError("asap:transport/http_status", {
    message: `The peer answered with a redirect (${status}), which is not followed.`,
    data: location === null ? { url, status } : { url, status, location: shownUrl(location) },
  });
}

/**
 * Makes headers of what the user gave.
 *
 * @throws AsapError `asap:config/invalid_option` for names or values that HTTP forbids; they are not repeated.
 */
export function headersOf(init: HeadersInit | undefined): Headers {
  try {
    return new Headers(init);
  } catch {
    throw invalidOption("headers", "holds a name or value that HTTP forbids");
  }
}
