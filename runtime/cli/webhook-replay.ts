import type { Command } from "commander";
import type { DeliveryQueue } from "../webhooks/delivery-queue.js";
import type { Replayed } from "../webhooks/replay.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { barOf } from "./move-report.js";
import { type CliIo, exitCodes } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { addChoice, type ChoiceOptions, checkChoice, chosenIds, missingOf, tellMissing } from "./webhook-chosen.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, ChoiceOptions {
  readonly rate: number;
}

function textOf({ replayed, left }: Pick<Replayed, "replayed" | "left">, dryRun: boolean): string {
  if (dryRun) return `${replayed} dead letters would be queued again`;
  return `${replayed} dead letters queued again${left > 0 ? `, ${left} left` : ""}`;
}

async function replay(
  queue: DeliveryQueue,
  ids: readonly string[],
  { rate, dryRun, all }: Options,
  io: CliIo,
): Promise<Replayed> {
  if (dryRun === true) {
    const missing = all === true ? [] : await missingOf(queue, ids);
    return { replayed: ids.length - missing.length, missing, left: 0 };
  }
  const { replayDead } = await import("../webhooks/replay.js");
  const stop = new AbortController();
  io.stopped().then(() => stop.abort());
  let replayed = 0;
  try {
    return await replayDead(queue, ids, {
      perSecond: rate,
      signal: stop.signal,
      onProgress(progress) {
        replayed = progress.replayed;
        io.status(barOf({ kind: "replayed", ...progress }));
      },
    });
  } catch (cause) {
    io.status("");
    if (replayed > 0) io.log(textOf({ replayed, left: 0 }, false));
    throw cause;
  } finally {
    io.status("");
  }
}

/** `asap webhook replay`: queues deliveries that were given up again. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(addChoice(command)).option(
      "--rate <number>",
      "most that become due in a second",
      wholeNumber(1, 10_000),
      100,
    );
    command.addHelpText(
      "after",
      `
A delivery keeps its webhook-id, so that a receiver can tell that it had it already, and begins anew: without attempts and
without an end of its time. The agent sends what is queued, within its own rates. A replay that is interrupted (Ctrl-C)
stops; made again, it goes on with those that are still dead letters.`,
    );
    addNotes(command, {
      examples: [
        "webhook replay 01HX5K3MQVN8 --storage sqlite:./asap_state.db",
        "webhook replay --all --url https://hooks.example.com/asap --since 2h --dry-run",
        "webhook replay --all --event task.failed --rate 20",
      ],
      exits: {
        0: "all are queued again",
        1: "some are not: they are no dead letters, or the replay was interrupted",
        2: "the store cannot be used, or the queue is full",
      },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { storage, json, dryRun = false, all = false } = options;
    checkChoice(command, options);
    return withWebhooks(storage, io, async ({ queue }) => {
      const done = await replay(queue, await chosenIds(command, queue, options), options, io);
      const { replayed, missing, left } = done;
      if (!all) tellMissing(io, missing);
      const count = dryRun ? { wouldReplay: replayed } : { replayed };
      await io.print(json ? recordJson({ ...count, missing, left }, true) : textOf(done, dryRun));
      return left > 0 || (missing.length > 0 && !all) ? exitCodes.findings : exitCodes.ok;
    });
  },
};
