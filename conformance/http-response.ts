/** An HTTP/1.1 response as it was read from the wire. */
export interface WireResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** State of reading a response: more bytes wanted, a response with whether the connection may be used again, or no HTTP. */
export type ReadState =
  | { readonly state: "more" }
  | {
      readonly state: "done";
      readonly response: WireResponse;
      readonly reusable: boolean;
      /** Whether the answer must have no body; one that comes all the same may come yet. */
      readonly bare: boolean;
    }
  | { readonly state: "malformed"; readonly reason: string };

interface Head {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: (readonly [string, string])[];
  readonly end: number;
}

/**
 * Reads one response from the bytes received so far (RFC 9112). Interim 1xx responses are passed over. What follows an
 * answer that must have no body counts as its body.
 *
 * @param bytes everything received on the connection since the request was sent
 * @param method method of the request; an answer to HEAD must have no body
 * @param ended true when the peer closed the connection, which ends a body without a length
 */
export function readResponse(bytes: Buffer, method: string, ended: boolean): ReadState {
  let start = 0;
  for (;;) {
    const head = readHead(bytes, start);
    if (head === null) return ended ? { state: "malformed", reason: "the connection ended within the header" } : MORE;
    if (typeof head === "string") return { state: "malformed", reason: head };
    if (head.status >= 200) return readBody(bytes, head, method, ended);
    start = head.end;
  }
}

/** Value of the headers of that name (any letter case), joined as one list, or undefined. */
export function headerOf(response: WireResponse | undefined, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const lines = response?.headers.filter(([key]) => key.toLowerCase() === wanted) ?? [];
  return lines.length === 0 ? undefined : lines.map(([, value]) => value).join(", ");
}

/**
 * The answer that switches protocols, and the bytes after it; null when the bytes do not hold one. Other interim responses
 * are passed over.
 */
export function readSwitch(bytes: Buffer): { readonly response: WireResponse; readonly rest: Buffer } | null {
  let head = readHead(bytes, 0);
  while (head !== null && typeof head !== "string" && head.status < 200 && head.status !== 101)
    head = readHead(bytes, head.end);
  if (head === null || typeof head === "string" || head.status !== 101) return null;
  const { status, reason, headers, end } = head;
  return { response: { status, reason, headers, body: Buffer.alloc(0) }, rest: Buffer.from(bytes.subarray(end)) };
}

/** Bytes that are kept of a body where there must be none. */
const STRAY_BYTES = 64 * 1024;
const MORE: ReadState = { state: "more" };

function readHead(bytes: Buffer, start: number): Head | string | null {
  const probe = bytes.subarray(start, start + 5).toString("latin1");
  if (!"HTTP/".startsWith(probe) && !probe.startsWith("HTTP/")) return "the answer does not start with HTTP/";
  const blank = bytes.indexOf("\r\n\r\n", start);
  if (blank < 0) return null;
  const lines = bytes.subarray(start, blank).toString("latin1").split("\r\n");
  const status = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/.exec(lines[0] ?? "");
  if (status === null) return `not a status line: ${(lines[0] ?? "").slice(0, 80)}`;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon < 1) return `not a header line: ${line.slice(0, 80)}`;
    headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { version: status[1] ?? "1.1", status: Number(status[2]), reason: status[3] ?? "", headers, end: blank + 4 };
}

function readBody(bytes: Buffer, head: Head, method: string, ended: boolean): ReadState {
  const value = (name: string) => head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const rest = bytes.subarray(head.end);
  const wantsClose = (value("connection") ?? "").toLowerCase().includes("close") || head.version === "1.0";
  const bare = method === "HEAD" || head.status === 204 || head.status === 304;
  const done = (body: Buffer, used: number, closes = wantsClose): ReadState => ({
    state: "done",
    response: { status: head.status, reason: head.reason, headers: head.headers, body },
    reusable: !closes && !ended && used === rest.length,
    bare,
  });
  if (bare) return done(Buffer.from(rest.subarray(0, STRAY_BYTES)), 0);
  if ((value("transfer-encoding") ?? "").toLowerCase().includes("chunked")) {
    const chunks = readChunks(rest);
    if (typeof chunks === "string") return { state: "malformed", reason: chunks };
    if (chunks === null)
      return ended ? { state: "malformed", reason: "the connection ended within a chunked body" } : MORE;
    return done(chunks.body, chunks.used);
  }
  const length = value("content-length");
  if (length === undefined) return ended ? done(rest, rest.length, true) : MORE;
  if (!/^\d+$/.test(length)) return { state: "malformed", reason: `not a Content-Length: ${length.slice(0, 40)}` };
  const size = Number(length);
  if (rest.length >= size) return done(rest.subarray(0, size), size);
  return ended ? { state: "malformed", reason: `the body ended after ${rest.length} of ${size} bytes` } : MORE;
}

function readChunks(bytes: Buffer): { body: Buffer; used: number } | string | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(bytes.subarray(at, lineEnd).toString("latin1"));
    if (size === null) return "a chunk has no size";
    const length = Number.parseInt(size[1] ?? "", 16);
    const start = lineEnd + 2;
    if (length === 0) {
      const trailerEnd = bytes.indexOf("\r\n", start) === start ? start + 2 : bytes.indexOf("\r\n\r\n", start) + 4;
      return trailerEnd < start + 2 || trailerEnd > bytes.length
        ? null
        : { body: Buffer.concat(parts), used: trailerEnd };
    }
    if (bytes.length < start + length + 2) return null;
    parts.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}
