import type { EventName } from "../../generated/models.js";
import type { EgressPolicy } from "../egress.js";
import { invalidOption } from "../invalid-option.js";
import { type CallbackHosts, callbackHosts } from "./callback-hosts.js";
import type { CircuitRule, Rate } from "./delivery-queue.js";
import type { WebhookMeter } from "./meter.js";
import { type DeliveryRetryOptions, type DeliveryRetryPlan, deliveryRetryPlan } from "./outcome.js";
import type { SignatureProfile } from "./sign.js";
import type { WebhookStore } from "./webhook-store.js";

/** Something the operator of an agent may want to know. */
export type WebhookNotice =
  /** A delivery was given up, and is a dead letter now. */
  | {
      readonly type: "delivery.exhausted";
      readonly deliveryId: string;
      readonly url: string;
      readonly taskId: string;
      readonly event: EventName;
      readonly attempts: number;
      readonly reason: string;
    }
  /** A delivery arrived after it had failed. */
  | {
      readonly type: "delivery.recovered";
      readonly deliveryId: string;
      readonly url: string;
      readonly taskId: string;
      readonly event: EventName;
      readonly attempts: number;
    }
  | { readonly type: "circuit.opened"; readonly url: string }
  | { readonly type: "circuit.closed"; readonly url: string }
  | { readonly type: "secret.rotated"; readonly subscriptionId: string; readonly untilMs: number }
  | { readonly type: "subscription.disabled"; readonly subscriptionId: string; readonly reason: string };

/** How an agent posts webhooks; every option has a default. */
export interface WebhookOptions {
  /** Where subscriptions and deliveries are kept. Default: in the agent's `state`, without one in memory. */
  readonly store?: WebhookStore;
  /**
   * Callbacks that requests may ask for: true for all that `egress` lets through, false to leave them alone, or the hosts
   * they may go to (names or addresses, without ports), others being refused. Default: true.
   */
  readonly callbacks?: boolean | readonly string[];
  /** What may be reached. Default: public addresses alone. */
  readonly egress?: EgressPolicy;
  /** Refuses `http` URLs, but for this host where `egress` allows it. Default: true. */
  readonly requireHttps?: boolean;
  /**
   * Keys of 32 bytes, as base64 or hexadecimal text, that secrets are sealed with (AES-256-GCM); the first seals, all
   * open. Default: none, secrets are stored as they are.
   */
  readonly encryptionKeys?: readonly string[];
  /** Which signatures are sent. Default: `asap` and `standard`. */
  readonly profiles?: readonly SignatureProfile[];
  readonly retry?: DeliveryRetryOptions;
  /** Most requests to one URL; `off` for no bound. Default: 100 a minute, bursts of 10. */
  readonly endpointRate?: Rate | "off";
  /** Most requests together; `off` for no bound. Default: 1,000 a minute, bursts of 100. */
  readonly globalRate?: Rate | "off";
  /** When an endpoint is left alone; by default no longer than the longest wait between attempts. Default: after 5 failures in a row, for 15,000 ms. */
  readonly circuit?: Partial<CircuitRule>;
  /** Longest attempt, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Most requests under way. Default: 512. */
  readonly concurrency?: number;
  /** Most requests under way to one URL. Default: 64. */
  readonly perEndpoint?: number;
  /** How long a process may be silent before another one sends what it took, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number;
  /** How old an event may be when it is sent, in milliseconds; older ones are dead letters. Default: 259,200,000 (3 days). */
  readonly expiresMs?: number;
  /** How long attempts are remembered, in milliseconds. Default: 604,800,000 (7 days). */
  readonly historyMs?: number;
  /** How long dead letters are kept, in milliseconds. Default: 2,592,000,000 (30 days). */
  readonly deadLettersMs?: number;
  /** How much of a receiver's answer goes into the history, in bytes. Default: 0. */
  readonly keepResponseBytes?: number;
  /** Shortest time between two `task.progress` events of a task, in milliseconds. Default: 1,000. */
  readonly progressIntervalMs?: number;
  /** Whether this process sends; others then only queue. Default: true. */
  readonly delivers?: boolean;
  /** Told what the operator may want to know. What it throws is dropped. */
  readonly onNotice?: (notice: WebhookNotice) => void;
  /** Meter of OpenTelemetry that records what becomes of webhooks. Default: none. */
  readonly meter?: WebhookMeter;
}

