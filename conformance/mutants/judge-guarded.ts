import { createServer } from "node:net";
import type { ResourceServerOptions } from "../../runtime/auth.js";
import { createAgent, skill, Type } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { cases, judgeServer, type Report } from "../index.js";
import { type GuardMutant, guardedAgent, guardedAudience, mutated } from "./guard-edit.js";
import { wrap } from "./wrap.js";

const echo = skill({
  description: "Echo back the input",
  input: Type.Object({}, { additionalProperties: true }),
  run: async (input) => ({ echoed: input }),
});

/** Ids of the cases about access tokens. */
export const authCases: readonly string[] = cases.filter(({ area }) => area === "auth").map(({ id }) => id);

/** Cases that take their time; they run where they are among those that must see the mutant. */
const slow = ["auth.keys.unreachable", "auth.keys.rotated", "auth.keys.flood", "auth.websocket.expiry"];
/** Cases that wait for what never comes, where they see the mutant. */
const patient = ["auth.keys.rotated", "auth.websocket.expiry"];

/** Ports below those that systems hand out by themselves, each process from another one on. */
let nextPort = 20_000 + ((process.pid * 61) % 10_000);

/** A port that nobody listens on, and that no connection is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort = port < 32_000 ? port + 1 : 20_000;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Serves an agent behind OAuth 2.0 with a mutant in it and has it judged with tokens of the suite. */
export async function judgeGuarded(mutant: GuardMutant): Promise<Report> {
  const issuerPort = await freePort();
  const usual: ResourceServerOptions = {
    issuer: `http://127.0.0.1:${issuerPort}`,
    audience: guardedAudience,
    egress: { allowLoopback: true },
    env: {},
  };
  const agent = createAgent({ id: guardedAgent, skills: { echo }, auth: mutated(mutant, usual) });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const { name, wire, killedBy } = mutant;
  const wrapped = wire === undefined ? undefined : await wrap(server.url, { name, killedBy: "", ...wire });
  const wanted = new Set(killedBy.map((id) => `auth.${id}`));
  try {
    return await judgeServer(wrapped?.url ?? server.url, {
      issuerPort,
      audience: guardedAudience,
      only: authCases.filter((id) => !slow.includes(id) || wanted.has(id)),
      ...(patient.some((id) => wanted.has(id)) ? { timeoutMs: 600 } : {}),
    });
  } finally {
    await wrapped?.close();
    await server.close();
  }
}

/** Ids of the cases that did not pass, in order. */
export const brokenIn = ({ cases: results }: Report): string[] =>
  results
    .filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable")
    .map(({ id }) => id)
    .toSorted();
