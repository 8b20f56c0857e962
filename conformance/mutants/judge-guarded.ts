import { createServer } from "node:net";
import type { ResourceServerOptions } from "../../runtime/auth.js";
import { createAgent } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { cases, type JudgeOptions, judgeServer, type Report } from "../index.js";
import { type GuardMutant, guardedAgent, guardedAudience, mutated } from "./guard-edit.js";
import { echo } from "./plain-agent.js";
import { once } from "./registry.js";
import { wrap } from "./wrap.js";

/** Ids of the cases about access tokens of OAuth 2.0. */
export const authCases: readonly string[] = cases
  .filter(({ id, area }) => area === "auth" && !id.startsWith("auth.bearer."))
  .map(({ id }) => id);

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
export async function judgeGuarded(mutant: GuardMutant, options: JudgeOptions = {}): Promise<Report> {
  const issuerPort = await freePort();
  const usual: ResourceServerOptions = {
    issuer: `http://127.0.0.1:${issuerPort}`,
    audience: guardedAudience,
    egress: { allowLoopback: true },
    env: {},
  };
  const agent = createAgent({ id: guardedAgent, skills: { echo }, auth: mutated(mutant, usual) });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const { name, wire } = mutant;
  const wrapped = wire === undefined ? undefined : await wrap(server.url, { name, killedBy: "", ...wire });
  try {
    return await judgeServer(wrapped?.url ?? server.url, {
      issuerPort,
      audience: guardedAudience,
      ...options,
      ...once,
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
