import { type Log, type LogFields, redact } from "../observe/log.js";
import type { CliIo } from "./output.js";

const levels = ["debug", "info", "warn", "error"] as const;

/** How grave a log line is. */
export type LogLevel = (typeof levels)[number];

const isLevel = (word: string): word is LogLevel => levels.some((level) => level === word);

const bareWord = /^[!#-[\]-~]+$/;

/** JSON text of a value, without signs that a terminal obeys or that break a line. */
function jsonLine(value: unknown): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return String(JSON.stringify(value)).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

function asText(fields: LogFields): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${typeof value === "string" && bareWord.test(value) ? value : jsonLine(value)}`)
    .join("");
}

/**
 * Makes a log that writes to standard error. ASAP_LOG_LEVEL (debug, info, warn, error; default info) says from which
 * level on, ASAP_LOG_FORMAT=json makes each line JSON (wire section 17). Values that tell of secrets are redacted; what
 * a message brings along can neither begin a line nor move a terminal.
 *
 * @param io where lines go, and the environment
 */
export function createStderrLog(io: CliIo): Log {
  const wanted = (io.env["ASAP_LOG_LEVEL"] ?? "info").toLowerCase().replace(/^warning$/, "warn");
  const least = levels.indexOf(isLevel(wanted) ? wanted : "info");
  const asJson = io.env["ASAP_LOG_FORMAT"]?.toLowerCase() === "json";
  const write = (level: LogLevel) => (event: string, fields: LogFields) => {
    const safe = redact(fields);
    const time = new Date().toISOString();
    io.log(asJson ? jsonLine({ time, level, event, ...safe }) : `${time} ${level} ${event}${asText(safe)}`);
  };
  return Object.fromEntries(levels.filter((_, index) => index >= least).map((level) => [level, write(level)]));
}
