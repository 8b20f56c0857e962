import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { says, taskIdOf } from "./about-task.js";
import { asText } from "./checks.js";
import { judgeServer } from "./index.js";
import { sampleContext } from "./sample-context.js";
import { updatesIn } from "./slow-task.js";
import type { WireFrame } from "./socket-frames.js";
import type { Exchange } from "./wire.js";

/** Objects that no longer turn into a text by themselves. */
const odd = { toString: 1, valueOf: 1 };

const exchange = (body: unknown): Exchange => ({
  request: { method: "POST", path: "/asap" },
  sent: Buffer.alloc(0),
  sentBytes: 0,
  response: { status: 200, reason: "OK", headers: [], body: Buffer.from(JSON.stringify(body)) },
  startedAt: 0,
  elapsedMs: 1,
});
const answer = {
  jsonrpc: "2.0",
  result: { envelope: { payload_type: odd, timestamp: odd, payload: { task_id: odd, status: odd } } },
  id: "task",
};

describe("asText()", () => {
  it("makes a text of anything", () => {
    expect(["a", odd, undefined, null, 7, []].map(asText)).toEqual([
      "a",
      '{"toString":1,"valueOf":1}',
      "nothing",
      "null",
      "7",
      "[]",
    ]);
  });
});

describe("values that do not turn into a text", () => {
  it("are found wrong in the members of answers", () => {
    expect(taskIdOf(exchange(answer))).toBe('{"toString":1,"valueOf":1}');
    const check = says(0, "asap:task/not_found");
    expect(check([exchange({ error: { code: 1, data: { code: odd } } })], sampleContext)).not.toBeNull();
  });

  it("are no updates of a task", () => {
    const data = Buffer.from(JSON.stringify({ ...answer, id: null }));
    const frame: WireFrame = {
      direction: "received",
      opcode: 1,
      fin: true,
      rsv: 0,
      masked: false,
      data,
      bytes: data.length,
      atMs: 0,
    };
    expect(updatesIn([frame])).toEqual([]);
  });
});

describe("judgeServer() of an agent whose values do not turn into a text", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const manifest = { capabilities: { skills: [{ id: odd }, { id: "echo" }] } };
      request.resume();
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(request.method === "POST" ? answer : manifest));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("gives a verdict", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const report = await judgeServer(url, { only: ["lifecycle", "state", "task.status"], reruns: 0 });
    expect(report.outcome).toBe("findings");
    expect(report.counts.error).toBe(0);
  });
});
