import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openState } from "../state/open-state.js";
import { isDurable } from "../state/redis/testing/redis-place.js";
import type { StateStore } from "../state/state-store.js";
import type { TaskRecord } from "../state/task-store.js";
import { asapServe } from "../testing/asap-command.js";
import { messageText, type RpcReply, taskText } from "../testing/asap-request.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { hasRedis, hasSqlite } from "../testing/services.js";
import { prefixPlace } from "../testing/state-places.js";
import { webhookPlaces } from "../testing/webhook-places.js";

const recipient = "urn:asap:agent:echo-agent";
let program: BundledProgram;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  program = await bundleProgram("runtime/cli/main.ts");
});

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  program.remove();
});

interface Serving {
  readonly url: string;
  /** Gives its exit code and signal. */
  stop(signal: NodeJS.Signals): Promise<readonly unknown[]>;
}

/** Runs `asap serve` in a process of its own. */
async function serve(storage: string): Promise<Serving> {
  const words = [program.path, "serve", "--port", "0", "--rate-limit", "off", "--storage", storage];
  const child = spawn(process.execPath, words, { cwd: program.folder, stdio: ["ignore", "pipe", "ignore"] });
  running.add(child);
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { url: line.replace("listening on ", ""), stop };
}

async function send({ url }: Serving, body: string): Promise<RpcReply> {
  const headers = { "content-type": "application/json" };
  return (await (await fetch(`${url}/asap`, { method: "POST", headers, body })).json()) as RpcReply;
}

const request = (id: string, skill_id: string, input: object): string =>
  taskText({ envelope: { id, recipient }, payload: { skill_id, input } });

const payloadOf = (reply: RpcReply) => reply.result?.envelope.payload;

const stateOf = async (agent: Serving, task_id: string | undefined) =>
  payloadOf(await send(agent, messageText("StateQuery", { task_id }, { recipient })));

/** The task of the skill `slow` once it has taken two steps. */
async function twoStepsIn({ tasks, snapshots }: StateStore): Promise<TaskRecord> {
  for (;;) {
    const { items } = await tasks.list({ status: ["working"] });
    for (const record of items) if ((await snapshots.listVersions(record.task.id)).length >= 2) return record;
    await wait(10);
  }
}

describe.skipIf(!hasSqlite)("asap serve --storage sqlite:… that is ended and begun again", () => {
  test.each(["SIGKILL", "SIGTERM"] as const)(
    "by %s keeps its tasks, answers for them, and runs nothing twice",
    async (signal) => {
      const storage = `sqlite:./${signal}.db`;
      const state = await openState(`sqlite:${join(program.folder, `${signal}.db`)}`);
      const first = await serve(storage);
      const echo = request("envelope-echo", "echo", { message: "before" });
      const slow = request("envelope-slow", "slow", { steps: 2, ms: 10 });
      const answers = [await send(first, echo), await send(first, slow)];
      expect(answers.map((answer) => payloadOf(answer)?.["status"])).toEqual(["completed", "completed"]);

      const long = request("envelope-long", "slow", { steps: 6, ms: 150 });
      const asked = send(first, long).catch(() => undefined);
      const { task } = await twoStepsIn(state);
      expect(await first.stop(signal)).toEqual(signal === "SIGKILL" ? [null, "SIGKILL"] : [0, null]);
      const answer = await asked;
      const left = await state.tasks.get(task.id);
      if (signal === "SIGTERM") {
        expect(answer && payloadOf(answer)).toMatchObject({ task_id: task.id, status: "completed" });
        expect(left).toMatchObject({ task: { status: "completed" }, lease: null });
      } else {
        expect(answer).toBeUndefined();
        expect(left).toMatchObject({ task: { status: "working" }, lease: { holder: expect.any(String) } });
        // As if the lease of the process that was killed had run out.
        await state.tasks.change(task.id, left?.version ?? 0, { lease: null });
      }

      const second = await serve(storage);
      for (const answer of answers) {
        const { task_id, result } = payloadOf(answer) ?? {};
        expect(await stateOf(second, task_id)).toMatchObject({ task_id, status: "completed" });
        expect((await state.tasks.get(task_id ?? ""))?.answer).toContain(JSON.stringify(result));
      }
      expect([await send(second, echo), await send(second, slow)]).toEqual(answers);

      const resumed = payloadOf(await send(second, long));
      expect(resumed).toMatchObject({ task_id: task.id, status: "completed", result: { steps: 6, ms: 150 } });
      expect(await stateOf(second, task.id)).toMatchObject({ status: "completed", final_state: { step: 6 } });
      const versions = await state.snapshots.listVersions(task.id);
      const saved = await Promise.all(versions.map((version) => state.snapshots.get(task.id, version)));
      expect(saved.map((snapshot) => snapshot?.data["step"])).toEqual([1, 2, 3, 4, 5, 6]);
      expect((await state.tasks.list()).items).toHaveLength(3);

      expect(await second.stop("SIGTERM")).toEqual([0, null]);
      await state.close();
    },
  );
});

for (const { name, isThere, fresh } of webhookPlaces) {
  test.skipIf(!isThere)(
    `asap serve --storage on a store of ${name} that another agent has ends, and says whose it is`,
    async () => {
      const place = fresh();
      try {
        const first = await asapServe(["--storage", place.location]);
        const words = ["serve", "--port", "0", "--storage", place.location, "--agent-id", "urn:asap:agent:other"];
        const child = spawn(process.execPath, [program.path, ...words], { stdio: ["ignore", "pipe", "pipe"] });
        running.add(child);
        const said = text(child.stderr);
        expect(await once(child, "close")).toEqual([2, null]);
        expect(await said).toContain(`keeps the webhooks of "${recipient}"`);
        expect(await said).toContain("(asap:config/webhook_store_taken)");
        const second = await asapServe(["--storage", place.location]);
        expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
      } finally {
        await place.remove();
      }
    },
  );
}

test.skipIf(!hasRedis)(
  "asap serve --storage redis://… warns of a server that may lose what it acknowledged",
  async () => {
    const place = prefixPlace.fresh();
    try {
      const serving = await asapServe(["--storage", place.location]);
      expect(await serving.stop()).toBe(0);
      expect(serving.err().includes("asap.state.not_durable")).toBe(!(await isDurable()));
    } finally {
      await place.remove();
    }
  },
);
