import type { Dispatcher } from "undici";
import { refusalIn } from "../egress-node.js";
import { retryAfterSeconds } from "../retry.js";

/** Most bytes of an answer that are read. */
const mostResponseBytes = 65_536;
/** Why an attempt ended that was cut off. */
export const cutReason = "the sending process ended";

/** One request and its answer, of which no more is read than is needed. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** When it takes too long, as `performance.now` counts. */
  readonly untilMs: number;
  /** HTTP status; 0 where there was no answer. */
  status = 0;
  error: string | null = null;
  reason: string | null = null;
  /** Whether there was a connection for it. */
  isConnected = false;
  isEnded = false;
  /** Place among the exchanges under way. */
  place = -1;
  readonly #keptBytes: number;
  readonly #onEnd: () => void;
  #chunks: Buffer[] | undefined;
  #bytes = 0;
  #retryAfter: string | null = null;
  #controller: Dispatcher.DispatchController | undefined;

  /** @param onEnd Told of its end, once, whatever came of it. */
  constructor(untilMs: number, keptBytes: number, onEnd: () => void) {
    this.untilMs = untilMs;
    this.#keptBytes = keptBytes;
    this.#onEnd = onEnd;
  }

  /** Has it sent, unless it has ended by now. */
  begin(pool: Dispatcher, request: Dispatcher.DispatchOptions): void {
    if (this.isEnded) return;
    try {
      pool.dispatch(request, this);
    } catch (cause) {
      this.fail(cause);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isEnded) controller.abort(new Error("the attempt has ended"));
    else this.isConnected = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.isEnded) return;
    this.status = status;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < this.#keptBytes) {
      this.#chunks ??= [];
      this.#chunks.push(Buffer.from(chunk.subarray(0, this.#keptBytes - this.#bytes)));
    }
    this.#bytes += chunk.length;
    if (this.#bytes <= mostResponseBytes) return;
    this.#finish();
    controller.abort(new Error("the answer is too long"));
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    this.fail(cause);
  }

  /** Ends with what went wrong; an answer whose headers came is an answer. */
  fail(cause: unknown): void {
    this.#fail(() => faultOf(cause));
  }

  /** Ends what takes too long. */
  expire(): void {
    this.#fail(() => ["asap:transport/timeout", "no answer in time"]);
    this.#controller?.abort(new Error("no answer in time"));
  }

  /** Ends what this process does not wait for, as it ends. */
  cut(): void {
    this.#fail(() => ["asap:transport/aborted", cutReason]);
    this.#controller?.abort(new Error(cutReason));
  }

  /** Beginning of the body that is kept: without NUL, which not every database can hold. */
  text(): string {
    return Buffer.concat(this.#chunks ?? [])
      .toString("utf8")
      .replaceAll("\0", "\ufffd");
  }

  /** How long the receiver asks to wait, in milliseconds; undefined where it does not. */
  retryAfterMs(nowMs: number): number | undefined {
    const seconds = retryAfterSeconds(this.#retryAfter, nowMs);
    return seconds === undefined ? undefined : seconds * 1_000;
  }

  #fail(fault: () => readonly [error: string, reason: string]): void {
    if (this.isEnded) return;
    if (this.status === 0) [this.error, this.reason] = fault();
    this.#finish();
  }

  #finish(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#onEnd();
  }
}

const late = /TIMEOUT|TIMEDOUT|^UND_ERR_ABORTED$/;
const unknownName = /^(?:ENOTFOUND|EAI_|ENODATA)/;
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME/;
const encryption = /^(?:ERR_TLS|ERR_SSL|EPROTO)/;
const codeForm = /^[A-Z0-9_]{1,64}$/;

/** The code of what went wrong, and words for it without anything secret. */
function faultOf(cause: unknown): readonly [error: string, reason: string] {
  const refusal = refusalIn(cause);
  if (refusal?.code === "asap:transport/address_refused")
    return ["asap:transport/webhook_url_rejected", refusal.message];
  const told = String((cause as { readonly code?: unknown } | null)?.code ?? "");
  const code = codeForm.test(told) ? told : "";
  if (late.test(code)) return ["asap:transport/timeout", "no answer in time"];
  const failed = (reason: string) => ["asap:transport/connection_failed", reason] as const;
  if (unknownName.test(code)) return failed("the name is not known");
  if (untrusted.test(code)) return failed(`the certificate is refused: ${code}`);
  if (encryption.test(code)) return failed(`the encryption failed: ${code}`);
  return failed(code === "" ? "the connection failed" : `the connection failed: ${code}`);
}
