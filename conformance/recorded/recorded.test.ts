import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import type { CaseResult } from "../report.js";
import { differences, standing, unseen } from "./testing/findings.js";
import { type Judged, judgeRecorded, recordings } from "./testing/judge.js";
import { keyOf } from "./testing/kind.js";
import { createMatch, textsOf } from "./testing/match.js";
import { referencePage } from "./testing/page.js";
import { fill, gist, learn } from "./testing/relations.js";

const echo = { http: ["echo", "small"], ws: ["models"] };
const echoId = "urn:asap:agent:echo-agent";
const large = ["http.size.*", "websocket.size.*"];

/** A TCP port of 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("The recorded agent", () => {
  let runs: readonly Judged[] = [];
  let judged: readonly CaseResult[] = [];

  beforeAll(async () => {
    const issuerPort = await freePort();
    const guarded = {
      servers: {
        http: ["oauth", "oauth(required_scope=asap:execute)", "oauth with unreachable JWKS", "models"],
        ws: ["oauth", "models"],
      },
      agentId: "urn:asap:agent:variant",
      issuer: `http://127.0.0.1:${issuerPort}`,
    };
    const left = ["auth.keys.flood", "auth.keys.rotated", "auth.opaque.*", "auth.websocket.expiry"];
    const plain = { servers: echo, agentId: echoId };
    runs = await Promise.all([
      judgeRecorded(plain, { timeoutMs: 2500, skip: ["auth", "webhooks", ...large] }),
      judgeRecorded(guarded, { timeoutMs: 2500, issuerPort, only: ["auth"], skip: left }),
    ]);
    const sizes = await Promise.all([
      judgeRecorded(plain, { timeoutMs: 20_000, only: ["http.size.*"] }),
      judgeRecorded(plain, { timeoutMs: 2500, only: ["websocket.size.*", "websocket.frames-form"] }),
    ]);
    runs = [...runs, ...sizes];
    const unheld = new Set(standing.flatMap(({ ids }) => ids));
    judged = runs.flatMap((run) => run.judged).filter(({ id }) => !unheld.has(id));
  }, 60_000);

  it("shows just the differences that are known, each at the level of its rule", () => {
    const found = judged
      .filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable")
      .map(({ id, outcome }) => `${outcome} ${id}`);
    const known = differences.flatMap(({ fail, warn }) => [
      ...fail.map((id) => `fail ${id}`),
      ...warn.map((id) => `warn ${id}`),
    ]);
    expect(found.sort()).toEqual(known.sort());
  });

  it("shows every row of section 18 that a server can show", () => {
    const rows = Array.from({ length: 18 }, (_, at) => `18 row ${at + 1}`);
    const shown = differences.map(({ row }) => row);
    const told = unseen.map(({ row }) => row);
    expect(rows.filter((row) => !shown.includes(row))).toEqual(told);
    expect(told.filter((row) => shown.includes(row))).toEqual([]);
  });

  it("is judged in most of what an agent without further features is judged in", () => {
    const areas = [
      "jsonrpc",
      "envelope",
      "task",
      "http",
      "errors",
      "discovery",
      "websocket",
      "acks",
      "idempotency",
      "replay",
    ];
    const passed = judged.filter(({ outcome }) => outcome === "pass").length;
    for (const area of areas) {
      const own = judged.filter((one) => one.area === area && one.outcome !== "not-applicable").length;
      const unknown = runs.flatMap((run) => run.unjudged).filter((id) => id.startsWith(`${area}.`)).length;
      expect(own / (own + unknown), area).toBeGreaterThan(0.6);
    }
    expect(passed).toBeGreaterThan(300);
    expect(new Set(runs.flatMap((run) => run.answered.map(({ name }) => name))).size).toBeGreaterThan(100);
  });

  it("keeps the cases that cannot be judged by recordings apart", () => {
    const ids = runs.flatMap((run) => run.judged).map(({ id }) => id);
    for (const id of standing.flatMap((one) => one.ids)) expect(ids).toContain(id);
  });

  it("is told of in the documentation", async () => {
    await expect(referencePage()).toMatchFileSnapshot("../../docs/conformance-reference.md");
  });
});

describe("A recorded agent in another setting", () => {
  const quiet = ({ judged, unjudged }: Judged) => ({
    passed: judged.filter(({ outcome }) => outcome === "pass").map(({ id }) => id),
    found: judged.filter(({ outcome }) => outcome === "fail" || outcome === "warn").map(({ id }) => id),
    unjudged,
  });

  it("that checks nonces takes a repeat for a replay", async () => {
    const servers = { http: ["models(require_nonce)", "models", "echo"], ws: [] };
    const only = ["replay.nonce.*", "idempotency.before-nonce"];
    const { passed, found } = quiet(await judgeRecorded({ servers, agentId: "urn:asap:agent:variant" }, { only }));
    expect(found).toEqual(["idempotency.before-nonce"]);
    expect(passed).toContain("replay.nonce.repeated");
  });

  it("that limits the rate does it as it should", async () => {
    const servers = { http: ["echo default limits", "echo"], ws: ["echo", "models"] };
    const options = { only: ["limits"], burst: true, concurrency: 1, timeoutMs: 2500 };
    const { passed, found } = quiet(await judgeRecorded({ servers, agentId: echoId }, options));
    expect(found).toEqual(standing.flatMap(({ ids }) => ids).filter((id) => id.startsWith("limits.")));
    expect(passed).toEqual(expect.arrayContaining(["limits.form", "limits.retry-after", "limits.websocket"]));
  });

  it("that traces answers as it should", async () => {
    const servers = { http: ["echo with an active (simulated) tracing span", "echo"], ws: [] };
    const { passed, found } = quiet(await judgeRecorded({ servers, agentId: echoId }, { only: ["task.answer.*"] }));
    expect(found).toEqual([]);
    expect(passed).toContain("task.answer.fits-envelope");
    expect(passed).toContain("task.answer.every-member");
  });
});

describe("The stub", () => {
  const relations = learn(
    recordings
      .filter(({ server }) => echo.http.includes(server) || echo.ws.includes(server))
      .flatMap((one) => textsOf(one).map((answer) => ({ kind: one.kind, answer }))),
  );

  it("answers a recorded request with the recorded bytes", () => {
    for (const { kind, ...one } of recordings)
      for (const answer of textsOf(one))
        expect(fill({ kind, answer }, relations, kind, { nowMs: 0, renews: false })).toBe(answer);
  });

  it("finds the recording of a request by its kind alone", () => {
    const match = createMatch(recordings, echo);
    const own = recordings.filter(({ server, asked }) => server === "echo" && asked.over === "http");
    for (const { asked, kind, name } of own) {
      const found = match.find(asked, kind, asked.atMs);
      expect(found?.how, name).toBe("exact");
      expect(keyOf(found?.recording.kind ?? kind, 0), name).toBe(keyOf(kind, 0));
    }
  });

  it("may answer over a WebSocket as over HTTP: what was recorded over both is the same", () => {
    const posts = new Map(
      recordings
        .filter(({ server, asked }) => server === "echo" && asked.over === "http" && asked.path === "/asap")
        .map((one) => [keyOf(one.kind, 0), one]),
    );
    const both = recordings.flatMap((one) => {
      const post =
        one.server === "models" &&
        one.reaction?.length === 1 &&
        one.reaction[0]?.kind === "text" &&
        !keyOf(one.kind, 0).includes("nonce")
          ? posts.get(`POST /asap + ${keyOf(one.kind, 0)}`)
          : undefined;
      return post === undefined ? [] : [[one, post] as const];
    });
    expect(both.length).toBeGreaterThan(4);
    for (const [message, post] of both)
      expect(
        textsOf(message).map((text) => gist(text, relations)),
        message.name,
      ).toEqual(textsOf(post).map((text) => gist(text, relations)));
  });
});
