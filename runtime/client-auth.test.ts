import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clientCredentials } from "./auth/token-grants.js";
import type { TokenSource } from "./auth/token-source.js";
import { type ConnectOptions, connect } from "./client.js";
import { registryView } from "./discovery/registry.js";
import { AsapError } from "./error.js";
import { connectListed } from "./listed.js";
import { skill } from "./skill.js";
import { agentClaim, startTarget, type Target, targetId } from "./testing/forge-target.js";
import { type Move, type Received, scriptedPeer, taskAnswer } from "./testing/scripted-peer.js";
import { issuerKey, startTestIssuer, type TestIssuer } from "./testing/test-issuer.js";
import { tokensInTurn } from "./testing/token-sources.js";

const manifestPath = "/.well-known/asap/manifest.json";
const bound = { [agentClaim]: targetId };
const http = { transport: "http" } as const;
const quickly = { ...http, retry: { baseMs: 1 } } as const;
const unauthorized = { code: "asap:transport/http_status", data: expect.objectContaining({ status: 401 }) };
const count = skill({
  description: "Counts",
  async *run(input: { readonly to?: unknown }) {
    for (let n = 1; n <= Number(input.to); n++) yield { percent: n };
    return { counted: input.to };
  },
});

let issuer: TestIssuer;
let target: Target;

beforeAll(async () => {
  issuer = await startTestIssuer();
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

/** A call to the guarded agent with a source. */
async function call(auth: TokenSource, options: ConnectOptions = http, url = target.url) {
  await using peer = await connect(url, { ...options, auth });
  return await peer.run("echo", { n: 1 });
}

const authorizations = (requests: readonly Received[]) => requests.map(({ headers }) => headers.authorization);

describe("connect() with a token source, over HTTP", () => {
  test("sends the token with every call", async () => {
    const auth = tokensInTurn(await issuer.mint(bound));
    await using peer = await connect(target.url, { ...http, auth });
    for (const n of [1, 2, 3]) expect(await peer.run("echo", { n })).toEqual({ echoed: { n } });
    expect(auth.asked()).toBe(3);
    expect(auth.refusals).toEqual([]);
  });

  test("streams with it", async () => {
    await using counting = await startTarget(issuer, { agent: { skills: { count } } });
    const auth = tokensInTurn("not.a.token", await issuer.mint(bound));
    await using peer = await connect(counting.url, { ...http, auth });
    const stream = peer.stream("count", { to: 5 });
    const percents: unknown[] = [];
    for await (const { progress } of stream) percents.push(progress?.percent);
    expect(percents).toEqual([1, 2, 3, 4, 5]);
    expect(auth.refusals).toEqual(["not.a.token"]);
  });

  test("after 401 tells the source and comes once more with another token, in the same call", async () => {
    const before = target.runs();
    const auth = tokensInTurn(await issuer.mint({ ...bound, exp: 1 }), await issuer.mint(bound));
    expect(await call(auth, { ...http, retry: false })).toEqual({ echoed: { n: 1 } });
    expect(auth.refusals).toHaveLength(1);
    expect(target.runs() - before).toBe(1);
  });

  test("reports a second 401, having told of both tokens", async () => {
    const auth = tokensInTurn("one", "two", await issuer.mint(bound));
    await expect(call(auth, quickly)).rejects.toMatchObject(unauthorized);
    expect(auth.refusals).toEqual(["one", "two"]);
    expect(await call(auth)).toEqual({ echoed: { n: 1 } });
  });

  test("makes no further attempt where the source gives the same token again", async () => {
    await using peer = await scriptedPeer(() => ({ status: 401, body: '{"detail":"Invalid authentication token"}' }));
    await expect(call(tokensInTurn("same"), quickly, peer.url)).rejects.toMatchObject({
      ...unauthorized,
      message: "The peer answered with HTTP status 401: Invalid authentication token.",
    });
    expect(peer.to("/asap")).toHaveLength(1);
  });

  test("comes once more in a call, not once for each attempt", async () => {
    const statuses = [401, 503, 401, 200];
    await using peer = await scriptedPeer(({ path, count: n }) =>
      path === "/asap" ? { status: statuses[n] ?? 200, body: "{}" } : undefined,
    );
    await expect(call(tokensInTurn("one", "two", "three"), quickly, peer.url)).rejects.toMatchObject(unauthorized);
    expect(authorizations(peer.to("/asap"))).toEqual(["Bearer one", "Bearer two", "Bearer two"]);
  });

  test("403 tells the source nothing and is final", async () => {
    const auth = tokensInTurn(await issuer.mint({ ...bound, scope: "asap:read" }), await issuer.mint(bound));
    await expect(call(auth, quickly)).rejects.toMatchObject({ data: { status: 403, detail: "Insufficient scope" } });
    expect(auth.refusals).toEqual([]);
  });

  test("keys that rotate: a token of the old key is refused and replaced", async () => {
    await using own = await startTarget(issuer, { auth: { jwks: { cooldownSeconds: 0 } } });
    const old = await issuer.mint(bound);
    const auth = tokensInTurn(old);
    await call(auth, http, own.url);
    const [former] = issuer.keys;
    issuer.keys = [await issuerKey("k2")];
    try {
      const renewed = await issuer.mint(bound);
      await call(tokensInTurn(renewed), http, own.url);
      const rotating = tokensInTurn(old, renewed);
      expect(await call(rotating, http, own.url)).toEqual({ echoed: { n: 1 } });
      expect(rotating.refusals).toEqual([old]);
    } finally {
      if (former !== undefined) issuer.keys = [former];
    }
  });

  test("compresses what is large, and sends it again plain with the same token", async () => {
    await using peer = await scriptedPeer((got): Move | undefined => {
      if (got.path !== "/asap") return undefined;
      return got.headers["content-encoding"] === "gzip" ? { status: 415 } : taskAnswer(got);
    });
    await using caller = await connect(peer.url, { ...http, auth: tokensInTurn("one") });
    await caller.run("echo", { text: "x".repeat(5_000) });
    expect(authorizations(peer.to("/asap"))).toEqual(["Bearer one", "Bearer one"]);
  });
});

describe("tokens by the client credentials grant", () => {
  test("100 calls at once share one, and once it is over share the next", async () => {
    let ahead = 0;
    const minted: Promise<string>[] = [];
    issuer.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      minted.push(issuer.mint({ ...bound, jti: String(minted.length) }));
      void minted.at(-1)?.then((access_token) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ access_token, token_type: "Bearer", expires_in: 600 }));
      });
      return true;
    };
    const auth = clientCredentials({
      issuer: issuer.issuer,
      clientId: "client-1",
      clientSecret: "secret",
      egress: { allowLoopback: true },
      now: () => Date.now() + ahead,
    });
    await using peer = await connect(target.url, { ...http, auth });
    const hundred = () => Promise.all(Array.from({ length: 100 }, (_, n) => peer.run("echo", { n })));
    expect(await hundred()).toHaveLength(100);
    expect(minted).toHaveLength(1);
    ahead = 580_000;
    expect(await hundred()).toHaveLength(100);
    expect(minted).toHaveLength(2);
    const current = (await minted[1]) as string;
    expect(await auth.token()).toBe(current);
    auth.refused(current);
    expect(await hundred()).toHaveLength(100);
    expect(minted).toHaveLength(3);
    issuer.intercept = undefined;
  });
});

