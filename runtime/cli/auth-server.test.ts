import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { asap, asapServe, type Serving } from "../testing/asap-command.js";
import { taskText } from "../testing/asap-request.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";

const agentClaim = "https://asap.ai/agent_id";
const echoAgent = "urn:asap:agent:echo-agent";

let issuer: TestIssuer;
let agent: Serving | undefined;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterEach(async () => {
  expect(await agent?.stop()).toBe(agent && 0);
  agent = undefined;
  issuer.intercept = undefined;
});
afterAll(() => issuer.close());

const guard = () => ["--issuer", issuer.issuer, "--audience", testAudience];

async function serve(flags: readonly string[], env: Record<string, string> = {}): Promise<Serving> {
  agent = await asapServe(["--rate-limit", "off", ...flags], env);
  return agent;
}

async function post({ url }: Serving, token?: string): Promise<{ status: number; body: string }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/asap`, { method: "POST", headers, body: taskText() });
  return { status: response.status, body: await response.text() };
}

const bound = (more: Record<string, unknown> = {}) => issuer.mint({ [agentClaim]: echoAgent, ...more });

describe("asap serve --issuer", () => {
  test("takes tokens of the issuer for the audience, and no others", async () => {
    const served = await serve([...guard(), "--allow-loopback"]);
    expect(await post(served)).toEqual({ status: 401, body: '{"detail":"Authentication required"}' });
    expect(await post(served, "none")).toEqual({ status: 401, body: '{"detail":"Invalid authentication token"}' });
    expect((await post(served, await bound())).status).toBe(200);
    expect((await post(served, await bound({ aud: "https://other.example" }))).status).toBe(401);
    expect(await post(served, await bound({ scope: "asap:read" }))).toEqual({
      status: 403,
      body: '{"detail":"Insufficient scope"}',
    });
    expect((await post(served, await issuer.mint())).status).toBe(403);
  });

  test("tells in one line of the log what guards it, and in its manifest", async () => {
    const served = await serve([...guard(), "--audience", "https://two.example", "--allow-loopback"]);
    expect(served.out()).toMatch(/^listening on \S+\n$/);
    expect(served.err().trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^\S+ info asap\.auth\.guarded agent_id=urn:asap:agent:echo-agent issuer=http:\/\/127\.0\.0\.1:\d+ audience=\["https:\/\/agent\.example","https:\/\/two\.example"\] scope=asap:execute$/,
      ),
    ]);
    const { out } = await asap(["discover", served.url]);
    expect(JSON.parse(out).auth).toEqual({
      schemes: ["bearer"],
      oauth2: {
        issuer: issuer.issuer,
        audience: [testAudience, "https://two.example"],
        scopes: ["asap:execute"],
      },
    });
    expect((await post(served, await bound({ aud: "https://two.example" }))).status).toBe(200);
  });

  test.each([
    ["another issuer", { iss: "https://other.example" }, '401 reason="claim iss"'],
    ["another audience", { aud: "https://other.example" }, '401 reason="claim aud"'],
    ["a token that has ended", { exp: 1 }, "401 reason=expired"],
    ["a clock that is ahead", { iat: 9_999_999_999 }, '401 reason="claim iat"'],
    ["too little scope", { scope: "a b" }, '403 [^\\n]*required_scope=asap:execute scopes=\\["a","b"\\]'],
    ["another agent", { [agentClaim]: "urn:asap:agent:other" }, "403 [^\\n]*detail=.Identity mismatch: custom claim"],
    ["no agent", { [agentClaim]: undefined }, "403 [^\\n]*detail=.Identity mismatch: the token names no agent"],
    [
      "another sender",
      { sub: "urn:asap:agent:other" },
      "403 reason=asap:auth/sender_mismatch sender=\\S+ expected=\\S+other",
    ],
  ])("says in its log why it refuses %s", async (_, claims, words) => {
    const served = await serve([...guard(), "--allow-loopback"]);
    await post(served, await bound(claims));
    expect(served.err()).toMatch(new RegExp(`^\\S+ info asap\\.auth\\.refused status=${words}`, "m"));
    expect(served.err()).not.toContain("eyJ");
  });

  test("says in its log that a token is opaque", async () => {
    const served = await serve([...guard(), "--allow-loopback"]);
    await post(served, "none");
    expect(served.err()).toMatch(/asap\.auth\.refused status=401 reason=opaque$/m);
  });

  test("asks for another scope with --required-scope", async () => {
    const served = await serve([...guard(), "--required-scope", "echo:run", "--allow-loopback"]);
    expect((await post(served, await bound())).status).toBe(403);
    expect((await post(served, await bound({ scope: "echo:run" }))).status).toBe(200);
  });

  test("fetches no metadata with --jwks-uri", async () => {
    const asked = () => issuer.asked.get("/.well-known/openid-configuration") ?? 0;
    const before = asked();
    const served = await serve([...guard(), "--jwks-uri", issuer.jwksUri, "--allow-loopback"]);
    expect((await post(served, await bound())).status).toBe(200);
    expect(asked()).toBe(before);
  });

  test("compares the issuer as text", async () => {
    const served = await serve([
      ...["--issuer", `${issuer.issuer}/`, "--audience", testAudience],
      ...["--jwks-uri", issuer.jwksUri, "--allow-loopback"],
    ]);
    expect((await post(served, await bound())).status).toBe(401);
    expect((await post(served, await bound({ iss: `${issuer.issuer}/` }))).status).toBe(200);
  });

  test("asks nobody on this host without --allow-loopback", async () => {
    const before = [...issuer.asked.values()];
    const served = await serve(guard());
    expect(await post(served, await bound())).toEqual({
      status: 503,
      body: '{"detail":"Authentication service unavailable"}',
    });
    expect([...issuer.asked.values()]).toEqual(before);
    expect(served.err()).toMatch(/^\S+ warn asap\.auth\.not_asked [^\n]*--allow-loopback/m);
    expect(served.err()).toMatch(
      /^\S+ warn asap\.auth\.unavailable [^\n]*at http:\/\/127\.0\.0\.1:[^\n]*it is loopback/m,
    );
  });

  test("listens while the issuer is down, answers with 503, and works once it is there", async () => {
    const gone = await startTestIssuer();
    await gone.close();
    const served = await serve(["--issuer", gone.issuer, "--audience", testAudience, "--allow-loopback"]);
    expect((await post(served, await gone.mint({ [agentClaim]: echoAgent }))).status).toBe(503);
    expect((await post(served)).status).toBe(401);
    expect((await asap(["health", served.url])).code).toBe(0);
    const back = await startTestIssuer(gone.port);
    back.keys = gone.keys;
    const token = await back.mint({ [agentClaim]: echoAgent });
    await vi.waitFor(async () => expect((await post(served, token)).status).toBe(200), {
      timeout: 10_000,
      interval: 100,
    });
    await back.close();
  });

  test("takes tokens that name no agent with --lenient-identity, and warns of it", async () => {
    const served = await serve([...guard(), "--lenient-identity", "--allow-loopback"]);
    expect(served.err()).toMatch(/^\S+ warn asap\.auth\.lenient /m);
    expect((await post(served, await issuer.mint())).status).toBe(200);
    expect((await post(served, await issuer.mint({ [agentClaim]: "urn:asap:agent:other" }))).status).toBe(403);
  });

  test.each([
    ["ASAP_AUTH_CUSTOM_CLAIM", "https://acme.example/agent", { "https://acme.example/agent": echoAgent }],
    ["ASAP_AUTH_SUBJECT_MAP", JSON.stringify({ [echoAgent]: ["client-1"] }), {}],
  ])("takes %s from the environment", async (name, value, claims) => {
    const served = await serve([...guard(), "--allow-loopback"], { [name]: value });
    expect((await post(served, await issuer.mint(claims))).status).toBe(200);
    expect((await post(served, await issuer.mint({ sub: "client-2" }))).status).toBe(403);
  });

  test("binds tokens to the id of --agent-id", async () => {
    const served = await serve([...guard(), "--agent-id", "urn:asap:agent:acme:echo", "--allow-loopback"]);
    expect((await post(served, await bound())).status).toBe(403);
    expect((await post(served, await issuer.mint({ [agentClaim]: "urn:asap:agent:acme:echo" }))).status).toBe(200);
  });

  test("asks the issuer about opaque tokens, as a client whose secret is nowhere to be seen", async () => {
    const secret = "canary-introspection-secret";
    let asked = "";
    issuer.intercept = (request, response) => {
      if (request.url !== "/introspect") return false;
      asked = request.headers.authorization ?? "";
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ active: true, ...issuer.claims({ [agentClaim]: echoAgent }) }));
      return true;
    };
    const flags = ["--introspect-client-id", "agent", "--introspect-secret-env", "SECRET"];
    const url = ["--introspect-url", `${issuer.issuer}/introspect`, "--jwks-uri", issuer.jwksUri];
    const env = { SECRET: secret, ASAP_LOG_LEVEL: "debug" };
    const served = await serve([...guard(), ...flags, ...url, "--allow-loopback"], env);
    expect((await post(served, "opaque-canary")).status).toBe(200);
    expect(decodeURIComponent(atob(asked.replace("Basic ", "")))).toBe(`agent:${secret}`);
    expect(served.err()).toContain("introspects_as=agent");
    expect(served.out() + served.err()).not.toContain("canary");
  });
});

describe("asap serve, wrongly used", () => {
  const url = "https://login.example";
  test.each([
    [["--issuer", url], "--issuer is given without --audience"],
    [["--audience", "a"], "--audience is given without --issuer"],
    [["--jwks-uri", `${url}/jwks`], "--jwks-uri is given without --issuer"],
    [["--required-scope", "a"], "--required-scope is given without --issuer"],
    [["--lenient-identity"], "--lenient-identity is given without --issuer"],
    [
      ["--introspect-client-id", "a", "--introspect-secret-env", "B"],
      "--introspect-client-id is given without --issuer",
    ],
    [
      ["--issuer", url, "--audience", "a", "--introspect-client-id", "a"],
      "--introspect-client-id is given without --introspect-secret-env",
    ],
    [
      ["--issuer", url, "--audience", "a", "--introspect-client-id", "a", "--introspect-secret-env", "NONE"],
      "NONE, which --introspect-secret-env names, is not set",
    ],
    [
      [
        ...["--issuer", url, "--audience", "a", "--jwks-uri", `${url}/jwks`],
        ...["--introspect-client-id", "a", "--introspect-secret-env", "B"],
      ],
      "--introspect-client-id is given without --introspect-url",
    ],
    [["--issuer", "login", "--audience", "a"], "--issuer must be an absolute http or https URL"],
    [["--issuer", url, "--audience", ""], "--audience must be a text"],
    [["--issuer", "http://login.example", "--audience", "a"], "http://login.example/ is plain http to another host"],
    [["--issuer", url, "--audience", "a", "--jwks-uri", "http://login.example/keys"], "which takes --allow-insecure"],
    [["--issuer", url, "--audience", "a", "--jwks-uri", "keys"], "--jwks-uri must be an absolute"],
  ])("%j is answered with 64 and one line that names the flag", async (flags, named) => {
    const { code, out, err } = await asap(["serve", "--port", "0", ...flags]);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(usage\)\n$/);
    expect(err).toContain(named);
  });

  test("what is given in place of the name of a variable is not repeated", async () => {
    const guarded = ["--issuer", url, "--audience", "a", "--introspect-client-id", "a"];
    const { code, err } = await asap(["serve", ...guarded, "--introspect-secret-env", "canary/secret"]);
    expect(code).toBe(64);
    expect(err).toContain("--introspect-secret-env takes the name of an environment variable");
    expect(err).not.toContain("canary");
  });
});
