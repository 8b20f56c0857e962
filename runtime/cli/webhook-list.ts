import type { Command } from "commander";
import type { SubscriptionRecord } from "../webhooks/subscription-store.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { shownMoment } from "./moment.js";
import { exitCodes } from "./output.js";
import { addStorageOption, columnText, recordJson, type StorageOptions } from "./state-store.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions {
  readonly agent?: string;
  readonly task?: string;
  readonly limit: number;
}

/** A subscription as it is shown: without its secrets, credentials and the query of its URL. */
export async function shownSubscription(record: SubscriptionRecord) {
  const { shownUrl } = await import("../webhooks/target.js");
  const { id, owner, taskId, url, events, secrets, auth, ordered, batch, disabled, createdMs, version } = record;
  const nowMs = Date.now();
  return {
    id,
    agent: owner,
    task: taskId,
    url: shownUrl(url),
    events,
    secrets: secrets.filter(({ untilMs }) => untilMs === null || untilMs > nowMs).length,
    hasAuth: auth !== null,
    ordered,
    batch,
    disabled: disabled && { reason: disabled.reason, at: shownMoment(disabled.atMs) },
    created: shownMoment(createdMs),
    version,
  };
}

type Shown = Awaited<ReturnType<typeof shownSubscription>>;

/** A subscription in columns. */
export const subscriptionLine = ({ id, agent, url, events, task, secrets, disabled }: Shown): string =>
  [
    id,
    url,
    events?.join(",") ?? "all events",
    task ?? "all tasks",
    secrets === 0 ? "unsigned" : `${secrets} ${secrets === 1 ? "secret" : "secrets"}`,
    disabled === null ? "active" : `disabled: ${disabled.reason}`,
    agent,
  ]
    .map(columnText)
    .join("\t");

/** `asap webhook list`: lists subscriptions. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command)
      .option("--agent <urn>", "subscriptions of this agent alone (default: of every agent)")
      .option("--task <id>", "subscriptions of this task alone")
      .option("--limit <number>", "most lines", wholeNumber(1, 1_000_000), 100);
    command.addHelpText("after", "\nSecrets, credentials and what follows the path of a URL are not shown.");
    addNotes(command, {
      examples: [
        "webhook list --storage sqlite:./asap_state.db",
        "webhook list --agent urn:asap:agent:echo-agent --json",
      ],
      exits: { 0: "listed, columns with tabs between", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const { storage, agent, task, limit, json } = command.optsWithGlobals<Options>();
    const { everyItem } = await import("../state/page.js");
    const filter = { ...(agent !== undefined && { owner: agent }), ...(task !== undefined && { taskId: task }) };
    return withWebhooks(storage, io, async ({ subscriptions }) => {
      for await (const record of everyItem((page) => subscriptions.list(filter, page), limit)) {
        const shown = await shownSubscription(record);
        await io.print(json ? recordJson(shown, true) : subscriptionLine(shown));
      }
      return exitCodes.ok;
    });
  },
};
