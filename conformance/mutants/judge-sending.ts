import { type Call, createAgent } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { type JudgeOptions, judgeServer, type Report } from "../index.js";
import { echo } from "./plain-agent.js";
import { once } from "./registry.js";
import type { SendingMutant } from "./sending.js";
import { wrap } from "./wrap.js";

/** Serves an agent that takes messages of every type, with a mutant before it where one is given, and has it judged. */
export async function judgeSending(mutant?: SendingMutant, options: JudgeOptions = {}): Promise<Report> {
  const take = (_: unknown, call: Call) => ({
    original_envelope_id: call.envelope.id ?? "",
    status: "processed" as const,
  });
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Takes messages of every type.",
    skills: { echo },
    handlers: {
      taskUpdate: take,
      taskResponse: () => undefined,
      messageSend: take,
      artifactNotify: take,
      messageAck: () => undefined,
      mcpToolResult: () => undefined,
      mcpResourceData: () => undefined,
      mcpToolCall: ({ request_id }) => ({ request_id, success: true, result: {} }),
      mcpResourceFetch: ({ resource_uri }) => ({ resource_uri, content: {} }),
    },
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const { killedBy: _, ...change } = mutant ?? { name: "unchanged", killedBy: [] };
  const wrapped = await wrap(server.url, { ...change, killedBy: "" });
  try {
    return await judgeServer(wrapped.url, { concurrency: 24, ...options, ...once });
  } finally {
    await wrapped.close();
    await server.close();
  }
}
