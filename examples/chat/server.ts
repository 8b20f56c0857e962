import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";

const verses: Readonly<Record<string, string>> = {
  rain: "It will rain all morning and clear up towards the evening.",
  sea: "The sea is calm today, with a light wind from the west.",
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const forever = async function* (words: readonly string[]) {
  for (;;) yield* words;
};

const chat = skill({
  description: "Answers word by word.",
  input: Type.Object({ about: Type.String(), endless: Type.Optional(Type.Boolean()) }),
  output: Type.Object({ text: Type.String() }),
  async *run({ about, endless = false }, call) {
    const text = verses[about] ?? `I know nothing about ${about}.`;
    const words = text.split(" ");
    for await (const word of endless ? forever(words) : words) {
      if (call.signal.aborted) break;
      yield { word };
      await pause(5);
    }
    if (call.signal.aborted) console.log(`stopped: ${about}`);
    else agent.broadcast("ArtifactNotify", { task_id: call.taskId, artifact_id: `transcript-${about}` });
    return { text };
  },
});

const agent = createAgent({
  id: "urn:asap:agent:chat",
  name: "Chat",
  version: "1.0.0",
  description: "Says what it knows, word by word, and tells everybody when a transcript is ready.",
  streaming: true,
  skills: { chat },
});

const server = await serve(agent, { port: Number(process.env["PORT"] ?? 8000) });
console.log(`listening on ${server.url}`);
process.once("SIGTERM", () => server.close());
