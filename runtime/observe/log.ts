import { redacted, withoutSecrets } from "./secret-text.js";

/** Facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go; a level that is absent is off. `console` fits as it is, pino after a small adapter. */
export interface Log {
  readonly debug?: (event: string, fields: LogFields) => void;
  readonly info?: (event: string, fields: LogFields) => void;
  readonly warn?: (event: string, fields: LogFields) => void;
  readonly error?: (event: string, fields: LogFields) => void;
}

const levels = ["debug", "info", "warn", "error"] as const;

/**
 * The same log, whose faults hurt nobody: what it throws, or rejects with, is dropped. A level that is absent stays
 * absent.
 */
export function guardedLog(log: Log): Log {
  const guarded = levels.flatMap((level) => {
    if (log[level] === undefined) return [];
    const write = (event: string, fields: LogFields): void => {
      try {
        const written: unknown = log[level]?.(event, fields);
        if (written instanceof Promise) written.catch(() => undefined);
      } catch {
        return;
      }
    };
    return [[level, write] as const];
  });
  return Object.fromEntries(guarded);
}

const secret = /password|token|secret|key|authorization|auth|credential/i;
/** Members of a private JWK that are secret (RFC 7518 section 6). */
const secretOfKey = /^(?:d|p|q|dp|dq|qi|oth|k)$/;

/**
 * Replaces what is secret by `***REDACTED***`, at any depth: the values of fields whose name tells of a secret, but for
 * true, false and none; and within texts, those of errors too, what looks like a secret: credentials after `Bearer` and
 * `Basic`, JWTs, secrets, tokens and codes in forms, queries and JSON, the userinfo of URLs, private keys. A text over a
 * million characters is cut there (wire section 15.2).
 */
export function redact(fields: LogFields): LogFields {
  const isKey = typeof fields["kty"] === "string";
  const isSecret = (name: string) => secret.test(name) || (isKey && secretOfKey.test(name));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecret(name) ? hidden(value) : redactValue(value)]),
  );
}

/** Whether something is so is no secret. */
const hidden = (value: unknown): unknown => (typeof value === "boolean" || value == null ? value : redacted);

function redactValue(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return { name: value.name, message: withoutSecrets(value.message) };
  return redact(value as LogFields);
}
