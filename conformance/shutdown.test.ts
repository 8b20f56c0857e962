import { afterEach, describe, expect, it, vi } from "vitest";
import { type ServeOptions, serve } from "../runtime/node.js";
import { exitCode, explainCase, type JudgeOptions, judgeServer, renderText } from "./index.js";
import { createPlainAgent } from "./mutants/plain-agent.js";
import { frames, is } from "./mutants/socket-edit.js";
import { type Mutant, wrap } from "./mutants/wrap.js";
import { closeData, opcodes } from "./socket-frames.js";

vi.setConfig({ testTimeout: 60_000 });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const shutdown = "websocket.shutdown";

interface Judging extends Omit<JudgeOptions, "stop"> {
  /** What asking the agent to end does, given what ends it. */
  readonly stop?: (close: () => Promise<void>) => void | Promise<void>;
  readonly mutant?: Mutant;
  readonly served?: ServeOptions;
}

/** Serves an agent, and has its end judged. */
async function judge({ stop, mutant, served, ...options }: Judging) {
  const server = await serve(createPlainAgent(), { port: 0, rateLimit: "off", ...served });
  ends.push(() => server.close());
  const front = mutant === undefined ? undefined : await wrap(server.url, mutant);
  ends.push(() => front?.close());
  const report = await judgeServer(front?.url ?? server.url, {
    only: [shutdown],
    timeoutMs: 20_000,
    ...options,
    ...(stop === undefined ? {} : { stop: () => stop(() => server.close()) }),
  });
  return { report, result: report.cases.find(({ id }) => id === shutdown) };
}

describe("how an agent ends", () => {
  it("is right where it closes with 1001 and the reason (WS-007), which the report shows", async () => {
    const { report, result } = await judge({ stop: (close) => close(), record: "all" });
    expect(report.outcome).toBe("conforms");
    const [exchange] = result?.exchanges ?? [];
    expect(exchange?.frames?.map(({ direction, kind }) => `${direction} ${kind}`)).toEqual([
      "sent text",
      "received text",
      "received close",
      "sent close",
    ]);
    expect(exchange?.frames?.[1]?.marks).toEqual(["then the agent was asked to end"]);
    expect(exchange?.frames?.[2]?.text).toBe("1001 Server shutting down");
    expect(report.notes).toEqual([]);
  });

  it("is wrong where it goes on", async () => {
    const { report, result } = await judge({ stop: () => {}, timeoutMs: 1500 });
    expect(result).toMatchObject({ outcome: "fail", at: 0, found: "waited 1500 ms for a close frame" });
    expect(result?.replay).toBe("# the agent is asked to end: run the case again with --only");
    expect(renderText(report)).toMatch(/<- \d+ ms text, then the agent was asked to end: /);
    expect(exitCode(report)).toBe(1);
  });

  it("is wrong where the connection was closed before, in whatever words", async () => {
    const ending = { opcode: opcodes.close, data: closeData(1001, "Server shutting down") };
    const socket = frames((frame) => (is("text")(frame) ? [ending, frame] : [frame]));
    const { result } = await judge({ mutant: { name: "hasty", killedBy: shutdown, socket }, stop: (close) => close() });
    expect(result).toMatchObject({
      outcome: "fail",
      found: "a close frame 1001 with the reason Server shutting down, before that",
    });
  });
});

describe("an agent is asked to end", () => {
  it("once, when everything else is judged, and is sent nothing after it", async () => {
    const sent: string[] = [];
    const order: string[] = [];
    const mutant: Mutant = {
      name: "unchanged",
      killedBy: shutdown,
      ask: (asked) => {
        sent.push(asked.path);
        return asked;
      },
    };
    let before = 0;
    const { report } = await judge({
      mutant,
      only: ["health", "errors", "limits", shutdown],
      stop: (close) => {
        order.push("stop");
        before = sent.length;
        return close();
      },
      onCase: ({ id }) => order.push(id),
    });
    expect(report.outcome).toBe("conforms");
    expect(order.slice(-2)).toEqual(["stop", shutdown]);
    expect(order.filter((id) => id === "stop")).toEqual(["stop"]);
    expect(order.indexOf("errors.message")).toBeGreaterThan(-1);
    expect(sent.length).toBe(before);
    expect(before).toBeGreaterThan(10);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("no such process"))],
    [
      "throws",
      () => {
        throw new Error("no such process");
      },
    ],
  ])("in vain where that %s: there is no verdict", async (_, stop) => {
    const { report, result } = await judge({ stop, only: ["health.status", shutdown] });
    const reason = "the agent could not be asked to end: no such process";
    expect(result).toMatchObject({ outcome: "error", reason });
    expect([report.outcome, exitCode(report)]).toEqual(["could-not-run", 2]);
  });

  it("by nothing but the case: not where it is not chosen, nor where there is no WebSocket", async () => {
    let asked = 0;
    const stop = () => {
      asked += 1;
    };
    expect((await judge({ stop, only: ["health.status"] })).report.outcome).toBe("conforms");
    const without = await judge({ stop, served: { websocket: false } });
    expect(without.result).toMatchObject({ outcome: "not-applicable", reason: expect.stringMatching(/^the upgrade/) });
    expect(asked).toBe(0);
  });
});

describe("a run that is not told how to ask the agent to end", () => {
  const reason = "the agent is asked to end only where the run is told how (--stop-pid)";

  it("leaves the case out, and says so", async () => {
    const { report, result } = await judge({ only: ["health.status", shutdown] });
    expect(result).toMatchObject({ outcome: "not-applicable", reason });
    expect(report.notes).toEqual([`1 case on how the agent ends was left out: ${reason}.`]);
    expect(report.outcome).toBe("conforms");
  });

  it("comes to no verdict where it was to judge nothing else", async () => {
    const { report } = await judge({});
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "none of the chosen cases applies" });
  });
});

describe("explainCase()", () => {
  it("tells that the agent is asked to end", async () => {
    const explained = await explainCase(shutdown);
    expect(explained?.runs).toBe("runs alone, when everything else is judged, since the agent is asked to end");
    expect(explained?.prerequisites).toContain("the run is told how to ask the agent to end (--stop-pid)");
    expect(explained?.steps[0]?.said?.slice(1)).toEqual([
      "waits for an answer",
      "has the agent asked to end, as by SIGTERM",
      "waits for a close frame",
    ]);
  });
});
