import type { TaskStatus } from "../../../generated/models.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { corrupt, isStorable, taskText } from "../records.js";
import { claimedTasks, type TaskRow, taskOf } from "../task-row.js";
import { askedTwice, changeText, conflict, createdTask, illegalMove, statesBefore } from "../task-rules.js";
import type { NewTask, TaskChange, TaskFilter, TaskRecord, TaskStore } from "../task-store.js";
import { backend } from "./faults.js";
import { after, from, joined, type Keys, type Part, readParts, through } from "./keys.js";
import type { RedisLink } from "./link.js";
import { type Script, stride } from "./scripts.js";
import { headOf, headOfTask, placeOf, recordOf, rowOf, type StoredTask } from "./task-head.js";
import {
  changeTaskScript,
  claimTasksScript,
  createTaskScript,
  findTaskScript,
  getTaskScript,
  pageOfTasksScript,
  purgeTasksScript,
  putTaskScript,
} from "./task-scripts.js";

/** Keys of tasks, in the order in which scripts take them. */
const names = [
  "tasks",
  "tasks:task",
  "tasks:request",
  "tasks:answer",
  "tasks:asked",
  "tasks:order",
  "tasks:owner",
  "tasks:conversation",
  "tasks:waiting",
  "tasks:ended",
] as const;

const numberOf = (name: (typeof names)[number]): number => names.indexOf(name) + 1;

/** Texts that a script saves: numbers of keys and texts in turn. */
function textsOf(task: string | undefined, { request, answer }: Pick<TaskChange, "request" | "answer"> | TaskRecord) {
  return [
    ...(task === undefined ? [] : [numberOf("tasks:task"), task]),
    ...(request == null ? [] : [numberOf("tasks:request"), request]),
    ...(answer == null ? [] : [numberOf("tasks:answer"), answer]),
  ];
}

function changeArgs(change: TaskChange, text: string | undefined): readonly (string | number)[] {
  const { task, request, lease } = change;
  const from = (to: TaskStatus) => Object.fromEntries(statesBefore(to).map((state) => [state, true]));
  return [
    task === undefined ? "" : JSON.stringify({ from: from(task.status), head: headOfTask(task) }),
    ...(lease == null ? [lease === null ? "drop" : "stay", "", ""] : ["take", lease.holder, lease.forMs]),
    request === null ? "drop" : "stay",
    ...textsOf(text, change),
  ];
}

/** Tasks: heads and texts in hashes by id, and indexes. What reads and then writes is one script. */
export function redisTasks(link: RedisLink, keys: Keys, maxBytes: number): TaskStore {
  const all = keys(...names);
  const run = (script: Script, ...args: readonly (string | number)[]) => link.run(script, all, args);

  const create = async (task: NewTask): ReturnType<TaskStore["create"]> => {
    const text = taskText(task, maxBytes);
    const { lease } = task;
    const made = { ...createdTask(task, 0), lease: null };
    const { id } = made.task;
    const args = [id, JSON.stringify(headOf(made)), lease?.holder ?? "", lease?.forMs ?? "", ...textsOf(text, made)];
    const [outcome, given] = (await run(createTaskScript, ...args)) as readonly [string, StoredTask | string | null];
    if (outcome === "taken") throw conflict(id);
    if (outcome === "exists") {
      const record = recordOf(given as StoredTask);
      if (record !== undefined) return { outcome, record };
    }
    if (outcome !== "created") throw corrupt(backend, "an answer of the server is unknown");
    const held = lease === undefined ? null : { holder: lease.holder, untilMs: Number(given) };
    return { outcome, record: { ...made, lease: held } };
  };

  const change: TaskStore["change"] = async (id, version, wanted) => {
    const { task } = wanted;
    const text = changeText(id, wanted, maxBytes);
    if (!isStorable(id)) return undefined;
    const found = await run(changeTaskScript, id, version, ...changeArgs(wanted, text));
    if (found === null) return undefined;
    const [outcome, given] = found as readonly [string, StoredTask | TaskStatus];
    if (outcome === "illegal") throw illegalMove(id, given as TaskStatus, task?.status ?? (given as TaskStatus));
    return recordOf(given as StoredTask);
  };

  const rowsOf = (
    { status, agent, owner, conversationId }: TaskFilter,
    last: readonly unknown[] | undefined,
    most: number,
  ) => {
    const [index, ...parts] =
      owner !== undefined
        ? (["tasks:owner", owner] as const)
        : conversationId !== undefined
          ? (["tasks:conversation", conversationId] as const)
          : (["tasks:order"] as const);
    const low =
      last === undefined ? from(joined(...parts)) : after(joined(...parts, placeOf(Number(last[0])), String(last[1])));
    const high = parts.length === 0 ? "+" : through(...parts);
    const filter = {
      ...(status !== undefined && { status: Object.fromEntries(status.map((each) => [each, true])) }),
      ...(agent !== undefined && { agent }),
      ...(owner !== undefined && { owner }),
      ...(conversationId !== undefined && { conversation: conversationId }),
    };
    const isWhole =
      status === undefined && agent === undefined && (owner === undefined || conversationId === undefined);
    return readParts(most, low, async (next, left): Promise<Part<TaskRow>> => {
      const looked = isWhole ? left : stride;
      const args = [numberOf(index), next, high, left, looked, JSON.stringify(filter)];
      const [end, more, rows] = (await run(pageOfTasksScript, ...args)) as Part<StoredTask>;
      return [end, more, rows.map(rowOf)];
    });
  };

  return {
    create: (task) => link.work(() => create(task)),
    get: (id) =>
      link.work(async () =>
        isStorable(id) ? recordOf((await run(getTaskScript, id)) as StoredTask | null) : undefined,
      ),
    find: (agent, owner, { envelopeId: envelope, idempotencyKey: key }) =>
      link.work(async () => {
        const asked = { agent, owner, ...(envelope !== undefined && { envelope }), ...(key !== undefined && { key }) };
        if (!Object.values(asked).every(isStorable)) return undefined;
        return recordOf((await run(findTaskScript, JSON.stringify(asked))) as StoredTask | null);
      }),
    change: (id, version, wanted) => link.work(() => change(id, version, wanted)),
    claim: (agent, { holder, forMs }, limit) =>
      link.work(async () => {
        const rows = (await run(claimTasksScript, agent, holder, forMs, pageSize(limit))) as readonly StoredTask[];
        return claimedTasks(rows, (row) => taskOf(backend, rowOf(row)));
      }),
    put: (record) =>
      link.work(async () => {
        const text = taskText(record, maxBytes);
        const { id } = record.task;
        const isKept = await run(putTaskScript, id, JSON.stringify(headOf(record)), ...textsOf(text, record));
        if (isKept === 0) throw askedTwice(id);
      }),
    list: (filter = {}, { after: cursor, limit } = {}) =>
      link.work(async () => {
        const size = pageSize(limit);
        const last = readCursor(cursor, 2);
        const { status, agent = "", owner = "", conversationId = "" } = filter;
        if (status?.length === 0 || ![agent, owner, conversationId].every(isStorable)) return { items: [] };
        return pageOf(
          await rowsOf(filter, last, size + 1),
          size,
          (row) => taskOf(backend, row),
          (row) => cursorOf(Number(row.created_ms), row.id),
        );
      }),
    purge: (beforeMs) =>
      link.work(async () => {
        for (let count = 0; ; ) {
          const gone = Number(await run(purgeTasksScript, beforeMs, stride));
          count += gone;
          if (gone < stride) return count;
        }
      }),
  };
}
