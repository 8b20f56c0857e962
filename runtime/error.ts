import { type AsapErrorCode, errors } from "../generated/errors.js";

/** What an AsapError carries beside its code. */
export interface AsapErrorOptions {
  /** The error in words; the code's own text by default. Must not hold secrets. */
  readonly message?: string;
  /** Facts about the error, named as spec/errors.json lists them. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** What led to the error. Stays on this side: it is never put on the wire. */
  readonly cause?: unknown;
}

const brand = Symbol.for("asap-kit.AsapError");

/**
 * The one error of this package. Tell errors apart by `code`, not by class:
 * codes are stable and listed in spec/errors.json.
 */
export class AsapError extends Error {
  override readonly name = "AsapError";
  /** Stable code of the form `asap:area/name`. */
  readonly code: AsapErrorCode;
  /** Facts about the error. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [brand] = true;

  constructor(code: AsapErrorCode, options: AsapErrorOptions = {}) {
    super(
      options.message ?? errors[code].description,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.data = options.data ?? {};
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return errors[this.code].retryable;
  }

  /** Code of the JSON-RPC error this becomes on the wire. */
  get jsonrpcCode(): number {
    return errors[this.code].jsonrpc;
  }

  /** HTTP status this becomes where HTTP answers by status. */
  get httpStatus(): number {
    return errors[this.code].http;
  }

  /** The form in which ASAP errors travel: `code`, `message`, `details`; without the cause. */
  toJSON(): { code: AsapErrorCode; message: string; details: Readonly<Record<string, unknown>> } {
    return { code: this.code, message: this.message, details: this.data };
  }

  /**
   * Turns anything caught into an AsapError; one that already is stays as it is.
   *
   * @param cause What was caught.
   * @param fallback Code for everything that is no AsapError; `asap:rpc/internal_error` by default.
   */
  static from(cause: unknown, fallback: AsapErrorCode = "asap:rpc/internal_error"): AsapError {
    return isAsapError(cause) ? cause : new AsapError(fallback, { cause });
  }
}

/** Whether a value is an AsapError, also one made by another copy of this package. */
export function isAsapError(value: unknown): value is AsapError {
  return value instanceof Error && (value as { [brand]?: unknown })[brand] === true;
}