describe("a token source that fails", () => {
  const failing = (error: unknown): TokenSource => ({ token: () => Promise.reject(error), refused: () => {} });

  test.each(["asap:auth/unavailable", "asap:auth/token_request_failed", "asap:auth/login_failed"] as const)(
    "%s comes out of the call as it is, nothing is sent, and the breaker stays closed",
    async (code) => {
      await using peer = await scriptedPeer(() => undefined);
      const error = new AsapError(code);
      const circuits = new Map();
      const options = { ...quickly, breaker: { failures: 1, circuits } };
      await expect(call(failing(error), options, peer.url)).rejects.toBe(error);
      expect(peer.to("/asap")).toEqual([]);
      expect(circuits.size).toBe(0);
    },
  );

  test("what it throws otherwise is the cause of asap:auth/unavailable", async () => {
    const cause = new TypeError("no such file");
    const data = { reason: "the token source threw" };
    await expect(call(failing(cause))).rejects.toMatchObject({ code: "asap:auth/unavailable", data, cause });
  });

  test.each([["one\r\nX-Other: 1"], [""], ["two words"], [undefined], ["señal"]])(
    "the token %j is refused and not repeated",
    async (token) => {
      const error = await call({ token: async () => token as string, refused: () => {} }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "asap:config/invalid_option", data: { option: "auth" } });
      expect(error.message).toBe("auth gave what is no bearer token.");
    },
  );

  test("ends the call at its deadline when it never answers, and is told to stop", async () => {
    let given: AbortSignal | undefined;
    const hanging: TokenSource = {
      token: (signal) => {
        given = signal;
        return new Promise(() => {});
      },
      refused: () => {},
    };
    const late = { code: "asap:transport/timeout", data: { timeout_ms: 200 } };
    await expect(call(hanging, { ...http, timeoutMs: 200, attemptTimeoutMs: 1 })).rejects.toMatchObject(late);
    expect(given?.aborted).toBe(true);
  });

  test("its wait ends with the signal of the call, and nothing is sent when the token comes later", async () => {
    await using peer = await scriptedPeer(() => undefined);
    let give: (token: string) => void = () => {};
    const coming = new Promise<string>((resolve) => {
      give = resolve;
    });
    const slow: TokenSource = { token: () => coming, refused: () => {} };
    await using caller = await connect(peer.url, { ...http, auth: slow });
    const abort = new AbortController();
    const asked = vi.spyOn(slow, "token");
    const running = caller.run("echo", {}, { signal: abort.signal });
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    abort.abort("enough");
    await expect(running).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    give("late");
    await expect(caller.run("echo", {})).rejects.toMatchObject({ data: { status: 404 } });
    expect(peer.to("/asap")).toHaveLength(1);
  });

  test("a failure after 401 takes the place of the 401", async () => {
    const error = new AsapError("asap:auth/token_request_failed");
    let asked = 0;
    const auth: TokenSource = {
      token: async () => {
        asked++;
        if (asked === 1) return "one";
        throw error;
      },
      refused: () => {},
    };
    await expect(call(auth, quickly)).rejects.toBe(error);
  });
});

