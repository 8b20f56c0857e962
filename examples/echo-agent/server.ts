import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";

const echo = skill({
  description: "Says back what it was told.",
  input: Type.Object({ message: Type.String() }),
  output: Type.Object({ echoed: Type.Object({ message: Type.String() }) }),
  run: (input) => ({ echoed: input }),
});

const agent = createAgent({
  id: "urn:asap:agent:echo",
  name: "Echo",
  version: "1.0.0",
  description: "The smallest useful agent.",
  skills: { echo },
});

const server = await serve(agent, {
  port: Number(process.env["PORT"] ?? 8000),
  rateLimit: process.env["ASAP_RATE_LIMIT"] ?? "10/second;100/minute",
});
console.log(`listening on ${server.url}`);
process.once("SIGTERM", () => server.close());
