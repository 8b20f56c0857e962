import { type Agent, createAgent } from "../../agent.js";
import { skill } from "../../skill.js";
import type { StateStore } from "../../state/state-store.js";
import { webhooks } from "../poster.js";
import { killedAgent } from "./kill-records.js";

const run = async (input: unknown) => ({ echoed: input });

/** An agent that keeps its tasks and its webhooks in one store. What interrupts `echo` has it run again, `once` fails by it. */
export const agentOn = (state: StateStore, delivers: boolean): Agent =>
  createAgent({
    id: killedAgent,
    state,
    webhooks: webhooks({ egress: { allowLoopback: true }, retry: { baseMs: 20 }, delivers }),
    skills: { echo: skill({ description: "Echo", resumes: true, run }), once: skill({ description: "Echo", run }) },
  });
