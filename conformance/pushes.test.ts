import { describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { serve } from "../runtime/node.js";
import { judgeServer } from "./index.js";
import { answer } from "./mutants/socket-edit.js";
import { wrap } from "./mutants/wrap.js";

vi.setConfig({ testTimeout: 120_000 });

/** An update of a task, as an agent pushes it. */
const update = {
  jsonrpc: "2.0",
  result: {
    envelope: {
      id: "01KE0ZS0000000000000000009",
      asap_version: "0.1",
      timestamp: "2026-01-02T03:04:05Z",
      sender: "urn:asap:agent:echo-agent",
      recipient: "urn:asap:agent:conformance",
      payload_type: "task.update",
      payload: { task_id: "task_pushed", update_type: "status_change", status: "working" },
    },
  },
  id: null,
};

describe("judgeServer() of an agent that pushes an update of every task", () => {
  it("counts no push as an answer", async () => {
    const server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
    const pushing = await wrap(server.url, {
      name: "pushing",
      killedBy: "",
      socket: answer((json) => ("result" in json ? [update, json] : undefined)),
    });
    const report = await judgeServer(pushing.url, {
      only: ["websocket", "acks", "task.answer"],
      skip: ["websocket.size.*"],
      reruns: 0,
    });
    await Promise.all([pushing.close(), server.close()]);
    const wrong = report.cases.filter(({ outcome }) => !["pass", "not-applicable"].includes(outcome));
    expect(wrong.map(({ id, found }) => `${id}: ${found}`)).toEqual([]);
    expect(report.counts.pass).toBeGreaterThan(50);
  });
});
