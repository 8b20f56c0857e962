import type { Command } from "commander";
import type { StateSnapshot, TaskStatus } from "../../generated/models.js";
import { taskStates } from "../../generated/states.js";
import type { UsageRecord } from "../state/metering-store.js";
import type { Page, PageRequest } from "../state/page.js";
import type { StateStore } from "../state/state-store.js";
import type { TaskRecord } from "../state/task-store.js";
import { oneOf, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { addStorageOption, columnText, recordJson, type StorageOptions, withStore } from "./state-store.js";

type Kind = "tasks" | "snapshots" | "usage";

interface Options extends GlobalOptions, StorageOptions {
  readonly kind: Kind;
  readonly status?: TaskStatus;
  readonly limit: number;
}

interface Listing<Item> {
  read(store: StateStore, page: PageRequest): Promise<Page<Item>>;
  /** What is shown of an item, in columns. */
  columns(item: Item): readonly unknown[];
}

const tasks = (status: TaskStatus | undefined): Listing<TaskRecord> => ({
  read: (store, page) => store.tasks.list(status === undefined ? {} : { status: [status] }, page),
  columns: ({ task, owner, lease }) => [task.id, task.status, task.created_at, owner, lease?.holder ?? "-"],
});

const snapshots: Listing<StateSnapshot> = {
  read: (store, page) => store.snapshots.list(page),
  columns: ({ task_id, version, id, checkpoint, created_at }) => [
    task_id,
    version,
    id,
    checkpoint === true ? "checkpoint" : "-",
    created_at,
  ],
};

const usage: Listing<UsageRecord> = {
  read: (store, page) => store.metering.query({}, page),
  columns: ({ event: { timestamp, agent_id, consumer_id, task_id, metrics } }) => [
    timestamp,
    agent_id,
    consumer_id,
    task_id,
    JSON.stringify(metrics),
  ],
};

/** `asap state list`: lists what a store holds. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command)
      .option("--kind <kind>", "what to list: tasks, snapshots or usage", oneOf("tasks", "snapshots", "usage"), "tasks")
      .option("--status <status>", "tasks of this status alone", oneOf(...taskStates))
      .option("--limit <number>", "most lines", wholeNumber(1, 1_000_000), 100);
    addNotes(command, {
      examples: [
        "state list --storage sqlite:./asap_state.db --status working",
        "state list --storage redis://127.0.0.1 --kind snapshots --limit 1000",
      ],
      exits: { 0: "listed, columns with tabs between", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const { storage, kind, status, limit, json } = command.optsWithGlobals<Options>();
    const listing = { tasks: tasks(status), snapshots, usage }[kind] as Listing<unknown>;
    const { everyItem } = await import("../state/page.js");
    return withStore(storage, io, async (store) => {
      for await (const item of everyItem((page) => listing.read(store, page), limit)) {
        await io.print(json ? recordJson(item, true) : listing.columns(item).map(columnText).join("\t"));
      }
      return exitCodes.ok;
    });
  },
};
