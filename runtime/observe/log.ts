/** Facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go; a level that is absent is off. `console` and pino fit after a small adapter. */
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

/**
 * Replaces the values of fields whose name tells of a secret by `***REDACTED***`, at any depth
 * (wire section 15.2).
 */
export function redact(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, secret.test(name) ? "***REDACTED***" : redactValue(value)]),
  );
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return { name: value.name, message: value.message };
  return redact(value as LogFields);
}
