import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { asap, asapServe, type CommandEnd, type Serving } from "../testing/asap-command.js";
import {
  jwtResource,
  type OidcProvider,
  plainClient,
  secretClient,
  startOidcProvider,
} from "../testing/oidc-provider.js";

const echoAgent = "urn:asap:agent:echo-agent";
const env = { SECRET: secretClient.clientSecret, OTHER: plainClient.clientSecret };

let provider: OidcProvider;
let agent: Serving;
beforeAll(async () => {
  provider = await startOidcProvider({ agentId: echoAgent });
  const guard = ["--issuer", provider.issuer, "--audience", jwtResource, "--allow-loopback"];
  agent = await asapServe(["--rate-limit", "off", ...guard], { ASAP_LOG_LEVEL: "debug" });
});
afterEach(() => {
  provider.intercept = undefined;
});
afterAll(async () => {
  expect(await agent.stop()).toBe(0);
  expect(agent.out() + agent.err()).not.toMatch(/canary|eyJ/);
  await provider.close();
});

const webSocket = () => `${agent.url.replace("http", "ws")}/asap/ws`;
const client = () => [
  ...["--issuer", provider.issuer, "--client-id", secretClient.clientId, "--client-secret-env", "SECRET"],
];

/** Runs `asap call` and holds what it wrote against secrets and tokens. */
async function call(flags: readonly string[], url = agent.url, more: Record<string, string> = {}): Promise<CommandEnd> {
  const end = await asap(["call", url, "echo", '{"n":1}', ...flags], { env: { ...env, ...more } });
  expect(end.out + end.err).not.toMatch(/canary|eyJ/);
  return end;
}

const echoed = { code: 0, out: '{\n  "echoed": {\n    "n": 1\n  }\n}\n', err: "" };

/** A token as `asap token --raw` gives it. */
async function token(...flags: string[]): Promise<string> {
  const { code, out } = await asap(["token", ...client(), ...flags, "--raw"], { env });
  expect(code).toBe(0);
  return out.trim();
}

