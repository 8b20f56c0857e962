import { describe, expect, test } from "vitest";
import { scriptedPeer } from "../testing/scripted-peer.js";
import { healthCheck } from "./health.js";

const path = "/.well-known/asap/health";
const health = { status: "healthy", agent_id: "urn:asap:agent:sink", version: "1", uptime_seconds: 1.5 };

describe("healthCheck()", () => {
  test.each(["", "/", "/asap"])("asks the agent at its base URL with %j (HEALTH-004)", async (end) => {
    const body = {
      ...health,
      asap_version: "1.1.0",
      capabilities: ["task.execute"],
      load: { active_tasks: 1, queue_depth: 2 },
    };
    await using peer = await scriptedPeer(() => ({ body: JSON.stringify(body) }));
    expect(await healthCheck(peer.url + end)).toEqual(body);
    expect(peer.requests.map(({ method, path }) => [method, path])).toEqual([["GET", path]]);
  });

  test.each([
    ["no optional member", {}],
    ["null for load, capabilities and asap_version", { load: null, capabilities: null, asap_version: null }],
    ["a whole number of seconds", { uptime_seconds: 3 }],
  ])("takes %s (HEALTH-002)", async (_, parts) => {
    const body = { ...health, ...parts };
    await using peer = await scriptedPeer(() => ({ body: JSON.stringify(body) }));
    expect(await healthCheck(peer.url)).toEqual(body);
  });

  test("drops members it does not know (HEA-004)", async () => {
    const load = { active_tasks: 0, queue_depth: 0 };
    const body = { ...health, region: "eu", load: { ...load, cpu: 0.5 } };
    await using peer = await scriptedPeer(() => ({ body: JSON.stringify(body) }));
    expect(await healthCheck(peer.url)).toEqual({ ...health, load });
  });

  test.each([
    [503, "unhealthy"],
    [503, "healthy"],
    [200, "unhealthy"],
  ])("throws with the agent's own words for status %i and %s (HEA-007)", async (status, word) => {
    const body = { ...health, status: word };
    await using peer = await scriptedPeer(() => ({ status, body: JSON.stringify(body) }));
    await expect(healthCheck(peer.url)).rejects.toMatchObject({
      code: "asap:discovery/unhealthy",
      retryable: true,
      data: { url: peer.url + path, status, health: body },
    });
  });

  test.each([
    [503, "<html>"],
    [503, "{}"],
    [404, JSON.stringify(health)],
    [500, JSON.stringify(health)],
    [204, ""],
  ])("fails by status %i with the body %j (HEA-007)", async (status, body) => {
    await using peer = await scriptedPeer(() => ({ status, body }));
    await expect(healthCheck(peer.url)).rejects.toMatchObject({ code: "asap:transport/http_status", data: { status } });
  });

  test.each([
    ["no JSON", "ok"],
    ["another status", JSON.stringify({ ...health, status: "fine" })],
    ["no agent_id", JSON.stringify({ ...health, agent_id: undefined })],
    ["a negative uptime", JSON.stringify({ ...health, uptime_seconds: -1 })],
    ["an uptime in words", JSON.stringify({ ...health, uptime_seconds: "1" })],
    ["a load without queue", JSON.stringify({ ...health, load: { active_tasks: 1 } })],
  ])("refuses %s (HEALTH-002)", async (_, body) => {
    await using peer = await scriptedPeer(() => ({ body }));
    await expect(healthCheck(peer.url)).rejects.toMatchObject({ code: "asap:discovery/health_invalid" });
  });

  test("asks each time", async () => {
    await using peer = await scriptedPeer(() => ({
      body: JSON.stringify(health),
      headers: { "cache-control": "max-age=60" },
    }));
    await healthCheck(peer.url);
    await healthCheck(peer.url);
    expect(peer.requests).toHaveLength(2);
  });

  test("does not follow redirects, nor wait for ever", async () => {
    await using peer = await scriptedPeer(({ count }) =>
      count === 0 ? { status: 302, headers: { location: "/" } } : "hang",
    );
    await expect(healthCheck(peer.url)).rejects.toMatchObject({ code: "asap:transport/http_status" });
    await expect(healthCheck(peer.url, { timeoutMs: 30 })).rejects.toMatchObject({ code: "asap:transport/timeout" });
  });

  test("does not ask another host over plain http (CLIENT-004)", async () => {
    await expect(healthCheck("http://agent.example")).rejects.toMatchObject({ code: "asap:transport/insecure_url" });
  });
});
