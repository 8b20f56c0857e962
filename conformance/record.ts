import type { Arrival } from "./receiver.js";
import type { ArrivalRecord, ExchangeRecord, FrameRecord } from "./report.js";
import { closeOf, encodeFrame, opcodes, type WireFrame } from "./socket-frames.js";
import { readToken } from "./tokens.js";
import type { Exchange } from "./wire.js";

const shown = 2000;
const shownFrames = 60;
const shownArrivals = 20;
const curlBody = 4000;

/** What a report must not show. */
export interface Secrets {
  /** Names of the caller's headers, in lower case. */
  readonly headers: ReadonlySet<string>;
  /** Texts that are replaced by `***` wherever they occur. */
  readonly values: readonly string[];
}

/** An exchange as text for a report. */
export function recordOf(exchange: Exchange, callers: Secrets): ExchangeRecord {
  const secrets = withToken(exchange, callers);
  const shownHeaders = hideHeaders(exchange.sent, secrets.headers);
  const { token } = exchange.request;
  const said = token === undefined ? null : readToken(token.text);
  return {
    sent: hide(readable(shownHeaders, shownHeaders.length + exchange.sentBytes - exchange.sent.length), secrets),
    received: hide(receivedText(exchange), secrets),
    ...(said === null ? {} : { token: said }),
    ...(exchange.frames === undefined || exchange.frames.length === 0
      ? {}
      : { frames: exchange.frames.slice(0, shownFrames).map((frame) => frameRecord(frame, secrets)) }),
    ...(exchange.arrived === undefined ? {} : { arrived: arrivalsIn(exchange.arrived, secrets) }),
    status: exchange.response?.status ?? null,
    elapsedMs: Math.round(exchange.elapsedMs),
  };
}

/** A shell line that sends the request again: curl, or printf into a socket for bytes that are no HTTP. */
export function replayOf(exchange: Exchange, url: string, secrets: Secrets): string {
  const { request } = exchange;
  if (request.token !== undefined) return "# the token was made for this run: run the case again with --only";
  if (request.callback !== undefined)
    return "# the callback is there for this run alone: run the case again with --only";
  if (request.raw !== undefined) return `printf '${octal(request.raw)}' | ${intoSocket(url)}`;
  if (request.socket !== undefined) return conversationAgain(exchange, url, secrets);
  const parts = ["curl", "-i", "--max-time", "10"];
  if (request.method === "HEAD") parts.push("--head");
  else if (request.method !== "GET" || request.body !== undefined) parts.push("-X", request.method);
  for (const name of secrets.headers)
    if (request.credentials !== false) parts.push("-H", `"${name}: $${variableOf(name)}"`);
  for (const [name, value] of Object.entries(request.headers ?? {})) parts.push("-H", quote(`${name}: ${value}`));
  if (request.framing === "chunked") parts.push("-H", quote("Transfer-Encoding: chunked"));
  if (typeof request.framing === "number") parts.push("-H", quote(`Content-Length: ${request.framing}`));
  const body = request.body === undefined ? null : Buffer.from(request.body);
  parts.push(quote(url + request.path));
  if (body === null) return parts.join(" ");
  if (body.length > curlBody) return `${parts.join(" ")} --data-binary @body   # the body has ${body.length} bytes`;
  if (isText(body)) return `${parts.join(" ")} --data-binary ${freshTime(quote(body.toString("utf8")), exchange)}`;
  return `printf '${octal(body)}' | ${parts.join(" ")} --data-binary @-`;
}

/** The caller's secrets, and the token that the suite sent. */
function withToken({ request: { token } }: Exchange, { headers, values }: Secrets): Secrets {
  return token === undefined || token.text.length < 8
    ? { headers, values }
    : { headers: new Set([...headers, "authorization"]), values: [...values, token.text] };
}

/** Into a plain or secure connection to the host of a URL. */
function intoSocket(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return protocol === "https:"
    ? `openssl s_client -quiet -connect ${hostname}:${port || 443}`
    : `nc ${hostname.replace(/^\[|\]$/g, "")} ${port || 80}`;
}