describe("asap call of an agent that takes access tokens", () => {
  test.each([
    ["http", () => agent.url, []],
    ["ws", webSocket, []],
    ["http, updates and all", () => agent.url, ["--stream"]],
    ["ws, updates and all", webSocket, ["--stream"]],
  ])("gets a token by client credentials and brings it along over %s", async (_, url, flags) => {
    expect(await call([...client(), "--scope", "asap:execute", ...flags], url())).toEqual(echoed);
  });

  test("asks for one token, however many requests it sends", async () => {
    const before = provider.tokenRequests();
    expect(await call([...client(), "--scope", "asap:execute"])).toEqual(echoed);
    expect(provider.tokenRequests()).toBe(before + 1);
  });

  test("speaks as the client where its id is that of an agent, unless --sender says otherwise", async () => {
    const { code, out } = await call([...client(), "--scope", "asap:execute", "--json"]);
    expect([code, JSON.parse(out).recipient]).toEqual([0, secretClient.clientId]);
    const other = await call([...client(), "--scope", "asap:execute", "--sender", "urn:asap:agent:other"]);
    expect([other.code, other.out]).toEqual([1, ""]);
    expect(other.err).toMatch(/^asap: [^\n]*Sender does not match authenticated identity\. See asap token [^\n]*\n$/);
  });

  test("speaks as ever where the id of the client is none of an agent", async () => {
    const flags = ["--issuer", provider.issuer, "--client-id", plainClient.clientId, "--client-secret-env", "OTHER"];
    const { code, out } = await call([...flags, "--scope", "asap:execute", "--json"]);
    expect([code, JSON.parse(out).recipient]).toEqual([0, "urn:asap:agent:client"]);
  });

  test("takes a token from the variable of --token-env, with or without Bearer before it", async () => {
    const given = await token("--scope", "asap:execute");
    expect(await call(["--token-env", "TOKEN"], agent.url, { TOKEN: given })).toEqual(echoed);
    expect(await call(["--token-env", "TOKEN"], webSocket(), { TOKEN: `Bearer ${given}` })).toEqual(echoed);
  });

  test.each([
    ["http", () => agent.url],
    ["ws", webSocket],
  ])("without a token ends with 1 and one line that says what to give, over %s", async (_, url) => {
    const { code, out, err } = await call([], url());
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^asap: The peer [^\n]*HTTP status 401[^\n]*\. Give --client-id with --issuer, --login with --issuer, or --token-env\. \(asap:transport\/http_status\)\n$/,
    );
  });

  test("with a token that is not taken ends with 1 and says so, and where to look", async () => {
    const { code, out, err } = await call(["--token-env", "TOKEN"], agent.url, { TOKEN: "none" });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      "asap: The peer answered with HTTP status 401: Invalid authentication token. See asap token for what the token says, and the agent's log for why it is refused. (asap:transport/http_status)\n",
    );
  });

  test("with too little scope ends with 1 and says so", async () => {
    const { code, err } = await call([...client(), "--scope", "asap:read"]);
    expect([code, err]).toEqual([1, expect.stringContaining("HTTP status 403: Insufficient scope. See asap token")]);
  });

  test("asks nobody whom the agent names: without --issuer nothing is sent", async () => {
    const before = [...provider.asked.values()];
    const { code, err } = await call(["--client-id", secretClient.clientId, "--client-secret-env", "SECRET"]);
    expect([code, err]).toEqual([64, "asap: --client-id is given without --issuer or --token-url (usage)\n"]);
    expect([...provider.asked.values()]).toEqual(before);
  });

  test("sends nothing to the agent where the issuer gives no token", async () => {
    const before = agent.err();
    const flags = ["--issuer", provider.issuer, "--client-id", secretClient.clientId, "--client-secret-env", "OTHER"];
    const { code, out, err } = await call(flags);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^asap: [^\n]+ invalid_client[^\n]* \(asap:auth\/token_request_failed\)\n$/);
    expect(agent.err()).toBe(before);
  });

  test("ends with 2 where the issuer is not reached", async () => {
    const flags = ["--issuer", "http://127.0.0.1:1", "--client-id", "me", "--client-secret-env", "SECRET"];
    const { code, out, err } = await call(flags);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(
      /^asap: The identity provider [^\n]*http:\/\/127\.0\.0\.1:1[^\n]+ \(asap:auth\/unavailable\)\n$/,
    );
  });

  test("leaves manifest and health open", async () => {
    expect((await asap(["discover", agent.url])).code).toBe(0);
    expect((await asap(["health", agent.url])).code).toBe(0);
  });
});

describe("asap call, wrongly used", () => {
  const url = "https://login.example";
  test.each([
    [["--token-env", "TOKEN", "--login", "--issuer", url], "--token-env and --login do not go together"],
    [["--token-env", "TOKEN", "--client-id", "a"], "--token-env and --client-id do not go together"],
    [["--token-env", "TOKEN", "--header", "Authorization: x"], "--token-env and --header authorization do not"],
    [["--client-id", "a", "--header", "AUTHORIZATION: x"], "--header authorization and --client-id do not"],
    [["--token-env", "NONE"], "NONE, which --token-env names, is not set"],
    [["--token-env", "canary.token"], "--token-env takes the name of an environment variable"],
    [["--token-env", "BROKEN"], "there is no token in what was given"],
    [["--scope", "a"], "--scope is given without --client-id or --login"],
    [["--client-secret-env", "SECRET"], "--client-secret-env is given without --client-id or --login"],
    [["--issuer", url, "--client-id", "a"], "--client-id is given without --client-secret-env or --private-key"],
  ])("%j is answered with 64 and one line that names the flag", async (flags, named) => {
    const { code, out, err } = await call(flags, "http://127.0.0.1:1", { TOKEN: "canary", BROKEN: "ca\nnary" });
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(usage\)\n$/);
    expect(err).toContain(named);
  });
});