/** Checked {@link WebhookOptions} with every default filled in, but for the store and the meter. */
export interface WebhookPlan {
  readonly callbacks: CallbackHosts;
  readonly egress: EgressPolicy;
  readonly requireHttps: boolean;
  readonly encryptionKeys: readonly string[];
  readonly profiles: readonly SignatureProfile[];
  readonly retry: DeliveryRetryPlan;
  readonly endpointRate: Rate | undefined;
  readonly globalRate: Rate | undefined;
  readonly circuit: CircuitRule;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly perEndpoint: number;
  readonly leaseMs: number;
  readonly expiresMs: number;
  readonly historyMs: number;
  readonly deadLettersMs: number;
  readonly keepResponseBytes: number;
  readonly progressIntervalMs: number;
  readonly delivers: boolean;
  readonly onNotice: (notice: WebhookNotice) => void;
}

const day = 86_400_000;

/**
 * Checks options and fills in the defaults.
 *
 * @throws AsapError `asap:config/invalid_option` naming the option.
 */
export function webhookPlan(options: WebhookOptions): WebhookPlan {
  const whole = (name: keyof WebhookOptions, fallback: number, from: number, to = Number.MAX_SAFE_INTEGER): number => {
    const value = options[name] ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) return value;
    throw invalidOption(`webhooks.${name}`, `must be a whole number from ${from} to ${to}`);
  };
  const { failures = 5, openMs = 15_000 } = options.circuit ?? {};
  if (!(Number.isInteger(failures) && failures >= 1))
    throw invalidOption("webhooks.circuit.failures", "is no whole number from 1");
  if (!(Number.isInteger(openMs) && openMs >= 1))
    throw invalidOption("webhooks.circuit.openMs", "is no whole number from 1");
  return {
    callbacks: callbackHosts(options.callbacks ?? true),
    egress: options.egress ?? {},
    requireHttps: options.requireHttps ?? true,
    encryptionKeys: options.encryptionKeys ?? [],
    profiles: options.profiles ?? ["asap", "standard"],
    retry: deliveryRetryPlan(options.retry),
    endpointRate: rateOf("endpointRate", options.endpointRate, { perMinute: 100, burst: 10 }),
    globalRate: rateOf("globalRate", options.globalRate, { perMinute: 1_000, burst: 100 }),
    circuit: { failures, openMs },
    timeoutMs: whole("timeoutMs", 10_000, 1, 600_000),
    concurrency: whole("concurrency", 512, 1, 10_000),
    perEndpoint: whole("perEndpoint", 64, 1, 10_000),
    leaseMs: whole("leaseMs", 30_000, 100, 2_147_483_647),
    expiresMs: whole("expiresMs", 3 * day, 1),
    historyMs: whole("historyMs", 7 * day, 0),
    deadLettersMs: whole("deadLettersMs", 30 * day, 0),
    keepResponseBytes: whole("keepResponseBytes", 0, 0, 65_536),
    progressIntervalMs: whole("progressIntervalMs", 1_000, 0),
    delivers: options.delivers ?? true,
    onNotice: options.onNotice ?? (() => {}),
  };
}

function rateOf(name: string, given: Rate | "off" | undefined, fallback: Rate): Rate | undefined {
  if (given === "off") return undefined;
  const { perMinute, burst } = given ?? fallback;
  if (perMinute > 0 && Number.isFinite(perMinute) && Number.isInteger(burst) && burst >= 1) return { perMinute, burst };
  throw invalidOption(`webhooks.${name}`, 'must be a rate above 0 with a whole burst from 1, or "off"');
}
