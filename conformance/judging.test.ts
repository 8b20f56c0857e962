import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, serve } from "../runtime/node.js";
import { type BaselineEntry, judgeServer } from "./index.js";
import { createPlainAgent } from "./mutants/plain-agent.js";
import type { Mutant, Wrapped } from "./mutants/wrap.js";
import { wrap } from "./mutants/wrap.js";

let server: Server;
beforeAll(async () => {
  server = await serve(createPlainAgent(), { port: 0, rateLimit: "off" });
});
afterAll(() => server.close());

async function through<T>(
  change: Omit<Mutant, "name" | "killedBy">,
  use: (wrapped: Wrapped) => Promise<T>,
): Promise<T> {
  const wrapped = await wrap(server.url, { name: "", killedBy: "", ...change });
  try {
    return await use(wrapped);
  } finally {
    await wrapped.close();
  }
}

/** Answers the health route without a status, the first so many times after the probe. */
const forgetful = (times: number): Omit<Mutant, "name" | "killedBy"> => {
  let asked = 0;
  return {
    answer: (answered, { path }) => {
      if (!path.endsWith("/.well-known/asap/health")) return answered;
      asked += 1;
      return asked > 1 && asked <= 1 + times ? { ...answered, body: Buffer.from("{}") } : answered;
    },
  };
};
const only = ["health.status"];
const entry: BaselineEntry = { id: "health.status", reason: "Under way", expires: "9999-12-31" };

describe("judgeServer() of an agent that fails at times", () => {
  it("tries again what failed, and calls it flaky when it passes, with what failed", async () => {
    const report = await through(forgetful(2), ({ url }) => judgeServer(url, { only }));
    expect(report.cases).toMatchObject([{ outcome: "flaky", attempts: 3, exchanges: [{ status: 200 }] }]);
    expect(report.outcome).toBe("findings");
  });

  it("calls it a failure when it fails every time, or is not tried again", async () => {
    const [often, once] = await Promise.all([
      through(forgetful(3), ({ url }) => judgeServer(url, { only })),
      through(forgetful(1), ({ url }) => judgeServer(url, { only, reruns: 0 })),
    ]);
    expect(often.cases).toMatchObject([{ outcome: "fail", attempts: 3 }]);
    expect(once.cases[0]).toMatchObject({ outcome: "fail" });
    expect(once.cases[0]).not.toHaveProperty("attempts");
  });

  it("takes it as known where the baseline says that it is flaky", async () => {
    const baseline = [{ ...entry, flaky: true }];
    const flaky = await through(forgetful(1), ({ url }) => judgeServer(url, { only, baseline }));
    expect([flaky.cases[0]?.outcome, flaky.outcome]).toEqual(["known", "conforms"]);
    const failing = await through(forgetful(9), ({ url }) => judgeServer(url, { only, baseline }));
    expect([failing.cases[0]?.outcome, failing.outcome]).toEqual(["fail", "findings"]);
  });

  it("tries nothing again when much failed, and says so", async () => {
    const empty = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => empty.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
    const report = await judgeServer(url, { only: ["jsonrpc"], onCase: () => {} });
    await new Promise((resolve) => empty.close(resolve));
    expect(report.notes.join()).toMatch(/\d+ cases failed, which is no flake: none of them was tried again\./);
    expect(report.cases.some(({ attempts }) => attempts !== undefined)).toBe(false);
  });
});

describe("judgeServer() with a baseline", () => {
  it("knows a failure, and finds an entry that passes now", async () => {
    const known = await through(forgetful(9), ({ url }) => judgeServer(url, { only, baseline: [entry] }));
    expect(known.cases).toMatchObject([{ outcome: "known", known: { reason: "Under way" } }]);
    expect(known).toMatchObject({ outcome: "conforms", baseline: [{ state: "used" }] });
    const stale = await judgeServer(server.url, { only, baseline: [entry] });
    expect(stale).toMatchObject({ outcome: "findings", baseline: [{ state: "stale" }] });
  });

  it("refuses one that does not fit", async () => {
    const baseline = [{ ...entry, expires: "tomorrow" }];
    await expect(judgeServer(server.url, { baseline })).rejects.toThrow(/cases\[0\]\.expires must be a day/);
  });
});

