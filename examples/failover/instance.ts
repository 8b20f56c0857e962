import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { openState } from "asap-kit/state";

const name = process.env["INSTANCE"] ?? "A";

/** Appends a line to the log that all instances share. */
function note(event: "begins" | "ends", chapter: number, taskId: string): void {
  const entry = { at: Date.now(), instance: name, event, chapter, task: taskId };
  const file = process.env["WORK_LOG"];
  if (file === undefined) console.log(entry);
  else appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

async function wordsOf(chapter: number, taskId: string): Promise<number> {
  note("begins", chapter, taskId);
  await wait(200);
  note("ends", chapter, taskId);
  return chapter * 1_000;
}

const count = skill({
  description: "Counts the words of a book, chapter by chapter.",
  input: Type.Object({ chapters: Type.Integer({ minimum: 1, maximum: 100 }) }),
  output: Type.Object({ words: Type.Integer(), begun_at: Type.Integer(), ended_by: Type.String() }),
  resumes: true,
  async run({ chapters }, call) {
    const begun = Number(call.checkpointed?.["chapter"] ?? 0);
    let words = Number(call.checkpointed?.["words"] ?? 0);
    for (let chapter = begun + 1; chapter <= chapters; chapter += 1) {
      words += await wordsOf(chapter, call.taskId);
      call.signal.throwIfAborted(); // Who is told to stop leaves the rest to others.
      await call.checkpoint({ chapter, words });
    }
    return { words, begun_at: begun + 1, ended_by: name };
  },
});

const state = await openState(process.env["ASAP_STORAGE"] ?? "sqlite:./failover.db");
const agent = createAgent({
  id: "urn:asap:agent:library",
  name: "Library",
  version: "1.0.0",
  description: "Counts words, and goes on counting where an instance of it ends.",
  skills: { count },
  state,
  limits: { taskLeaseMs: 3_000 },
});

const server = await serve(agent, { port: Number(process.env["PORT"] ?? 8000), drainMs: 300 });
console.log(`listening on ${server.url}`);
process.once("SIGTERM", async () => {
  await server.close();
  await state.close();
});
