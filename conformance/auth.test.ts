import { afterEach, describe, expect, it } from "vitest";
import { type ResourceServerOptions, resourceServer } from "../runtime/auth.js";
import { createAgent } from "../runtime/index.js";
import { type Server, serve } from "../runtime/node.js";
import { exitCode, type JudgeOptions, judgeServer, renderJson, renderText } from "./index.js";
import { authCases, brokenIn, freePort, judgeGuarded } from "./mutants/judge-guarded.js";
import { echo } from "./mutants/plain-agent.js";

const servers: Pick<Server, "close">[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** Serves our own agent behind an issuer at a port, and gives what judges it with that port. */
async function behind(more: Partial<ResourceServerOptions> = {}) {
  const issuerPort = await freePort();
  const issuer = `http://127.0.0.1:${issuerPort}`;
  const auth = resourceServer({
    issuer,
    audience: "https://agent.example",
    egress: { allowLoopback: true },
    env: {},
    ...more,
  });
  const server = await serve(createAgent({ id: "urn:asap:agent:one", skills: { echo }, auth }), {
    port: 0,
    rateLimit: "off",
  });
  servers.push(server);
  const stop = () => server.close();
  return (options: JudgeOptions = {}) => judgeServer(server.url, { issuerPort, stop, ...options });
}

describe("our own agent behind OAuth 2.0", () => {
  it("passes every case of the suite, which shows no token", async () => {
    const report = await (await behind())();
    expect(brokenIn(report)).toEqual([]);
    expect(exitCode(report, { strict: true })).toBe(0);
    expect(report.notes).toEqual([]);
    const others = report.cases.filter(({ outcome }) => outcome === "not-applicable").map(({ area }) => area);
    expect(others.filter((area) => !["lifecycle", "payloads", "state", "webhooks"].includes(area))).toEqual([
      ...Array(14).fill("auth"),
      ...Array(6).fill("limits"),
    ]);
    expect(renderJson(report)).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });

  it("passes where it was told of its keys and its clock is a quarter of an hour behind", async () => {
    const issuerPort = await freePort();
    const issuer = `http://127.0.0.1:${issuerPort}`;
    const judge = await behind({ issuer, jwksUri: `${issuer}/jwks` });
    const now = () => Date.now() + 900_000;
    const report = await judge({ issuerPort, now, only: ["auth.claims.*", "auth.keys.unreachable", "replay"] });
    expect(brokenIn(report)).toEqual([]);
    expect(report.outcome).toBe("conforms");
  });

  it("is judged a second time, when it has the keys already", async () => {
    const judge = await behind();
    const only = ["auth.keys.unreachable", "auth.none"];
    const outcomes = async () => (await judge({ only })).cases.map(({ outcome }) => outcome);
    expect([await outcomes(), await outcomes()]).toEqual([
      ["pass", "pass"],
      ["not-applicable", "pass"],
    ]);
  });

  it("is not judged by an issuer that it does not know, or for another audience", async () => {
    const judge = await behind();
    const report = await judge({ audience: "https://another.example" });
    expect(report.outcome).toBe("could-not-run");
    expect(report.reason).toMatch(
      /^the agent refuses the token the suite made \(401\): iss http:\S+, aud https:\/\/another\.example, for the agent urn:asap:agent:one$/,
    );
    expect(exitCode(report)).toBe(2);
  });

  it("is not judged where it may not ask for keys", async () => {
    const report = await (await behind({ egress: {} }))({ timeoutMs: 400 });
    expect(report.reason).toMatch(
      /^the agent has no keys of the suite's issuer \S+ \(503\); it must be allowed to fetch/,
    );
  });

  it("is told apart from an open one in the notes", async () => {
    const server = await serve(createAgent({ id: "urn:asap:agent:one", skills: { echo } }), {
      port: 0,
      rateLimit: "off",
    });
    servers.push(server);
    const report = await judgeServer(server.url, { only: authCases });
    expect(report.counts).toMatchObject({ notApplicable: authCases.length });
    expect(renderText(report)).toMatch(/^note: \d+ cases on access tokens were left out: no port was given/m);
    const asked = await judgeServer(server.url, { only: ["auth"], issuerPort: await freePort() });
    expect([asked.outcome, asked.reason]).toEqual([
      "could-not-run",
      "a port was given for an issuer of the suite, but the agent asks for no token",
    ]);
  });
});

describe("the suite, judging an agent behind OAuth 2.0", () => {
  it("finds nothing in one that asks the issuer about opaque tokens, and has no case that does not apply to it", async () => {
    const options = () => ({ introspection: { clientId: "agent", clientSecret: "secret" } });
    const report = await judgeGuarded({ name: "", killedBy: [], options }, { only: authCases });
    expect(report.reason).toBeUndefined();
    expect(brokenIn(report)).toEqual([]);
    expect(report.counts).toMatchObject({ pass: authCases.length, notApplicable: 0 });
  });
});
