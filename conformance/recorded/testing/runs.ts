import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { left } from "./aside.js";
import { type Judged, judgeRecorded } from "./judge.js";

/** The variant that echoes, and what stands in where nothing was recorded of it. */
export const echo = { servers: { http: ["echo", "small"], ws: ["models"] }, agentId: "urn:asap:agent:echo-agent" };

const audience = "https://agent.example";
const large = ["http.size.*", "websocket.size.*"];
const away = left.flatMap(({ names }) => names);

/** A TCP port of 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Judges the variant that echoes by all but what is about tokens, and the one behind OAuth 2.0 by that. */
export async function judgeVariants(): Promise<readonly Judged[]> {
  const issuerPort = await freePort();
  const guarded = {
    servers: {
      http: ["oauth", "oauth(required_scope=asap:execute)", "oauth with unreachable JWKS", "models"],
      ws: ["oauth", "models"],
    },
    agentId: "urn:asap:agent:variant",
    tokens: { issuer: `http://127.0.0.1:${issuerPort}`, audience },
  };
  const runs = await Promise.all([
    judgeRecorded(echo, { timeoutMs: 2500, skip: ["auth", ...away, ...large] }),
    judgeRecorded(guarded, { timeoutMs: 2500, issuerPort, audience, only: ["auth"], skip: away }),
  ]);
  const sizes = await Promise.all([
    judgeRecorded(echo, { timeoutMs: 20_000, only: ["http.size.*"] }),
    judgeRecorded(echo, { timeoutMs: 2500, only: ["websocket.size.*", "websocket.frames-form"] }),
  ]);
  return [...runs, ...sizes];
}

/** Ids of cases that sent what was not recorded, in every run that they were part of. */
export function unrecordedIn(runs: readonly Judged[]): readonly string[] {
  const judged = new Set(runs.flatMap((run) => run.judged.map(({ id }) => id)));
  return [...new Set(runs.flatMap(({ unjudged }) => unjudged))].filter((id) => !judged.has(id));
}
