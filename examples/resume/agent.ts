import { setTimeout as wait } from "node:timers/promises";
import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { openState } from "asap-kit/state";

const count = skill({
  description: "Counts to a number, slowly, and goes on where it was.",
  input: Type.Object({ to: Type.Integer({ minimum: 1, maximum: 100 }) }),
  output: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
  resumes: true,
  async run({ to }, call) {
    const from = Number(call.checkpointed?.["at"] ?? 0) + 1;
    for (let at = from; at <= to; at += 1) {
      await wait(1_000, undefined, { signal: call.signal });
      await call.checkpoint({ at });
      console.log(`counted ${at}`);
    }
    return { from, to };
  },
});

const state = await openState(process.env["ASAP_STORAGE"] ?? "sqlite:./state.db");
const agent = createAgent({
  id: "urn:asap:agent:counter",
  name: "Counter",
  version: "1.0.0",
  description: "Counts, and goes on counting after a restart.",
  skills: { count },
  state,
  limits: { taskLeaseMs: 3_000 },
});

const server = await serve(agent, { port: Number(process.env["PORT"] ?? 8000) });
console.log(`listening on ${server.url}`);
const stop = async () => {
  await server.close();
  await state.close();
};
process.once("SIGINT", stop).once("SIGTERM", stop);
