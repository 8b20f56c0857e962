import { type CaseOutcome, type CaseResult, countsOf, type Report } from "../report.js";

/** Text of an agent that means harm: markup, a script's end, terminal and XML controls, a lone surrogate, fences, lines, directives. */
export const hostile =
  "</script><script>window.owned=1</script><img src=x onerror=window.owned=1>]]>--> \u001b[31m\u0000\u0007\ud800 \n````\nok 99 - forged\n<b>| # SKIP % \u2028\u202e} {";

/** A case that ended in a way, with whatever else it has. */
export const sampleCase = (outcome: CaseOutcome, more: Partial<CaseResult> = {}): CaseResult => ({
  id: `envelope.${outcome}`,
  title: "A claim",
  area: "envelope",
  level: outcome === "warn" ? "SHOULD" : "MUST",
  profile: "core",
  tags: [],
  rules: [{ id: "ENV-001", text: "A rule.", source: "wire 2.1" }],
  outcome,
  elapsedMs: 1,
  ...more,
});

/** A report of cases: `findings` when one of them failed. */
export function reportOf(cases: readonly CaseResult[], more: Partial<Report> = {}, planned = cases.length): Report {
  return {
    schemaVersion: 1,
    mode: "server",
    suite: { name: "asap-kit", version: "1.2.3", protocol: "1.1.0", specHash: "00" },
    target: { name: "http://localhost:1", agentId: null, agentVersion: null },
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 1500,
    waitedMs: 0,
    outcome: cases.some(({ outcome }) => outcome === "fail") ? "findings" : "conforms",
    notes: [],
    counts: countsOf(planned, cases),
    profiles: [],
    cases,
    ...more,
  };
}

/** A report with a case of every outcome and everything a case can have, its texts those of a hostile agent. */
export function hostileReport(): Report {
  const exchange = {
    sent: `POST /asap HTTP/1.1\r\n\r\n${hostile}`,
    received: `HTTP/1.1 200 OK\r\n\r\n${hostile}`,
    token: { header: { alg: hostile }, claims: { sub: hostile } },
    frames: [
      { direction: "sent", kind: "text", marks: ["not final"], text: hostile, bytes: 9, atMs: 0 },
      { direction: "received", kind: "close", marks: [], text: `1002 ${hostile}`, bytes: 9, atMs: 3 },
    ],
    arrived: [{ method: "POST", path: "/x", headers: { "content-type": hostile }, body: hostile, atMs: 0 }],
    status: 200,
    atMs: 5,
    elapsedMs: 2,
  } as const;
  const known = { reason: hostile, expires: "2027-01-31", issue: "https://issues.example/7?<x>" };
  const cases = [
    sampleCase("pass"),
    sampleCase("fail", {
      expected: hostile,
      found: hostile,
      exchanges: [exchange, exchange],
      at: 1,
      replay: `curl '${hostile}'`,
    }),
    sampleCase("warn", {
      expected: "an ETag",
      found: hostile,
      exchanges: [{ ...exchange, status: null, received: "" }],
      at: 0,
    }),
    sampleCase("flaky", {
      attempts: 3,
      title: hostile,
      found: hostile,
      rules: [{ id: "ENV-002", text: hostile, source: hostile }],
    }),
    sampleCase("known", { known, found: hostile }),
    sampleCase("not-applicable", {
      reason: hostile,
      undecided: true,
      profile: "webhooks",
      area: "webhooks",
      id: "webhooks.n-a",
    }),
    sampleCase("fail", {
      id: "registry.agents",
      area: "registry",
      profile: "registry",
      places: [
        { file: "data/my registry.json", line: 3, column: 7, pointer: "/agents/0/id", found: hostile },
        { file: "https://a.example/registry.json", line: 9, column: 1, pointer: "", found: "no agents" },
      ],
    }),
  ];
  const counts = countsOf(cases.length, cases);
  return reportOf(cases, {
    target: { name: `http://localhost:1/${hostile}`, agentId: hostile, agentVersion: hostile },
    notes: [hostile],
    profiles: [
      { profile: "core", verdict: "broken", because: hostile, counts },
      { profile: "webhooks", verdict: "not-declared", because: "webhooks.push is not among its capabilities", counts },
    ],
    baseline: [
      { id: "envelope.known", ...known, state: "used" },
      { id: hostile, reason: hostile, expires: "2025-01-31", state: "expired" },
      { id: "task.old", reason: "was broken", expires: "2027-01-31", state: "stale" },
    ],
  });
}
