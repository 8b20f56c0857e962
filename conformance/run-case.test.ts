import { describe, expect, it } from "vitest";
import { cases } from "./cases/index.js";
import { resultMaker } from "./result.js";
import { runCase } from "./run-case.js";
import { sampleContext } from "./sample-context.js";
import type { Exchange } from "./wire.js";

const [boundary] = cases.filter(({ id }) => id === "replay.old-299");
const refusal = { jsonrpc: "2.0", id: "1", error: { code: -32602, message: "Invalid params", data: {} } };

const answeredAfter = (elapsedMs: number, body: unknown): Exchange => ({
  request: { method: "POST", path: "/asap" },
  sent: Buffer.alloc(0),
  sentBytes: 0,
  response: { status: 200, reason: "OK", headers: [], body: Buffer.from(JSON.stringify(body)) },
  startedAt: 0,
  elapsedMs,
});
const twin = answeredAfter(20, { jsonrpc: "2.0", id: "1", result: { envelope: { payload: {} } } });
const refusedAfter = (elapsedMs: number): Exchange => answeredAfter(elapsedMs, refusal);

async function outcomeOf(...answers: readonly Exchange[]): Promise<unknown> {
  if (boundary === undefined) throw new Error("no such case");
  let at = 0;
  const send = async () => ({ exchanges: [twin, ...answers.slice(at, ++at)], tookMs: 1 });
  const sender = { note: () => {}, send };
  const judged = await runCase(boundary, sampleContext, sender, new AbortController().signal);
  const toResult = resultMaker(
    (id) => ({ id, text: "", source: "" }),
    "http://localhost",
    { headers: new Set(), values: [] },
    0,
  );
  const { outcome, reason } = toResult(boundary, judged);
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}

describe("runCase() of a case with a clock margin", () => {
  it("fails an agent that refuses in time", async () => {
    expect(await outcomeOf(refusedAfter(20))).toBe("fail");
  });

  it("asks again when the margin was used up", async () => {
    expect(await outcomeOf(refusedAfter(1300), refusedAfter(1300), refusedAfter(20))).toBe("fail");
  });

  it("does not hold slowness against an agent that is slow each time", async () => {
    expect(await outcomeOf(...[1, 2, 3].map(() => refusedAfter(1300)))).toBe(
      "not-applicable: too slow to tell: the answer took 1300 ms, with 1 s to spare",
    );
  });
});
