import type { Arrival } from "./receiver.js";
import type { ArrivalRecord, ExchangeRecord, FrameRecord } from "./report.js";
import { type Hide, hiderOf, isSecretName, type Secrets } from "./secrets.js";
import { closeOf, encodeFrame, type FrameSpec, opcodes, type WireFrame } from "./socket-frames.js";
import { readToken } from "./tokens.js";
import type { Exchange, WireRequest } from "./wire.js";

const shown = 2000;
const searched = 64 * 1024;
const shownFrames = 60;
const shownArrivals = 20;
const curlBody = 4000;

/**
 * An exchange as text for a report.
 *
 * @param beganAt milliseconds since 1970 when the run began
 */
export function recordOf(exchange: Exchange, callers: Secrets, beganAt: number): ExchangeRecord {
  const { headers, values } = withToken(exchange, callers);
  const hide = hiderOf(values);
  const shownHeaders = hideHeaders(exchange.sent, headers);
  const { token } = exchange.request;
  const said = token === undefined ? null : readToken(token.text);
  return {
    sent: readable(shownHeaders, shownHeaders.length + exchange.sentBytes - exchange.sent.length, hide),
    received: receivedText(exchange, hide),
    ...(said === null ? {} : { token: said }),
    ...(exchange.frames === undefined || exchange.frames.length === 0 ? {} : { frames: framesIn(exchange, hide) }),
    ...(exchange.arrived === undefined ? {} : { arrived: arrivalsIn(exchange.arrived, headers, hide) }),
    status: exchange.response?.status ?? null,
    atMs: Math.max(0, Math.round(exchange.startedAt - beganAt)),
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
    if (request.credentials !== false) parts.push("-H", `"${name}: ${shellValue(name, request)}"`);
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
  if (said.some((action) => "stop" in action)) return "# the agent is asked to end: run the case again with --only";
  if (said.some((action) => "reply" in action))
    return "# what is said depends on the answers: run the case again with --only";
  const actions = said.flatMap((action) => ("send" in action ? [action.send] : []));
  const texts = actions.map(plainText);
  const isShort = texts.length > 0 && texts.join().length <= curlBody;
  if (isShort && texts.every((text) => text !== null)) return messagesAgain(texts, exchange, url, secrets);
  const frames = Buffer.concat(actions.map((frame) => encodeFrame(frame)));
  if (frames.length > curlBody) return `# ${frames.length} bytes of frames: run the case again with --only`;
  const hello = octal(Buffer.from(kept.join("\r\n"), "latin1"));
  return `(printf '${hello}'; sleep 1; printf '${octal(frames)}'; sleep 2) | ${intoSocket(url)}`;
}

/** The text of a frame that any client can send as a message of one line; null of another. */
function plainText(frame: FrameSpec): string | null {
  const { opcode = opcodes.text, fin = true, rsv = 0, masked = true, declares, compress = false, data } = frame;
  const isPlain = opcode === opcodes.text && fin && rsv === 0 && masked && declares === undefined && !compress;
  return isPlain && typeof data === "string" && data !== "" && !/[\r\n]/.test(data) ? data : null;
}

/** A line that sends text messages over a WebSocket, and goes on to show what comes. */
function messagesAgain(texts: readonly string[], exchange: Exchange, url: string, secrets: Secrets): string {
  const own = Object.entries(exchange.request.headers ?? {}).filter(([name]) => !handshake.has(name.toLowerCase()));
  const named = exchange.request.credentials === false ? [] : [...secrets.headers];
  const headers = [
    ...named.map((name) => ` -H="${name}: $${variableOf(name)}"`),
    ...own.map(([name, value]) => ` -H=${quote(`${name}: ${value}`)}`),
  ];
  const said = texts.map((text) => freshTime(quote(text), exchange)).join(" ");
  return `printf '%s\\n' ${said} | websocat -n --linemode-strip-newlines${headers.join("")} ${quote(url.replace(/^http/i, "ws") + exchange.request.path)}`;
}

/** Headers that every client writes by itself. */
const handshake = new Set(["upgrade", "connection", "sec-websocket-version", "sec-websocket-key"]);

const kinds = new Map<number, string>(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));

function framesIn({ frames = [], stop }: Exchange, hide: Hide): FrameRecord[] {
  return frames.slice(0, shownFrames).map((frame, at) => frameRecord(frame, at + 1 === stop?.at, hide));
}

function frameRecord(frame: WireFrame, isLastBeforeEnd: boolean, hide: Hide): FrameRecord {
  const { direction, opcode, bytes, atMs, data } = frame;
  const { code, reason } = closeOf(frame);
  const text =
    opcode === opcodes.close ? hide(`${code ?? "no code"} ${reason}`.trimEnd()) : readable(data, bytes, hide);
  const marks = [
    ...(frame.fin ? [] : ["not final"]),
    ...(frame.rsv === 0 ? [] : [`reserved bits ${frame.rsv}`]),
    ...(frame.masked === (direction === "sent") ? [] : [frame.masked ? "masked" : "without mask"]),
    ...(isLastBeforeEnd ? ["then the agent was asked to end"] : []),
  ];
  return { direction, kind: kinds.get(opcode) ?? String(opcode), marks, text, bytes, atMs };
}

function arrivalsIn(arrivals: readonly Arrival[], secret: Secrets["headers"], hide: Hide): ArrivalRecord[] {
  const startedAt = arrivals[0]?.beganAt ?? 0;
  return arrivals.slice(0, shownArrivals).map(({ method, below, headers: own, body, beganAt }) => {
    const { authorization: _, cookie: __, ...rest } = own;
    const headers = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        hide(name),
        secret.has(name) || (name !== "x-asap-signature" && isSecretName(name)) ? "***" : hide(value),
      ]),
    );
    const text = readable(body, body.length, hide);
    return { method, path: hide(below), headers, body: text, atMs: Math.round(beganAt - startedAt) };
  });
}

function receivedText({ response, failure }: Exchange, hide: Hide): string {
  if (response === undefined) return hide(failure?.message ?? "nothing");
  const headers = response.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`HTTP/1.1 ${response.status} ${response.reason}\r\n${headers}\r\n`, "latin1");
  const whole = Buffer.concat([head, response.body]);
  return readable(whole, whole.length, hide);
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

/** Bytes as text, with what is not printable escaped, cut to what a report shows after secrets are hidden. */
export function readable(bytes: Buffer, total: number, hide: Hide = (text) => text): string {
  const part = bytes.subarray(0, searched);
  const plain = hide(part.toString("utf8").replace(/\r\n/g, "\n"));
  const text = plain
    .slice(0, shown)
    .replace(
      /[^\n\t\x20-\x7e\u00a0-\ufffc\u{10000}-\u{10ffff}]/gu,
      (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
    );
  return plain.length > shown || total > part.length ? `${text}… (${total} bytes in all)` : text;
}

/** What the shell reads the value of a header from, with the scheme of the request where it has its own. */
const shellValue = (name: string, { scheme }: WireRequest) =>
  name === "authorization" && scheme !== undefined ? `${scheme} \${${variableOf(name)}#* }` : `$${variableOf(name)}`;
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
