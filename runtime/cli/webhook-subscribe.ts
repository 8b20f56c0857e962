import type { Command } from "commander";
import type { EventName } from "../../generated/models.js";
import type { ReceiverAuth } from "../webhooks/receiver-auth.js";
import type { NewSubscription } from "../webhooks/webhooks.js";
import { namedVariable, needs, withFlags } from "./auth-options.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { echoAgentId } from "./echo-agent.js";
import { type CliIo, exitCodes, fail } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { anEvent } from "./webhook-filter.js";
import { shownSubscription, subscriptionLine } from "./webhook-list.js";
import { addSecretOptions, type SecretOptions, withSecret } from "./webhook-secret.js";
import { isRejected, subscriptionsOf, type TargetOptions, withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, SecretOptions, TargetOptions {
  readonly agent: string;
  readonly event?: readonly EventName[];
  readonly task?: string;
  readonly authEnv?: string;
  readonly ordered?: boolean;
  readonly batchSize?: number;
  readonly batchMs?: number;
}

/** What the receiver asks for, as a variable of the environment holds it; its text is not repeated. */
function authOf(command: Command, io: CliIo, name: string): ReceiverAuth {
  const text = namedVariable(command, io, "--auth-env", name);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "type" in value) return value as ReceiverAuth;
  } catch {}
  return command.error(`--auth-env names a variable that holds no JSON object with a type`);
}

function wantedOf(command: Command, io: CliIo, url: string, options: Options): NewSubscription {
  const { event, task, authEnv, ordered = false, batchSize, batchMs } = options;
  needs(command, "--batch-size", batchSize, "--batch-ms", batchMs);
  needs(command, "--batch-ms", batchMs, "--batch-size", batchSize);
  return {
    url,
    ordered,
    ...(event !== undefined && { events: event }),
    ...(task !== undefined && { taskId: task }),
    ...(authEnv !== undefined && { auth: authOf(command, io, authEnv) }),
    ...(batchSize !== undefined && batchMs !== undefined && { batch: { size: batchSize, waitMs: batchMs } }),
  };
}

const more = (value: string, earlier: readonly EventName[] = []): readonly EventName[] => [...earlier, anEvent(value)];

/** `asap webhook subscribe`: adds a subscription. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command.argument("<url>", "where events are posted"))
      .option("--agent <urn>", "agent whose events are wanted", echoAgentId)
      .option("--event <event>", "an event that is wanted; may be given again (default: all)", more)
      .option("--task <id>", "events of this task alone (default: of all tasks of the agent)")
      .option("--ordered", "events of one task one after the other")
      .option("--batch-size <number>", "most events of one request, as a JSON array", wholeNumber(2, 1_000))
      .option("--batch-ms <number>", "how long an event may wait for others", wholeNumber(1, 60_000));
    addSecretOptions(command)
      .option("--auth-env <variable>", "environment variable with what the receiver asks for, as JSON")
      .option("--allow-loopback", "take addresses of this host")
      .option("--allow-private", "take addresses and names of private networks");
    command.addHelpText(
      "after",
      `
The URL is judged as asap webhook check judges it, and again by the agent at each delivery. The agent finds the
subscription within seconds. What --auth-env holds is {"type": "bearer", "token": "…"}, {"type": "headers", "headers":
{"name": "value"}} or {"type": "oauth2", "issuer": "…", "clientId": "…", "clientSecret": "…"}.

Environment:
  ASAP_WEBHOOK_KEYS  the keys that the agent seals secrets with, separated by commas`,
    );
    addNotes(command, {
      examples: [
        "webhook subscribe https://hooks.example.com/asap --secret-env WEBHOOK_SECRET --storage sqlite:./asap_state.db",
        "webhook subscribe https://hooks.example.com/asap --event task.failed --secret-file ./hook.secret",
      ],
      exits: { 0: "subscribed; the subscription is printed", 1: "the URL is refused", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const [url = ""] = command.args;
    const options = command.optsWithGlobals<Options>();
    const wanted = wantedOf(command, io, url, options);
    const { validateAgentUrn } = await import("../../generated/validators/agent-urn.js");
    const { agent, storage, json } = options;
    if (!validateAgentUrn(agent)) return command.error(`--agent must be an agent URN such as ${echoAgentId}`);
    return withWebhooks(storage, io, async (store) => {
      const { checkOwner } = await import("../webhooks/queue/owner.js");
      checkOwner(agent, (await store.agent()) ?? agent);
      const service = await subscriptionsOf(command, io, store, agent, options);
      try {
        const id = await withSecret(command, io, options, (secret) =>
          withFlags(command, { taskId: "--task", auth: "--auth-env" }, async () => {
            const subscription = await service.subscribe({ ...wanted, ...(secret !== undefined && { secret }) });
            return subscription.id;
          }),
        );
        const record = await store.subscriptions.get(id);
        if (record === undefined) return exitCodes.ok;
        const shown = await shownSubscription(record);
        await io.print(json ? recordJson(shown, true) : subscriptionLine(shown));
        return exitCodes.ok;
      } catch (cause) {
        if (!isRejected(cause)) throw cause;
        fail(io, cause.message, cause.code);
        return exitCodes.findings;
      } finally {
        await service.close(0);
      }
    });
  },
};
