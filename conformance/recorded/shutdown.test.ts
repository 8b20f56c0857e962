import { beforeAll, describe, expect, it } from "vitest";
import { readEnd } from "./testing/captures.js";
import { type JudgedShutdown, judgeRecordedShutdown } from "./testing/judge-shutdown.js";
import { expected, reported, shownBy } from "./testing/known.js";

describe("The recorded agent that gets SIGTERM", () => {
  let run: JudgedShutdown;
  const resultOf = (id: string) => run.judged.find((one) => one.id === id);

  beforeAll(async () => {
    run = await judgeRecordedShutdown();
  }, 60_000);

  it("closed with 1012 and no reason", () => {
    expect(readEnd()).toEqual({ name: "ws_server_sigterm_inflight", code: 1012, reason: "" });
  });

  it("is found to end its connections wrong, by what was recorded (WS-007)", () => {
    const shutdown = resultOf("websocket.shutdown");
    expect(shutdown).toMatchObject({
      outcome: "fail",
      expected: "a close frame 1001 with the reason Server shutting down after SIGTERM",
      found: "a close frame 1012 without a reason",
    });
    expect(reported(run.judged)).toEqual(expected(shownBy("shutdown")));
    const records = shownBy("shutdown").flatMap((one) => one.records);
    if (shutdown !== undefined) expect(run.answeredFrom(shutdown)).toEqual(expect.arrayContaining(records));
  });

  it("answers and closes as it should until then", () => {
    const others = run.judged.filter(({ id }) => id !== "websocket.shutdown");
    expect(others.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["websocket.answer.one-object", "pass"],
      ["websocket.close.code", "pass"],
    ]);
    for (const one of others) expect(run.answeredFrom(one)).not.toContain("ws_server_sigterm_inflight");
  });
});