describe("judgeServer() of what an agent says that it has", () => {
  it("fails cases of a WebSocket that the manifest names and the agent does not have", async () => {
    const report = await through({ socket: "none" }, ({ url }) => judgeServer(url, { only: ["acks.sent"] }));
    expect(report.cases).toMatchObject([
      { outcome: "fail", expected: expect.stringContaining("endpoints.events of the manifest") },
    ]);
    expect(report.cases[0]?.exchanges).toHaveLength(1);
    expect(report.profiles).toMatchObject([{ profile: "websocket", verdict: "broken" }]);
  });

  it("does not ask for a WebSocket where nothing names one, unless the profile is asked for", async () => {
    const unnamed: Omit<Mutant, "name" | "killedBy"> = {
      socket: "none",
      answer: (answered, { path }) => {
        if (!path.endsWith("manifest.json")) return answered;
        const manifest = JSON.parse(answered.body.toString("utf8"));
        return {
          ...answered,
          body: Buffer.from(JSON.stringify({ ...manifest, endpoints: { asap: manifest.endpoints.asap } })),
        };
      },
    };
    await through(unnamed, async ({ url }) => {
      const left = await judgeServer(url, { only: ["acks.sent", "health.served"] });
      expect(left).toMatchObject({ outcome: "conforms", counts: { pass: 1, notApplicable: 1 } });
      expect(left.profiles.at(-1)).toMatchObject({ profile: "websocket", verdict: "not-declared" });
      const asked = await judgeServer(url, { only: ["acks.sent"], profiles: ["websocket"] });
      expect(asked.cases).toMatchObject([{ outcome: "fail" }]);
    });
  });

  it("fails cases of state that the manifest says is kept, where StateQuery has no handler", async () => {
    const boasting: Omit<Mutant, "name" | "killedBy"> = {
      answer: (answered, { path }) =>
        path.endsWith("manifest.json")
          ? {
              ...answered,
              body: Buffer.from(
                answered.body.toString("utf8").replace('"state_persistence":false', '"state_persistence":true'),
              ),
            }
          : answered,
    };
    const report = await through(boasting, ({ url }) => judgeServer(url, { only: ["state.query.own"] }));
    expect(report.profiles).toMatchObject([
      { profile: "state", because: "capabilities.state_persistence of the manifest" },
    ]);
    expect(report.cases).toMatchObject([{ outcome: "warn" }]);
    const must = await through(boasting, ({ url }) =>
      judgeServer(url, { only: ["state.query.malformed.task_id.missing"] }),
    );
    expect(must.cases).toMatchObject([
      { outcome: "fail", expected: "a handler for StateQuery, as capabilities.state_persistence of the manifest says" },
    ]);
  });
});

describe("judgeServer() and time", () => {
  it("ends a case that takes too long, as a failure", async () => {
    const slow = createServer((request, response) => {
      request.resume();
      const isCase = request.headers["content-encoding"] === "gzip";
      setTimeout(() => response.writeHead(200).end("{}"), isCase ? 2000 : 0);
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const report = await judgeServer(url, { only: ["http.encoding.gzip"], caseTimeoutMs: 300, reruns: 0 });
    await new Promise((resolve) => slow.close(resolve));
    expect(report.cases).toMatchObject([
      {
        outcome: "fail",
        expected: "the answers of the case within 300 ms in all",
        found: "0 of 1 steps were answered by then",
      },
    ]);
  });
});

describe("judgeServer() with record", () => {
  it("keeps what went over the wire of every case where it is told to", async () => {
    const all = await judgeServer(server.url, { only: ["health.status", "acks.sent"], record: "all" });
    expect(all.cases.map(({ exchanges = [] }) => exchanges.length > 0)).toEqual([true, true]);
    const some = await judgeServer(server.url, { only });
    expect(some.cases[0]).not.toHaveProperty("exchanges");
  });
});
