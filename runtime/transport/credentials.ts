import type { IncomingMessage } from "node:http";

/**
 * The credentials of a request. Node keeps the first of several Authorization headers without a word; here they are
 * joined, so that none of them holds (RFC 9110 section 11.6.2 knows one).
 */
export function authorizationOf(request: IncomingMessage): string | undefined {
  const { rawHeaders } = request;
  const first = request.headers.authorization;
  if (first === undefined) return undefined;
  let all: string | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 13 && name.toLowerCase() === "authorization") {
      all = all === undefined ? rawHeaders[at + 1] : `${all}, ${rawHeaders[at + 1]}`;
    }
  }
  return all;
}
