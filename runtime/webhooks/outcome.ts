import { invalidOption } from "../invalid-option.js";
import type { Outcome } from "./delivery.js";
import type { Sent } from "./sender.js";

/** When and how often a failed delivery is tried again. */
export interface DeliveryRetryOptions {
  /** Attempts after the first. Default: 5. */
  readonly retries?: number;
  /** Wait before the second attempt, in milliseconds; it doubles for each further one. Default: 1,000. */
  readonly baseMs?: number;
  /** Longest wait, in milliseconds; a Retry-After may be longer. Default: 16,000. */
  readonly maxMs?: number;
  /** Largest share of a wait that chance adds to it. Default: 0.1. */
  readonly jitter?: number;
}

/** A checked {@link DeliveryRetryOptions} with every default filled in. */
export type DeliveryRetryPlan = Required<DeliveryRetryOptions>;

/** Longest Retry-After that is heeded, in milliseconds. */
const longestRetryAfterMs = 86_400_000;

/**
 * Checks retry options and fills in the defaults.
 *
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, section 12.3
 */
export function deliveryRetryPlan(options: DeliveryRetryOptions = {}): DeliveryRetryPlan {
  const { retries = 5, baseMs = 1_000, maxMs = 16_000, jitter = 0.1 } = options;
  if (!Number.isInteger(retries) || retries < 0) throw invalidOption("retry.retries", "is no whole number from 0");
  for (const [name, value] of Object.entries({ baseMs, maxMs, jitter })) {
    if (!(value >= 0 && Number.isFinite(value))) throw invalidOption(`retry.${name}`, "is no number from 0");
  }
  return { retries, baseMs, maxMs, jitter };
}

/** What follows from an attempt. */
export interface Verdict {
  readonly outcome: Exclude<Outcome, { readonly kind: "release" }>;
  /** What the attempt says of the endpoint; undefined where it says nothing. */
  readonly endpoint: "works" | "fails" | undefined;
  /** Whether the receiver wants no more of the subscription (410). */
  readonly isGone: boolean;
}

const delivered: Verdict = { outcome: { kind: "delivered" }, endpoint: "works", isGone: false };

/** Statuses below 500 that may pass. */
const passing = new Set([408, 425, 429]);

/** What says something of the endpoint, among what went wrong before there was an answer. */
const faultsOfEndpoint = new Set(["asap:transport/connection_failed", "asap:transport/timeout"]);

/**
 * Judges an attempt. Tried again: no answer, 1xx, 408, 425, 429 and 5xx, 401 where other credentials are to be had. Final:
 * 3xx, which says too that the endpoint fails, other 4xx, and a target that may not be reached. What this process cut off
 * as it ended is due at once, however many attempts there were.
 *
 * @param sent What came of it.
 * @param attempt Its number, from 1.
 * @param nowMs Milliseconds since 1970.
 * @param random A number from 0 up to 1.
 * @see ASAP 1.1, sections 12.3 and 18 (row 18); RFC 9110, section 10.2.3
 */
export function verdictOf(
  sent: Pick<Sent, "status" | "error" | "reason" | "retryAfterMs" | "isLoginRenewed">,
  attempt: number,
  plan: DeliveryRetryPlan,
  nowMs: number,
  random: number,
): Verdict {
  const { status, error, reason, retryAfterMs, isLoginRenewed = false } = sent;
  if (status >= 200 && status < 300) return delivered;
  const told = reason ?? `the receiver answered ${status}`;
  const dead = (endpoint: Verdict["endpoint"]): Verdict => ({
    outcome: { kind: "dead", reason: told },
    endpoint,
    isGone: status === 410,
  });
  if (error === "asap:transport/webhook_url_rejected") return dead(undefined);
  if (error === "asap:transport/aborted")
    return { outcome: { kind: "retry", atMs: nowMs }, endpoint: undefined, isGone: false };
  if (status >= 300 && status < 400) return dead("fails");
  const mayPass = passing.has(status) || (status === 401 && isLoginRenewed);
  if (status >= 400 && status < 500 && !mayPass) return dead("works");
  const endpoint = endpointOf(status, error);
  if (attempt > plan.retries) return dead(endpoint);
  const atMs = nowMs + waitMs(attempt, plan, random, retryAfterMs);
  return { outcome: { kind: "retry", atMs }, endpoint, isGone: false };
}

function endpointOf(status: number, error: string | null): Verdict["endpoint"] {
  if (status === 401) return "works";
  if (status === 429 || (status === 0 && !faultsOfEndpoint.has(error ?? ""))) return undefined;
  return "fails";
}

/** How long to wait after an attempt, in milliseconds. */
export function waitMs(
  attempt: number,
  { baseMs, maxMs, jitter }: DeliveryRetryPlan,
  random: number,
  askedMs?: number,
): number {
  const backoffMs = Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * (1 + jitter * random);
  const heededMs = askedMs !== undefined && askedMs <= longestRetryAfterMs ? askedMs : 0;
  return Math.ceil(Math.max(backoffMs, heededMs));
}
