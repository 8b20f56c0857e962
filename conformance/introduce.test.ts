import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { introduce, withoutKeys } from "./introduce.js";
import { type Issuer, startIssuer } from "./issuer.js";
import { type JudgeOptions, settingsOf } from "./options.js";
import { sampleContext } from "./sample-context.js";
import type { Mint } from "./tokens.js";
import { createWire } from "./wire.js";

const servers: Server[] = [];
let issuer: Issuer;
afterEach(async () => {
  await issuer.close();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

interface Sample {
  readonly manifest?: unknown;
  /** Status of answers to tasks; 0 breaks the connection off. */
  readonly status?: number;
  readonly resource?: unknown;
  readonly options?: Omit<JudgeOptions, "issuerPort">;
  readonly wants?: boolean;
  /** Milliseconds that the clock of the agent is ahead. */
  readonly date?: number;
}

/** What the suite makes of an agent that answers as the sample says; a function gets the issuer's port. */
async function meet(make: (port: number) => Sample) {
  issuer = await startIssuer(0);
  const { manifest = {}, status = 401, resource, options = {}, wants = false, date = 0 } = make(issuer.port);
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    request.resume();
    asked.push(`${request.method} ${request.url} ${request.headers.authorization === undefined ? "open" : "token"}`);
    const answers: Record<string, [number, unknown]> = {
      "/.well-known/asap/manifest.json": [200, manifest],
      "/.well-known/oauth-protected-resource": resource === undefined ? [404, {}] : [200, resource],
    };
    const [code, body] = answers[request.url ?? ""] ?? [status, {}];
    if (code === 0) return response.destroy();
    const headers = { "Content-Type": "application/json", Connection: "close" };
    response.writeHead(code, { ...headers, Date: new Date(Date.now() + date).toUTCString() }).end(JSON.stringify(body));
  };
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = settingsOf({ ...options, issuerPort: issuer.port });
  const wire = createWire(url, { timeoutMs: 5000, maxResponseBytes: 100_000, headers: {}, issuer, now: Date.now });
  const send = (request: Parameters<typeof wire.exchange>[0]) => wire.exchange(request);
  const introduction = await introduce(send, issuer, { ...sampleContext, now: Date.now }, settings, () => wants);
  wire.close();
  return { ...introduction, asked };
}

const mintOf = ({ mint }: { mint: Mint | string }) => {
  if (typeof mint === "string") throw new Error(mint);
  return mint;
};
const guarded = (oauth2: object) => ({ id: "urn:asap:agent:one", auth: { schemes: ["bearer"], oauth2 } });

describe("introduce()", () => {
  it("makes no tokens for an agent that asks for none", async () => {
    expect((await meet(() => ({ status: 200 }))).mint).toBe("the agent asks for no token");
  });

  it("takes issuer, audience and scopes from the manifest", async () => {
    const met = await meet((port) => ({
      manifest: guarded({ issuer: `http://localhost:${port}/realm`, audience: ["a", "b"], scopes: ["echo:run"] }),
    }));
    const { issuer: url, audience, agent, scopes } = mintOf(met);
    expect(new URL(url).pathname).toBe("/realm");
    expect([audience, agent, scopes]).toEqual(["a", "urn:asap:agent:one", ["asap:execute", "asap:read", "echo:run"]]);
    expect(met.asked.every((line) => line.endsWith("open"))).toBe(true);
  });

  it("lets options go first", async () => {
    const options = { issuer: "http://issuer.test:9000", audience: "c" };
    const { issuer: url, audience } = mintOf(
      await meet((port) => ({ manifest: guarded({ issuer: `http://localhost:${port}`, audience: "a" }), options })),
    );
    expect([url, audience]).toEqual(["http://issuer.test:9000", "c"]);
  });

  it("is no issuer that listens elsewhere, and asks the metadata of the resource for an audience", async () => {
    const { issuer: url, audience } = mintOf(
      await meet(() => ({
        manifest: guarded({ issuer: "https://login.example" }),
        resource: { resource: "https://agent.example" },
      })),
    );
    expect([url, audience]).toEqual([`http://127.0.0.1:${issuer.port}`, "https://agent.example"]);
  });

  it("takes the id of the agent for the audience where nothing names one", async () => {
    expect(mintOf(await meet(() => ({ manifest: guarded({}) }))).audience).toBe("urn:asap:agent:one");
    await issuer.close();
    expect(mintOf(await meet(() => ({ manifest: {} }))).audience).toBe("urn:asap:agent:under-test");
  });

  it("goes by the clock of the agent, where that is minutes away", async () => {
    const { clockAheadMs } = await meet(() => ({ manifest: guarded({ audience: "a" }), date: 900_000 }));
    expect(Math.round(clockAheadMs / 10_000)).toBe(90);
    await issuer.close();
    expect((await meet(() => ({ manifest: guarded({ audience: "a" }) }))).clockAheadMs).toBe(0);
  });

  it("does not try an agent that answers no task", async () => {
    const { made, asked } = await meet(() => ({ manifest: guarded({ audience: "a" }), status: 0, wants: true }));
    expect(made.size).toBe(0);
    expect(asked.filter((line) => line.startsWith("POST"))).toEqual(["POST /asap open"]);
  });

  it("has the issuer serve, and tries the agent without keys where a case wants that", async () => {
    const { made, asked } = await meet(() => ({ manifest: guarded({ audience: "a" }), status: 503, wants: true }));
    expect([...made.keys()]).toEqual([withoutKeys]);
    expect(made.get(withoutKeys)?.response?.status).toBe(503);
    expect(asked.filter((line) => line.endsWith("token"))).toEqual(["POST /asap token"]);
    expect((await fetch(`http://127.0.0.1:${issuer.port}/jwks`)).status).toBe(200);
  });
});
