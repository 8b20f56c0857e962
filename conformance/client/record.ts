import type { ExchangeRecord, FrameRecord } from "../report.js";
import { type Hide, hiderOf as hiderOfTexts, isSecretName, secretTexts } from "../secrets.js";
import { closeOf, opcodes, type WireFrame } from "../socket-frames.js";
import type { Headers, Posted, Received, Session } from "./session.js";

const shown = 2000;
const shownFrames = 60;
const shownExchanges = 40;
/** Bytes that are read for a text of a report; it is cut when what is secret is hidden. */
const read = 65_536;
const leastSecret = 4;
const kinds = new Map<number, string>(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));

/**
 * Makes a function that puts `***` in place of what is secret in a command line and in variables: those of the caller and
 * those that a scenario sets.
 */
export function hiderOf(
  command: readonly string[],
  ...environments: readonly Readonly<Record<string, string | undefined>>[]
): Hide {
  const values = environments.flatMap((env) =>
    Object.entries(env).flatMap(([name, value = ""]) => secretsIn(name, value)),
  );
  const own = [...values, ...command.flatMap((word, at) => wordSecrets(word, command[at - 1] ?? ""))];
  return hiderOfTexts(own.filter((one) => one.length >= leastSecret));
}

/** Variables whose names look secret, and whose values are not: folders, sockets and sessions of a desktop. */
const openNames = /^(?:OLD)?PWD$|^(?:XDG|DBUS|DESKTOP|TERM|GDM|WINDOW)_|_SOCK$/i;

function secretsIn(name: string, value: string): string[] {
  if (isSecretName(name) && !openNames.test(name)) return secretTexts(value);
  return [...value.matchAll(/\b[a-z][a-z\d+.-]*:\/\/([^/?#@\s]*:[^/?#@\s]+)@/gi)].flatMap(([url]) =>
    secretTexts(url).filter((text) => text !== url),
  );
}

/** Secrets in a word of a command line: after an option or a name, of a header, in a URL. */
function wordSecrets(word: string, before: string): string[] {
  const [, name = "", value] = /^-{0,2}([\w.-]+)=(.*)$/s.exec(word) ?? [];
  const header = /^(?:-H|--?[\w-]+=)?([\w-]+):\s*(.+)$/s.exec(word);
  const follows = /^--?[\w.-]+$/.test(before) && isSecretName(before.replace(/^-+/, "")) && !word.startsWith("-");
  return [
    ...(value !== undefined && isSecretName(name) ? secretTexts(value) : []),
    ...(header !== null && isSecretName(header[1] ?? "") ? secretTexts(header[2] ?? "") : []),
    ...(follows ? secretTexts(word) : []),
    ...secretsIn("", word),
    ...[...word.matchAll(/[?&]([\w.-]+)=([^&#\s]+)/g)].flatMap(([, of = "", text = ""]) => {
      return isSecretName(of) ? [text, new URLSearchParams(`text=${text}`).get("text") ?? ""] : [];
    }),
  ];
}

/** The command as a person would type it, without what is secret in it. */
export function shownCommand(command: readonly string[], hide: Hide): string {
  const words = command.map((word, at) => hiderOfTexts(wordSecrets(word, command[at - 1] ?? ""))(word));
  return hide(
    words.map((word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" "),
  );
}

/** What went over the wire in a session: its requests, then what the peer posted. */
export function recordsOf({ requests, posted }: Session, hide: Hide): ExchangeRecord[] {
  const records = [...requests.map((one) => requestRecord(one, hide)), ...posted.map((one) => postRecord(one, hide))];
  return records.slice(0, shownExchanges);
}

function requestRecord(request: Received, hide: Hide): ExchangeRecord {
  const { method, target, headers, text, body, sent, frames, atMs } = request;
  const answered =
    sent === undefined ? "nothing" : `HTTP/1.1 ${sent.status}\n${lines(sent.headers)}\n${readable(sent.body, hide)}`;
  return {
    sent: hide(answered),
    received: hide(
      `${method} ${target} HTTP/1.1\n${lines(headers)}\n${text === null ? readable(body, hide) : cut(hide(text.slice(0, read)), text.length)}`,
    ),
    ...(frames === undefined || frames.length === 0
      ? {}
      : { frames: frames.slice(0, shownFrames).map((frame) => frameRecord(frame, hide, atMs)) }),
    status: sent?.status ?? null,
    atMs,
    elapsedMs: Math.max(0, (sent?.atMs ?? atMs) - atMs),
  };
}

function postRecord({ url, headers, body, status, answer, atMs, elapsedMs }: Posted, hide: Hide): ExchangeRecord {
  const sent = hide(`POST ${url} HTTP/1.1\n${lines(headers)}\n${readable(body, hide)}`);
  return { sent, received: cut(hide(answer)), status, atMs, elapsedMs };
}

function frameRecord(frame: WireFrame, hide: Hide, beganAt: number): FrameRecord {
  const { direction, opcode, bytes, data, fin, rsv, masked, atMs } = frame;
  const { code, reason } = closeOf(frame);
  const text = opcode === opcodes.close ? `${code ?? "no code"} ${reason}`.trimEnd() : readable(data, hide);
  const marks = [
    ...(fin ? [] : ["not final"]),
    ...(rsv === 0 ? [] : [`reserved bits ${rsv}`]),
    ...(masked === (direction === "received") ? [] : [masked ? "masked" : "without mask"]),
  ];
  return {
    direction,
    kind: kinds.get(opcode) ?? String(opcode),
    marks,
    text: hide(text),
    bytes,
    atMs: Math.max(0, atMs - beganAt),
  };
}

/** Headers as lines; what authorizes is left out. */
const lines = (headers: Headers): string =>
  headers
    .map(([name, value]) => `${name}: ${/^(authorization|cookie)$/i.test(name) ? hidden(value) : value}\n`)
    .join("");

/** The scheme of a credential is shown, and nothing after it. */
const hidden = (value: string): string => `${/^[\w-]+(?= )/.exec(value)?.[0] ?? ""} ***`.trimStart();

const readable = (bytes: Buffer, hide: Hide): string =>
  cut(
    hide(bytes.subarray(0, read).toString("utf8")).replace(
      /[^\n\t\x20-\x7e\u00a0-\ufffc\u{10000}-\u{10ffff}]/gu,
      (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
    ),
    bytes.length,
  );

const cut = (text: string, total = text.length): string =>
  text.length > shown || total > read ? `${text.slice(0, shown)}… (${total} in all)` : text;
