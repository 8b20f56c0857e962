import { Pool } from "pg";
import { compare, type Measure } from "../../testing/measured-process.js";
import { snapshot } from "../contract/snapshots.js";
import type { NewTask } from "../task-store.js";
import { postgresState } from "./open.js";
import { snapshotTexts } from "./snapshots.js";
import { changeValues, taskTexts } from "./tasks.js";
import { places } from "./testing/places.js";
import { isServerExpected, serverFault, serverUrl } from "./testing/server.js";

const callers = 64;
const connections = 10;
const atLeast = 0.7;

/** What one caller does again and again: the number of its call, and its own number. */
type Call = (count: number, caller: number) => Promise<unknown>;

/** Lets all callers call for a second. */
async function measure(call: Call): Promise<Measure> {
  let calls = 0;
  let isOver = false;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const loops = Array.from({ length: callers }, async (_, caller) => {
    while (!isOver) await call(calls++, caller);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  isOver = true;
  await Promise.all(loops);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (calls * 1_000) / (performance.now() - startedAt), cpuMicroseconds: (user + system) / calls };
}

const data = { history: Array.from({ length: 5 }, (_, step) => ({ step, note: "a step that was taken", done: true })) };

const newTask = (id: string): NewTask => ({
  task: {
    id,
    conversation_id: "conversation",
    parent_task_id: null,
    status: "working",
    depth: 0,
    progress: { percent: 5 },
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: "2026-01-01T00:00:00.000Z",
  },
  agent: "agent",
  owner: "urn:asap:agent:client",
  envelopeId: id,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
});

/** Compares the store to the bare pool: the same statements, prepared on as many connections, in the same schema. */
async function benchmark(schema: string): Promise<boolean> {
  const pool = new Pool({ connectionString: serverUrl, max: connections });
  const store = await postgresState({ url: serverUrl, schema, maxConnections: connections });
  const { save, last } = snapshotTexts(`"${schema}".snapshots`);
  const { change } = taskTexts(`"${schema}".tasks`);
  const { snapshots, tasks } = store;
  const sides = (bare: Call, ours: Call) =>
    [
      { name: "bare pg pool", measure: () => measure(bare) },
      { name: "postgresState", measure: () => measure(ours) },
    ] as const;

  const held = [
    await compare(
      `save a snapshot, ${callers} callers`,
      sides(
        (count) =>
          pool.query({
            name: "save",
            text: save,
            values: [`bare-${count % 500}`, "id", count + 1, JSON.stringify(data), 1, "2026-01-01T00:00:00+00:00"],
          }),
        (count) => snapshots.save(snapshot(`ours-${count % 500}`, count + 1, data)),
      ),
      atLeast,
    ),
    await compare(
      `get the last snapshot, ${callers} callers`,
      sides(
        async (count) => {
          const { rows } = await pool.query({ name: "last", text: last, values: [`bare-${count % 500}`] });
          JSON.parse(rows[0].data);
        },
        (count) => snapshots.get(`ours-${count % 500}`),
      ),
      atLeast,
    ),
  ];

  const versions = { bare: new Map<string, number>(), ours: new Map<string, number>() };
  for (const side of ["bare", "ours"] as const) {
    for (let caller = 0; caller < callers; caller += 1) await tasks.create(newTask(`${side}-${caller}`));
  }
  const next = (side: "bare" | "ours", caller: number) => {
    const id = `${side}-${caller}`;
    const version = (versions[side].get(id) ?? 0) + 1;
    versions[side].set(id, version);
    return { id, version, wanted: { task: newTask(id).task, answer: "{}" } };
  };
  held.push(
    await compare(
      `change a task by its version, ${callers} callers`,
      sides(
        async (_, caller) => {
          const { id, version, wanted } = next("bare", caller);
          const { rows } = await pool.query({
            name: "change",
            text: change,
            values: changeValues(id, version, wanted, JSON.stringify(wanted.task), null),
          });
          JSON.parse(rows[0].task);
        },
        async (_, caller) => {
          const { id, version, wanted } = next("ours", caller);
          if ((await tasks.change(id, version, wanted)) === undefined) throw new Error("A change was lost");
        },
      ),
      atLeast,
    ),
  );
  await store.close();
  await pool.end();
  return held.every(Boolean);
}

if (!isServerExpected) console.log(`skipped: no PostgreSQL server (${serverFault})`);
else {
  const own = places();
  try {
    process.exitCode = (await benchmark(own.fresh())) ? 0 : 1;
  } finally {
    await own.remove();
  }
}
