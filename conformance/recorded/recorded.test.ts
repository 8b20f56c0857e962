import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { readBaseline } from "../baseline.js";
import { cases } from "../cases/index.js";
import { clientCases } from "../client/cases.js";
import type { CaseResult } from "../report.js";
import { captureNames } from "./testing/captures.js";
import { section18, unseen } from "./testing/clauses.js";
import { type Difference, differences } from "./testing/findings.js";
import { type Judged, judgeRecorded, recordings } from "./testing/judge.js";
import { recordedScenarios } from "./testing/judge-client.js";
import { keyOf } from "./testing/kind.js";
import { expected, knownElsewhere, knownFailures, renderBaseline, reported, shownBy } from "./testing/known.js";
import { createMatch, textsOf } from "./testing/match.js";
import { referencePage } from "./testing/page.js";
import { fill, gist, learn } from "./testing/relations.js";
import {
  echo,
  judgeRuns,
  judgeUnrecorded,
  type Run,
  recordedRuns,
  type Unrecorded,
  unrecordedFile,
} from "./testing/runs.js";

const usual = shownBy();
const idsOf = ({ fail, warn }: Difference) => [...fail, ...warn];
const findings = usual.flatMap((one) => idsOf(one).map((id) => ({ id, ...one })));
const caseOf = (id: string) => [...cases, ...clientCases].find((one) => one.id === id);
const told = ({ id, outcome }: Pick<CaseResult, "id" | "outcome">) => `${outcome} ${id}`;

