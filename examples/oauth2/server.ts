import { createAgent, skill, Type } from "asap-kit";
import { resourceServer } from "asap-kit/auth";
import { serve } from "asap-kit/node";

const shelves: Readonly<Record<string, number>> = { apples: 12, pears: 3 };

const count = skill({
  description: "Counts what is in stock.",
  input: Type.Object({ item: Type.String() }),
  output: Type.Object({ count: Type.Integer(), asked_by: Type.String() }),
  run: ({ item }, call) => ({ count: shelves[item] ?? 0, asked_by: call.identity?.subject ?? "nobody" }),
});

const agent = createAgent({
  id: "urn:asap:agent:stock",
  name: "Stock",
  version: "1.0.0",
  description: "Knows what is in stock, and tells whoever has a token for it.",
  skills: { count },
  auth: resourceServer({
    issuer: process.env["ISSUER"] ?? "http://127.0.0.1:9000",
    audience: "https://agents.example",
    egress: { allowLoopback: true }, // For an issuer on this host, as here.
  }),
  log: console, // Says why a token is refused.
});

const server = await serve(agent, { port: Number(process.env["PORT"] ?? 8000), rateLimit: "off" });
console.log(`listening on ${server.url}`);
process.once("SIGTERM", () => server.close());