describe("where tokens go", () => {
  test("not with the request for the manifest", async () => {
    await using peer = await scriptedPeer((got) => (got.path === "/asap" ? taskAnswer(got) : undefined));
    await call(tokensInTurn("one"), {}, peer.url);
    expect(authorizations(peer.to(manifestPath))).toEqual([undefined]);
    expect(authorizations(peer.to("/asap"))).toEqual(["Bearer one"]);
  });

  test.each([301, 302, 307, 308])("not along a redirect (%i)", async (status) => {
    await using other = await scriptedPeer(() => ({ body: "{}" }));
    const headers = { location: `${other.url}/asap` };
    await using peer = await scriptedPeer(({ path }) => (path === "/asap" ? { status, headers } : undefined));
    const error = { code: "asap:transport/http_status", data: expect.objectContaining({ status }) };
    await expect(call(tokensInTurn("one"), quickly, peer.url)).rejects.toMatchObject(error);
    expect(other.requests).toEqual([]);
  });

  test("not to a WebSocket that the manifest offers at another host or port", async () => {
    await using other = await scriptedPeer(() => undefined);
    await using peer = await scriptedPeer((got) => {
      const { host } = got.headers;
      const endpoints = { asap: `http://${host}/asap`, events: `${other.url.replace("http", "ws")}/asap/ws` };
      const manifest = { id: "urn:asap:agent:a", name: "A", version: "1.0.0", description: "", endpoints };
      const capabilities = { asap_version: "0.1" };
      return got.path === "/asap" ? taskAnswer(got) : { body: JSON.stringify({ ...manifest, capabilities }) };
    });
    await call(tokensInTurn("one"), {}, peer.url);
    expect(other.requests).toEqual([]);
    expect(authorizations(peer.to("/asap"))).toEqual(["Bearer one"]);
  });

  test("to a listed agent, and not with the request for its manifest", async () => {
    await using listed = await scriptedPeer((got) => {
      if (got.path === "/asap") return taskAnswer(got);
      const endpoints = { asap: `http://${got.headers.host}/asap` };
      const parts = { name: "A", version: "1.0.0", description: "", capabilities: { asap_version: "0.1" } };
      return { body: JSON.stringify({ id: "urn:asap:agent:a", endpoints, ...parts }) };
    });
    const endpoints = { manifest: listed.url + manifestPath };
    const about = { name: "A", description: "d", skills: [], asap_version: "1.1.0" };
    const registry = registryView([{ id: "urn:asap:agent:a", endpoints, ...about }], "u");
    const options = { ...http, egress: { allowLoopback: true }, auth: tokensInTurn("one") };
    await using peer = await connectListed(registry, "urn:asap:agent:a", options);
    await peer.run("echo", {});
    expect(authorizations(listed.requests)).toEqual([undefined, "Bearer one"]);
  });
});

describe("the option auth", () => {
  const refused = (option: string) => ({ code: "asap:config/invalid_option", data: { option } });

  test.each([[{ Authorization: "Bearer canary" }], [[["authorization", "Basic canary"]]]] as const)(
    "is refused beside an Authorization header, which is not repeated",
    async (headers) => {
      for (const transport of ["http", "auto", "websocket"] as const) {
        const options = { transport, auth: tokensInTurn("one"), headers: headers as HeadersInit };
        const error = await connect(target.url, options).catch((thrown) => thrown);
        expect(error).toMatchObject(refused("auth"));
        expect(error.message).not.toContain("canary");
      }
    },
  );

  test("is refused beside one that a function gives, at the call", async () => {
    const headers = () => ({ Authorization: "Bearer canary" });
    await expect(call(tokensInTurn("one"), { ...http, headers })).rejects.toMatchObject(refused("auth"));
  });

  test.each([[null], ["token"], [{ token: async () => "x" }], [async () => "x"]])(
    "is refused where it is no token source",
    async (auth) => {
      await expect(connect(target.url, { auth: auth as never })).rejects.toMatchObject(refused("auth"));
    },
  );

  test("goes with other headers", async () => {
    await using peer = await scriptedPeer((got) => (got.path === "/asap" ? taskAnswer(got) : undefined));
    await call(tokensInTurn("one"), { ...http, headers: { "X-Tenant": "a" } }, peer.url);
    expect(peer.to("/asap")[0]?.headers).toMatchObject({ authorization: "Bearer one", "x-tenant": "a" });
  });
});
