import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { type Server, serve } from "../runtime/node.js";
import { judgeServer } from "./index.js";
import { tunnel } from "./mutants/tunnel.js";

vi.setConfig({ testTimeout: 60_000 });

let agent: Server;
const fronts: { close(): void }[] = [];
beforeAll(async () => {
  agent = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
});
afterAll(async () => {
  for (const front of fronts) front.close();
  await agent.close();
});

interface Front {
  /** Milliseconds each answer is held back. */
  readonly slowMs?: number;
  /** Changes a body on its way to the agent. */
  readonly ask?: (body: string) => string;
  /** Status for every upgrade; upgrades reach the agent unless set. */
  readonly upgrade?: number;
}

/** An agent behind a front that changes what passes, and whose manifest names no WebSocket. */
async function behind({ slowMs = 0, ask = (body) => body, upgrade }: Front): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const sent = ask(Buffer.concat(await incoming.toArray()).toString("latin1"));
    const headers = { ...incoming.headers };
    delete headers["transfer-encoding"];
    if (sent !== "") headers["content-length"] = String(sent.length);
    const path = incoming.url ?? "/";
    const onward = request(agent.url, { method: incoming.method ?? "GET", path, headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray()).toString("latin1");
      const text = path.endsWith("manifest.json") ? body.replace(/"events":"[^"]*"/, '"events":null') : body;
      await sleep(slowMs);
      outgoing.writeHead(answer.statusCode ?? 0, { ...answer.headers, "content-length": String(text.length) });
      outgoing.end(incoming.method === "HEAD" ? undefined : Buffer.from(text, "latin1"));
    });
    onward.on("error", () => outgoing.destroy());
    onward.end(Buffer.from(sent, "latin1"));
  });
  server.on("upgrade", (incoming, socket, early) => {
    if (upgrade === undefined) return void tunnel(new URL(agent.url), incoming.url ?? "/", incoming, socket, early);
    socket.end(`HTTP/1.1 ${upgrade} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fronts.push({
    close() {
      server.close();
      server.closeAllConnections();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const anyTime = (body: string) =>
  body.replace(/"timestamp":"[^"]*"/, () => `"timestamp":"${new Date().toISOString()}"`);
const times = ["old-299", "old-301", "old-year", "ahead-25", "ahead-31", "ahead-day", "no-offset-stale"];

describe("an agent that takes more than a second for each answer", () => {
  const only = times.map((name) => `replay.${name}`);
  const outcomes = async (front: Front) => {
    const report = await judgeServer(await behind({ ...front, slowMs: 1100 }), { only, reruns: 0 });
    return Object.fromEntries(report.cases.map(({ id, outcome }) => [id.replace("replay.", ""), outcome]));
  };

  it("fails on every stale time that it takes", async () => {
    const stale = times.filter((name) => !["old-299", "ahead-25"].includes(name));
    const found = await outcomes({ ask: anyTime });
    expect(Object.keys(found).filter((name) => found[name] === "fail")).toEqual(stale);
  });

  it("passes where it is right", async () => {
    expect(await outcomes({})).toEqual(Object.fromEntries(times.map((name) => [name, "pass"])));
  });
});

describe("an agent whose manifest names no WebSocket", () => {
  const only = ["websocket.*"];

  it.each([401, 403, 426, 429, 503])("has none where the upgrade gets %i, and the report tells", async (upgrade) => {
    const report = await judgeServer(await behind({ upgrade }), { only });
    expect(report.profiles).toMatchObject([{ profile: "websocket", verdict: "not-declared" }]);
    expect(report.cases.every(({ outcome }) => outcome === "not-applicable")).toBe(true);
    expect(report.notes.join()).toContain(`The upgrade at /asap/ws got HTTP ${upgrade}`);
  });

  it("has one where the upgrade is answered with 101", async () => {
    const report = await judgeServer(await behind({}), { only: ["websocket.upgrade"] });
    expect(report.profiles).toMatchObject([{ profile: "websocket", because: expect.stringContaining("101") }]);
    expect(report.notes).toEqual([]);
  });

  it("fails where the profile is asked for and the upgrade is refused", async () => {
    const options = { only: ["websocket.upgrade"], profiles: ["websocket"], reruns: 0 } as const;
    const report = await judgeServer(await behind({ upgrade: 403 }), options);
    expect(report.cases.map(({ outcome }) => outcome)).toContain("fail");
  });
});

describe("what the run could not look at", () => {
  it("is undecided where an option is missing, and the profile is not said to hold", async () => {
    const report = await judgeServer(agent.url, {
      only: ["webhooks.events.started", "health.status"],
      profiles: ["webhooks"],
    });
    const found = report.cases.filter(({ area }) => area === "webhooks");
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) {
      expect(one).toMatchObject({ outcome: "not-applicable", undecided: true });
      expect(one.reason).toContain("--callback-host");
    }
    const webhooks = report.profiles.find(({ profile }) => profile === "webhooks");
    expect(webhooks).toMatchObject({ verdict: "not-judged", because: expect.stringContaining("--callback-host") });
  });

  it("is not undecided where a burst was not asked for, which core holds without", async () => {
    const report = await judgeServer(agent.url, { only: ["limits.burst", "task.echo"] });
    expect(report.cases.map(({ outcome, undecided }) => [outcome, undecided ?? false])).toEqual([
      ["pass", false],
      ["not-applicable", false],
    ]);
  });

  it("is not undecided where the agent does not have it", async () => {
    const report = await judgeServer(agent.url, { only: ["auth", "webhooks"] });
    expect(report.cases.length).toBeGreaterThan(0);
    expect(report.cases.filter(({ undecided }) => undecided === true)).toEqual([]);
  });
});
