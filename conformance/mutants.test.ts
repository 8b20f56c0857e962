import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAgent, skill, Type } from "../runtime/index.js";
import { type Server, serve } from "../runtime/node.js";
import { judgeServer } from "./index.js";
import { mutants } from "./mutants/mutants.js";
import { wrap } from "./mutants/wrap.js";

const echo = skill({
  description: "Echo back the input",
  input: Type.Object({}, { additionalProperties: true }),
  run: async (input) => ({ echoed: input }),
});

let server: Server;

beforeAll(async () => {
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    name: "Echo",
    version: "1.0.0",
    description: "Answers with what it was asked.",
    skills: { echo },
  });
  server = await serve(agent, { port: 0, rateLimit: "off" });
});

afterAll(() => server.close());

describe("the suite", () => {
  it("passes an agent that a wrapper leaves as it is", async () => {
    const wrapped = await wrap(server.url, { name: "unchanged", killedBy: "none" });
    const report = await judgeServer(wrapped.url);
    await wrapped.close();
    expect(
      report.cases.filter(({ outcome }) => !["pass", "not-applicable"].includes(outcome)).map(({ id }) => id),
    ).toEqual([]);
  });

  it("has a mutant of each name only once", () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "sees %s by %s",
    async (_, killedBy, mutant) => {
      const wrapped = await wrap(server.url, mutant);
      const report = await judgeServer(wrapped.url);
      await wrapped.close();
      const broken = report.cases.filter(({ outcome }) => outcome === "fail").map(({ id }) => id);
      expect(broken).toContain(killedBy);
      expect(report.outcome).toBe("findings");
    },
  );
});
