import type { Command } from "commander";
import { type AsapError, isAsapError } from "../error.js";
import type { StateStore } from "../state/state-store.js";
import type { WebhookStore } from "../webhooks/webhook-store.js";
import { withFlags } from "./auth-options.js";
import { egressOf } from "./auth-server.js";
import { type CliIo, exitCodes, fail } from "./output.js";
import { withStore } from "./state-store.js";

/** Options of a command that judges where webhooks go. */
export interface TargetOptions {
  readonly allowLoopback?: boolean;
  readonly allowPrivate?: boolean;
}

/**
 * The webhooks of a store.
 *
 * @throws AsapError `asap:config/invalid_option` for one that keeps none.
 */
export async function webhooksOf(store: StateStore, option = "storage"): Promise<WebhookStore> {
  if (store.webhooks !== undefined) return store.webhooks;
  const { invalidOption } = await import("../invalid-option.js");
  throw invalidOption(
    option,
    `must name a store that keeps webhooks: sqlite:PATH or postgres://…, not ${store.backend}`,
  );
}

/** Does what reads webhooks, closes their store, and tells of one that cannot be used. */
export const withWebhooks = (
  location: string | undefined,
  io: CliIo,
  work: (webhooks: WebhookStore) => Promise<number>,
): Promise<number> => withStore(location, io, async (store) => work(await webhooksOf(store)));

/** Keys that seal secrets of webhooks, as ASAP_WEBHOOK_KEYS names them. */
export const webhookKeys = (io: CliIo): readonly string[] =>
  (io.env["ASAP_WEBHOOK_KEYS"] ?? "")
    .split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");

/** The subscriptions of an agent, to be changed; nothing is delivered, and the store is not given to the agent. */
export async function subscriptionsOf(
  command: Command,
  io: CliIo,
  store: WebhookStore,
  agentId: string,
  options: TargetOptions = {},
) {
  const { webhookPlan } = await import("../webhooks/options.js");
  const { WebhookService } = await import("../webhooks/service.js");
  const plan = webhookPlan({ egress: egressOf(options), encryptionKeys: webhookKeys(io), delivers: false });
  const unbound = { ...store, bind: async () => {} };
  const parts = { agentId, store: unbound, plan, isJoined: false, log: {}, now: Date.now, onSettled: () => {} };
  const flags = { "webhooks.encryptionKeys": "ASAP_WEBHOOK_KEYS" };
  return withFlags(command, flags, () => new WebhookService(parts));
}

/** Says that there is no such subscription, and gives the exit code. */
export function noSubscription(io: CliIo, id: string): number {
  fail(io, `there is no subscription ${id} in the store`, "asap:webhook/subscription_not_found");
  return exitCodes.findings;
}

/** Whether a URL was refused. */
export const isRejected = (cause: unknown): cause is AsapError =>
  isAsapError(cause) && cause.code === "asap:transport/webhook_url_rejected";