/** Writes the bytes of a conversation in one go; the caller's headers stay out, and large frames are told and left out. */
function conversationAgain(exchange: Exchange, url: string, secrets: Secrets): string {
  const lines = exchange.sent.toString("latin1").split("\r\n");
  const kept = lines.filter(
    (line) => !secrets.headers.has(line.slice(0, Math.max(0, line.indexOf(":"))).toLowerCase()),
  );
  const said = exchange.request.socket ?? [];
  if (said.some((action) => "reply" in action))
    return "# what is said depends on the answers: run the case again with --only";
  const actions = said.flatMap((action) => ("send" in action ? [action.send] : []));
  const frames = Buffer.concat(actions.map((frame) => encodeFrame(frame)));
  if (frames.length > curlBody) return `# ${frames.length} bytes of frames: run the case again with --only`;
  const hello = octal(Buffer.from(kept.join("\r\n"), "latin1"));
  return `(printf '${hello}'; sleep 1; printf '${octal(frames)}'; sleep 2) | ${intoSocket(url)}`;
}

const kinds = new Map<number, string>(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));

function frameRecord(frame: WireFrame, secrets: Secrets): FrameRecord {
  const { direction, opcode, bytes, atMs, data } = frame;
  const { code, reason } = closeOf(frame);
  const text = opcode === opcodes.close ? `${code ?? "no code"} ${reason}`.trimEnd() : readable(data, bytes);
  const marks = [
    ...(frame.fin ? [] : ["not final"]),
    ...(frame.rsv === 0 ? [] : [`reserved bits ${frame.rsv}`]),
    ...(frame.masked === (direction === "sent") ? [] : [frame.masked ? "masked" : "without mask"]),
  ];
  return { direction, kind: kinds.get(opcode) ?? String(opcode), marks, text: hide(text, secrets), bytes, atMs };
}

function arrivalsIn(arrivals: readonly Arrival[], secrets: Secrets): ArrivalRecord[] {
  const startedAt = arrivals[0]?.beganAt ?? 0;
  return arrivals.slice(0, shownArrivals).map(({ method, below, headers: own, body, beganAt }) => {
    const { authorization: _, cookie: __, ...headers } = own;
    const text = hide(readable(body, body.length), secrets);
    return { method, path: below, headers, body: text, atMs: Math.round(beganAt - startedAt) };
  });
}

/** The text without the caller's secrets. */
export function hide(text: string, secrets: Secrets): string {
  return secrets.values.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}

function receivedText({ response, failure }: Exchange): string {
  if (response === undefined) return failure?.message ?? "nothing";
  const headers = response.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`HTTP/1.1 ${response.status} ${response.reason}\r\n${headers}\r\n`, "latin1");
  const whole = Buffer.concat([head, response.body]);
  return readable(whole, whole.length);
}

function hideHeaders(sent: Buffer, secret: ReadonlySet<string>): Buffer {
  const end = sent.indexOf("\r\n\r\n");
  if (end < 0 || secret.size === 0) return sent;
  const lines = sent.subarray(0, end).toString("latin1").split("\r\n");
  const hidden = lines.map((line) => {
    const name = line.slice(0, Math.max(0, line.indexOf(":")));
    return secret.has(name.toLowerCase()) ? `${name}: ***` : line;
  });
  return Buffer.concat([Buffer.from(hidden.join("\r\n"), "latin1"), sent.subarray(end)]);
}

/** Bytes as text, with what is not printable escaped, cut to what a report shows. */
function readable(bytes: Buffer, total: number): string {
  const part = bytes.subarray(0, shown);
  const plain = part.toString("utf8").replace(/\r\n/g, "\n");
  const text = plain.replace(
    /[^\n\t\x20-\x7e\u00a0-\ufffc\u{10000}-\u{10ffff}]/gu,
    (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
  );
  return total > part.length ? `${text}… (${total} bytes in all)` : text;
}

const variableOf = (name: string) =>
  name === "authorization" ? "ASAP_AUTHORIZATION" : name.toUpperCase().replace(/\W/g, "_");
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const octal = (bytes: Uint8Array) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

function isText(body: Buffer): boolean {
  return !body.includes(0) && Buffer.from(body.toString("utf8"), "utf8").equals(body);
}

/** Lets the shell write the time of sending where the request carried a fresh one, which is too old when sent again later. */
function freshTime(quoted: string, exchange: Exchange): string {
  return quoted.replace(/"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)"/, (whole, time: string) =>
    Math.abs(Date.parse(time) - exchange.startedAt) < 5000 ? `"timestamp":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"` : whole,
  );
}