describe("The table of differences", () => {
  const names = new Set(captureNames());
  const rowOf = (source: string) => Number(/^18 row (\d+)$/.exec(source)?.[1]);

  it("has every defect of section 18 once, as one that findings show or as one that none does", () => {
    const clauses = section18.flatMap((row, at) => row.map((clause) => `${at + 1} ${clause}`));
    const seen = differences
      .filter(({ section }) => section === "18")
      .map(({ source, clause }) => `${rowOf(source)} ${clause}`);
    const others = unseen.map(({ row, clause }) => `${row} ${clause}`);
    expect([...seen, ...others].toSorted()).toEqual(clauses.toSorted());
    expect(section18.length).toBe(18);
  });

  it("says of everything else why it is no row of section 18", () => {
    for (const { section, source, clause, because } of differences) {
      expect(because === undefined, clause).toBe(section === "18");
      expect(/^18 row/.test(source), clause).toBe(section === "18");
      expect(/^19 row/.test(source), clause).toBe(section === "19");
    }
  });

  it("has findings for each difference, of cases that stand for what the difference breaks, at their level", () => {
    for (const { clause, by, fail, warn } of differences) {
      expect(fail.length + warn.length, clause).toBeGreaterThan(0);
      for (const id of [...fail, ...warn]) {
        const { level, requirements = [] } = caseOf(id) ?? {};
        expect(level, id).toBe(fail.includes(id) ? "MUST" : "SHOULD");
        expect(
          requirements.filter((one) => by.includes(one)),
          id,
        ).not.toEqual([]);
      }
      const named = new Set([...fail, ...warn].flatMap((id) => caseOf(id)?.requirements ?? []));
      expect(
        by.filter((one) => !named.has(one)),
        clause,
      ).toEqual([]);
    }
  });

  it("names nothing twice, and no recording that there is not", () => {
    const ids = differences.filter(({ setting }) => setting === undefined).flatMap(idsOf);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const named = [...differences, ...unseen].flatMap(({ records = [] }) => records);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("The recorded agent", () => {
  let planned: readonly Run[] = [];
  let runs: readonly Judged[] = [];
  let others: readonly (Judged | undefined)[] = [];
  let judged: readonly CaseResult[] = [];
  /** What answered the requests of a case, of every run that judged it. */
  const answersTo = (id: string) =>
    runs.flatMap((run) => run.judged.filter((one) => one.id === id).flatMap((one) => run.answeredFrom(one)));

  beforeAll(async () => {
    planned = await recordedRuns();
    runs = await judgeRuns(planned, knownElsewhere(usual));
    others = await judgeUnrecorded(planned);
    judged = runs.flatMap((run) => run.judged);
  }, 60_000);

  it("is sent nothing that was not recorded, but for the cases that are listed as such", async () => {
    const found: Unrecorded = Object.fromEntries(
      planned.map(({ name }, at) => [name, [...(runs[at]?.unjudged ?? []), ...(others[at]?.unjudged ?? [])].sort()]),
    );
    await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot(unrecordedFile.replace("..", "."));
  });

  it("is reported with exactly the differences of section 18, where those that stand elsewhere are known", () => {
    const reports = runs.map(({ report }) => report);
    expect(reported(reports.flatMap(({ cases }) => cases))).toEqual(expected(usual));
    const entries = reports.flatMap(({ baseline = [] }) => baseline).filter(({ state }) => state !== "unused");
    const used = knownElsewhere(usual).map(({ id }) => `used ${id}`);
    expect(entries.map(({ id, state }) => `${state} ${id}`).sort()).toEqual(used.sort());
  });

  it("has no findings where the baseline of the package is given, and needs all of it that is about it", async () => {
    const file = new URL("../reference-baseline.json", import.meta.url);
    const again = await judgeRuns(planned, readBaseline(readFileSync(file, "utf8")));
    const found = again.flatMap(({ report }) => reported(report.cases));
    expect(found).toEqual(found.filter((one) => one.startsWith("known ")));
    const entries = again.flatMap(({ report }) => report.baseline ?? []);
    const idsIn = (...states: readonly string[]) =>
      entries.flatMap(({ id, state }) => (states.includes(state) ? [id] : [])).toSorted();
    expect(idsIn("used")).toEqual(usual.flatMap(idsOf).toSorted());
    // The large message that it is about is sent in another run.
    expect(idsIn("stale", "expired", "unknown")).toEqual(["websocket.frames-form"]);
  }, 60_000);

  it("answers what shows a difference from the recordings that the table names", () => {
    for (const { clause, records, fail, warn } of usual) {
      const used = [...fail, ...warn].map((id) => [id, answersTo(id).map(({ name }) => name)] as const);
      for (const [id, own] of used)
        expect(
          own.filter((name) => records.includes(name)),
          id,
        ).not.toEqual([]);
      const all = new Set(used.flatMap(([, own]) => own));
      expect(
        records.filter((name) => !all.has(name)),
        clause,
      ).toEqual([]);
    }
  });

  it("goes beyond what was recorded only where the wire document states it", () => {
    for (const { id, records, stated } of findings) {
      if (stated !== undefined) continue;
      const own = answersTo(id).filter(({ name }) => records.includes(name));
      expect(
        own.some(({ how }) => how === "exact"),
        id,
      ).toBe(true);
    }
  });

  it("passes where the reference does what is asked for", () => {
    const passed = judged.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);
    const named = unseen.flatMap(({ passes = [] }) => passes).filter((id) => !id.startsWith("limits."));
    expect(named.filter((id) => !passed.includes(id))).toEqual([]);
    expect(unseen.filter(({ kind, passes }) => (kind === "no fault") !== (passes !== undefined))).toEqual([]);
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
      const unknown = others.flatMap((run) => run?.unjudged ?? []).filter((id) => id.startsWith(`${area}.`)).length;
      expect(own / (own + unknown), area).toBeGreaterThan(0.6);
    }
    expect(passed).toBeGreaterThan(320);
    expect(new Set(runs.flatMap((run) => run.answered.map(({ name }) => name))).size).toBeGreaterThan(135);
  });

  it("is told of in the documentation, and as known failures in the package", async () => {
    const ids = new Set(judged.map(({ id }) => id));
    const unrecorded = new Set(others.flatMap((run) => run?.unjudged ?? []).filter((id) => !ids.has(id)));
    const page = referencePage({
      unrecorded: [...unrecorded],
      scenarios: recordedScenarios,
      allScenarios: new Set(clientCases.map(({ area }) => area)).size,
    });
    await expect(page).toMatchFileSnapshot("../../docs/conformance-reference.md");
    await expect(
      renderBaseline(knownFailures(differences.filter((one) => one.shownBy !== "client"))),
    ).toMatchFileSnapshot("../reference-baseline.json");
  });
});

describe("A recorded agent in another setting", () => {
  const quiet = ({ judged, unjudged }: Judged) => ({
    judged,
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
    const setting = "echo default limits";
    const servers = { http: [setting, "echo"], ws: ["echo", "models"] };
    // Tasks with payloads of all kinds are what runs into the limit.
    const options = { only: ["limits", "task.payload.*"], skip: ["limits.burst"], timeoutMs: 5000 };
    const { passed, judged } = quiet(await judgeRecorded({ ...echo, servers }, options));
    expect(expected(usual)).toEqual(expect.arrayContaining(reported(judged)));
    const named = unseen.flatMap(({ passes = [] }) => passes).filter((id) => id.startsWith("limits."));
    expect(passed).toEqual(expect.arrayContaining([...named, "limits.websocket"]));
  });

  it("that has no thread left answers with a frame that is no JSON-RPC, which is all that is looked at", async () => {
    for (const { setting, fail, warn, records } of differences) {
      if (setting === undefined) continue;
      const servers = { http: ["echo"], ws: [setting, "models"] };
      const run = await judgeRecorded({ ...echo, servers }, { only: [...fail, ...warn, "acks.sent"], timeoutMs: 2500 });
      const found = run.judged.filter(({ id }) => id !== "acks.sent");
      expect(found.map(told)).toEqual([...fail.map((id) => `fail ${id}`), ...warn.map((id) => `warn ${id}`)]);
      for (const one of found)
        expect(run.answeredFrom(one).map(({ name }) => name)).toEqual(expect.arrayContaining([...records]));
    }
  });

  it("that traces answers as it should", async () => {
    const servers = { http: ["echo with an active (simulated) tracing span", "echo"], ws: [] };
    const { passed, found } = quiet(await judgeRecorded({ ...echo, servers }, { only: ["task.answer.*"] }));
    expect(found).toEqual([]);
    expect(passed).toContain("task.answer.fits-envelope");
    expect(passed).toContain("task.answer.every-member");
  });
});

describe("The stub", () => {
  const relations = learn(
    recordings
      .filter(({ server }) => Object.values(echo.servers).flat().includes(server))
      .flatMap((one) => textsOf(one).map((answer) => ({ kind: one.kind, answer }))),
  );

  it("answers a recorded request with the recorded bytes", () => {
    for (const { kind, ...one } of recordings)
      for (const answer of textsOf(one))
        expect(fill({ kind, answer }, relations, kind, { nowMs: 0, renews: false })).toBe(answer);
  });

  it("finds the recording of a request by its kind alone", () => {
    const match = createMatch(recordings, echo.servers);
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
