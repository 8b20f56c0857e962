import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Server, serve } from "../node.js";
import { asapServe } from "../testing/asap-command.js";
import { type MemoryIoOptions, memoryIo } from "../testing/memory-io.js";
import { createEchoAgent } from "./echo-agent.js";
import { run } from "./run.js";

vi.setConfig({ testTimeout: 120_000 });

async function asap(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo(options);
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

/** A port that is free, below those that systems hand out by themselves. */
async function freePort(): Promise<number> {
  for (let port = 11_000 + (process.pid % 8_000); ; port += 1) {
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

describe("asap conformance server", () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
  });
  afterAll(() => server.close());

  test("ends with 0 for our own agent, in text and in JSON", async () => {
    const text = await asap(["conformance", "server", server.url, "--timeout", "60"]);
    expect(text.err).toBe("");
    expect(text.out).toContain("CONFORMS");
    expect(text.code).toBe(0);
    for (const flags of [["--format", "json"], ["--json"]]) {
      const { code, out } = await asap([
        "conformance",
        "server",
        server.url,
        "--only",
        "discovery",
        "--timeout",
        "60",
        ...flags,
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ outcome: "conforms", target: { agentId: "urn:asap:agent:echo-agent" } });
    }
  });

  test("passes skill, input, header, token, sender and timeout on, and logs cases with --verbose", async () => {
    const argv = ["--skill", "slow", "--input", '{"steps":1,"ms":0}', "--header", "x-one: 1", "--header", "x-two: 2"];
    const more = [
      "--token",
      "t0ken",
      "--sender",
      "urn:asap:agent:judge",
      "--timeout",
      "60",
      "--only",
      "task",
      "--only",
      "health",
      "--verbose",
    ];
    const { code, out, err } = await asap(["conformance", "server", server.url, ...argv, ...more, "--json"]);
    expect(code).toBe(0);
    const { cases }: { cases: { area: string }[] } = JSON.parse(out);
    expect(new Set(cases.map(({ area }) => area))).toEqual(new Set(["task", "health"]));
    expect(err.split("\n").length - 1).toBe(cases.length);
    expect(out + err).not.toContain("t0ken");
  });

  test("judges an agent behind OAuth 2.0 with --issuer-port, for the issuer and the audience that are given", async () => {
    const issuerPort = await freePort();
    const issuer = `http://localhost:${issuerPort}/realm`;
    const guard = ["--issuer", issuer, "--audience", "one", "--audience", "two", "--allow-loopback"];
    const served = await asapServe(["--rate-limit", "off", ...guard]);
    const argv = ["conformance", "server", served.url, "--issuer-port", String(issuerPort), "--json"];
    const given = ["--issuer", issuer, "--audience", "two", "--only", "auth.claims.*", "--timeout", "60"];
    const { code, out, err } = await asap([...argv, ...given]);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out).counts).toMatchObject({ fail: 0, warn: 0, notApplicable: 0 });
    const another = await asap([...argv, "--audience", "three", "--only", "auth.none", "--timeout", "1"]);
    expect(another.code).toBe(2);
    expect(JSON.parse(another.out).reason).toMatch(/iss http:\/\/localhost:\d+\/realm, aud three/);
    expect(await served.stop()).toBe(0);
  });

  test("judges webhooks with --callback-host, at a port that is given", async () => {
    const callbackPort = await freePort();
    const served = await asapServe(["--rate-limit", "off", "--allow-loopback"]);
    const argv = ["conformance", "server", served.url, "--callback-host", "127.0.0.1", "--json"];
    const given = ["--callback-port", String(callbackPort), "--retries", "2", "--only", "webhooks", "--timeout", "30"];
    const { code, out, err } = await asap([...argv, ...given]);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out).counts).toMatchObject({ fail: 0, warn: 0, notApplicable: 5 });
    expect(await served.stop()).toBe(0);
  });

  test("ends with 1 for a server that answers {} to everything", async () => {
    const fake = createServer((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end("{}"),
    );
    await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
    const { code, out } = await asap([
      "conformance",
      "server",
      `http://127.0.0.1:${(fake.address() as AddressInfo).port}`,
    ]);
    expect(code).toBe(1);
    expect(out).toContain("FAIL");
    fake.closeAllConnections();
    fake.close();
  });

  test("ends with 2 and no score for an agent that is not reached", async () => {
    const { code, out } = await asap(["conformance", "server", "http://127.0.0.1:1"]);
    expect(code).toBe(2);
    expect(out).toContain("COULD NOT RUN");
  });

  test.each([
    [["localhost:8000"]],
    [["ftp://a.example"]],
    [["http://127.0.0.1:1", "--input", "{"]],
    [["http://127.0.0.1:1", "--input", "[]"]],
    [["http://127.0.0.1:1", "--format", "xml"]],
    [["http://127.0.0.1:1", "--timeout", "soon"]],
    [["http://127.0.0.1:1", "--issuer-port", "0"]],
    [["http://127.0.0.1:1", "--issuer-port", "70000"]],
    [["http://127.0.0.1:1", "--issuer", "http://127.0.0.1:9000"]],
    [["http://127.0.0.1:1", "--issuer-port", "9000", "--issuer", "login"]],
    [["http://127.0.0.1:1", "--audience", "a"]],
    [["http://127.0.0.1:1", "--issuer-port", "9000", "--token", "t0ken"]],
    [["http://127.0.0.1:1", "--callback-host", "127.0.0.1:9000"]],
    [["http://127.0.0.1:1", "--callback-host", "127.0.0.1", "--callback-port", "0"]],
    [["http://127.0.0.1:1", "--callback-host", "127.0.0.1", "--retries", "5"]],
    [["http://127.0.0.1:1", "--callback-port", "9000"]],
    [["http://127.0.0.1:1", "--retries", "2"]],
  ])("ends with 64 for %j", async (rest) => {
    const { code, out, err } = await asap(["conformance", "server", ...rest]);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(usage\)\n$/);
  });
});
