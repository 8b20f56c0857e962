import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createEchoAgent } from "./cli/echo-agent.js";
import { taskRequest } from "./testing/asap-request.js";
import { openSocket, type SocketFrame } from "./testing/socket-client.js";
import { serve } from "./transport/node.js";

const is = (id: unknown) => (frame: SocketFrame) => frame.id === id && frame.method === undefined;

describe("agent.broadcast()", () => {
  test("reaches every open connection with a push named for its peer (WSB-019)", async () => {
    const agent = createEchoAgent();
    await using server = await serve(agent, { port: 0, rateLimit: "off" });
    await using first = await openSocket(server.url);
    await using second = await openSocket(server.url);
    first.send(taskRequest({ envelope: { sender: "urn:asap:agent:first" } }));
    await first.find(is("req-1"));
    const payload = { task_id: "t", update_type: "status_change", status: "working" };
    expect(agent.broadcast("task_update", payload, { traceId: "trace", correlationId: "about" })).toBe(2);
    const push = await first.find(is(null));
    expect(push).toEqual({
      jsonrpc: "2.0",
      id: null,
      result: {
        envelope: expect.objectContaining({
          sender: agent.id,
          recipient: "urn:asap:agent:first",
          payload_type: "task.update",
          payload,
          trace_id: "trace",
          correlation_id: "about",
        }),
      },
    });
    expect((await second.find(is(null))).result?.envelope["recipient"]).toBe("urn:asap:agent:peer");
    expect(agent.broadcast("TaskUpdate", payload, { to: (peer) => peer === "urn:asap:agent:first" })).toBe(1);
    first.socket.close();
    await first.closed;
    await wait(20);
    expect(agent.broadcast("TaskUpdate", payload)).toBe(1);
    expect(await (await fetch(`${server.url}/asap/metrics`)).text()).toContain("\nasap_websocket_connections 1\n");
  });

  test("refuses unknown names and payloads that do not fit", () => {
    const agent = createEchoAgent();
    expect(() => agent.broadcast("Nope", {})).toThrow(expect.objectContaining({ code: "asap:config/invalid_option" }));
    expect(() => agent.broadcast("TaskUpdate", { task_id: 5 })).toThrow(
      expect.objectContaining({ code: "asap:protocol/invalid_payload" }),
    );
    expect(agent.broadcast("TaskUpdate", { task_id: "t", update_type: "progress", status: "working" })).toBe(0);
  });
});
