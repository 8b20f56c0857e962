import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Baseline } from "../../baseline.js";
import type { JudgeOptions } from "../../options.js";
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

/** A run of the suite at a recorded agent. */
export interface Run {
  readonly name: string;
  readonly from: Parameters<typeof judgeRecorded>[0];
  readonly options: JudgeOptions;
}

/** The variant that echoes by all but what is about tokens, large messages by themselves, and the one behind OAuth 2.0 by tokens. */
export async function recordedRuns(): Promise<readonly Run[]> {
  const issuerPort = await freePort();
  const guarded = {
    servers: {
      http: ["oauth", "oauth(required_scope=asap:execute)", "oauth with unreachable JWKS", "models"],
      ws: ["oauth", "models"],
    },
    agentId: "urn:asap:agent:variant",
    tokens: { issuer: `http://127.0.0.1:${issuerPort}`, audience },
  };
  const quick = { timeoutMs: 5000 };
  return [
    { name: "echo", from: echo, options: { ...quick, skip: ["auth", ...away, ...large] } },
    { name: "oauth", from: guarded, options: { ...quick, issuerPort, audience, only: ["auth"], skip: away } },
    { name: "large bodies", from: echo, options: { timeoutMs: 20_000, only: ["http.size.*"] } },
    { name: "large messages", from: echo, options: { ...quick, only: ["websocket.size.*", "websocket.frames-form"] } },
  ];
}

/** Ids of cases that send what was not recorded, by the name of the run. */
export type Unrecorded = Readonly<Record<string, readonly string[]>>;

/** The file that lists them. */
export const unrecordedFile = "../unrecorded.json";

/** What it says; `vitest run conformance/recorded -u` writes it. */
export const unrecorded: Unrecorded = JSON.parse(readFileSync(new URL(unrecordedFile, import.meta.url), "utf8"));

/** Judges each of the runs by all that was recorded, with some known failures. */
export const judgeRuns = (runs: readonly Run[], baseline: Baseline): Promise<readonly Judged[]> =>
  Promise.all(
    runs.map(({ name, from, options }) =>
      judgeRecorded(from, { ...options, baseline, skip: [...(options.skip ?? []), ...(unrecorded[name] ?? [])] }),
    ),
  );

/** Judges each of the runs by what is listed as not recorded; nothing where nothing is. */
export const judgeUnrecorded = (runs: readonly Run[]): Promise<readonly (Judged | undefined)[]> =>
  Promise.all(
    runs.map(({ name, from, options }) => {
      const only = unrecorded[name] ?? [];
      return only.length === 0 ? undefined : judgeRecorded(from, { ...options, only });
    }),
  );
