import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { asap, type CommandEnd } from "../testing/asap-command.js";
import type { MemoryIoOptions } from "../testing/memory-io.js";
import {
  agentClaim,
  jwtResource,
  type OidcProvider,
  opaqueResource,
  plainClient,
  secretClient,
  signingClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";

const env = { SECRET: secretClient.clientSecret, OTHER: plainClient.clientSecret };
const signatureOf = (token: string): string => token.split(".")[2] ?? "";

let provider: OidcProvider;
let issuer: TestIssuer;
let folder = "";
beforeAll(async () => {
  [provider, issuer] = await Promise.all([startOidcProvider(), startTestIssuer()]);
  folder = await mkdtemp(join(tmpdir(), "asap-token-"));
});
afterEach(() => {
  provider.intercept = undefined;
});
afterAll(async () => {
  await Promise.all([provider.close(), issuer.close(), rm(folder, { recursive: true })]);
});

const client = (...more: string[]): string[] => [
  ...["token", "--issuer", provider.issuer, "--client-id", secretClient.clientId, "--client-secret-env", "SECRET"],
  ...more,
];

/** Runs a command and holds what it wrote against every secret. */
async function kept(argv: readonly string[], options: MemoryIoOptions = {}): Promise<CommandEnd> {
  const end = await asap(argv, { cwd: folder, env, ...options });
  for (const secret of [...Object.values(env), provider.privateKey.jwk.d ?? "", "canary"]) {
    expect(end.out + end.err).not.toContain(secret);
  }
  return end;
}

describe("asap token gets a token", () => {
  test("by client credentials, and prints what it says for people, without the token", async () => {
    const { code, out, err } = await kept(client("--scope", "asap:execute asap:read"));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^token: JWT; given by the issuer, not verified\n/);
    expect(out).toMatch(/^scopes: asap:execute asap:read$/m);
    expect(out).toMatch(/^expires: \d{4}-\d\d-\d\dT\S+Z, in \d+ s$/m);
    expect(out).not.toMatch(/eyJ|[\w-]{40}\.[\w-]/);
  });

  test("and prints it as JSON, without the token", async () => {
    const { code, out } = await kept([...client("--scope", "asap:read"), "--json"]);
    const said = JSON.parse(out);
    expect([code, out.trim().split("\n").length]).toEqual([0, 1]);
    expect(said).toMatchObject({
      verified: false,
      kind: "jwt",
      header: { alg: "RS256", typ: "at+jwt" },
      claims: { iss: provider.issuer, aud: jwtResource, client_id: secretClient.clientId },
      scopes: ["asap:read"],
    });
    expect(said.claims[agentClaim]).toBe("urn:asap:agent:server");
    expect(Object.keys(said).sort()).toEqual([
      ...["claims", "expires_at", "expires_in", "header", "kind", "scopes", "verified"],
    ]);
  });

  test("and prints the token alone with --raw, which then decodes and verifies", async () => {
    const raw = await kept(client("--raw"));
    expect([raw.code, raw.err]).toEqual([0, ""]);
    expect(raw.out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const flags = ["token", "--decode", "-", "--issuer", provider.issuer, "--audience", jwtResource];
    const { code, out } = await kept(flags, { stdin: raw.out });
    expect(code).toBe(0);
    expect(out).toMatch(/^token: JWT; verified\n/);
    expect(out).not.toContain(signatureOf(raw.out.trim()));
  });

  test.each([
    ["JWK", () => JSON.stringify(provider.privateKey.jwk)],
    ["PEM", () => provider.privateKey.pem],
  ])("with a private key in a file, as %s", async (_, text) => {
    await writeFile(join(folder, "key"), text());
    const flags = ["token", "--issuer", provider.issuer, "--client-id", signingClientId, "--private-key", "key"];
    const { code, out, err } = await kept([...flags, "--json"]);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out).claims.client_id).toBe(signingClientId);
  });

  test("at --token-url, without metadata", async () => {
    const before = provider.asked.get("/.well-known/openid-configuration");
    const flags = ["token", "--token-url", provider.tokenEndpoint, "--client-id", plainClient.clientId];
    const { code, out } = await kept([...flags, "--client-secret-env", "OTHER", "--audience", jwtResource, "--json"]);
    expect([code, JSON.parse(out).claims.aud]).toEqual([0, jwtResource]);
    expect(provider.asked.get("/.well-known/openid-configuration")).toBe(before);
  });

  test("that is opaque, of which nothing is shown", async () => {
    const { code, out } = await kept(client("--resource", opaqueResource));
    expect([code, out]).toEqual([0, "token: opaque, only its issuer can read it; given by the issuer, not verified\n"]);
  });

  test("or tells why the issuer gave none, and ends with 1", async () => {
    const argv = client().map((word) => (word === "SECRET" ? "OTHER" : word));
    const { code, out, err } = await kept(argv);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^asap: The identity provider gave no token: invalid_client[^\n]* \(asap:auth\/token_req\w+\)\n$/,
    );
  });

  test("or ends with 2 where the issuer is not reached, or answers that it cannot", async () => {
    provider.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      response.writeHead(503).end("canary");
      return true;
    };
    expect(await kept(client())).toMatchObject({ code: 2, out: "", err: expect.stringContaining("status 503") });
    const argv = client().map((word) => (word === provider.issuer ? "http://127.0.0.1:1" : word));
    const { code, out, err } = await kept(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(asap:auth\/unavailable\)\n$/);
  });
});

describe("asap token reads a token", () => {
  const decode = (token: string, ...flags: string[]) =>
    kept(["token", "--decode-env", "TOKEN", ...flags], { env: { ...env, TOKEN: token } });
  const verify = (token: string) => decode(token, "--issuer", issuer.issuer, "--audience", testAudience);

  test("from a file, standard input or a variable, with or without Bearer before it", async () => {
    const token = await issuer.mint({ sub: "somebody" });
    await writeFile(join(folder, "token"), `Bearer ${token}\n`);
    const ends = [
      await kept(["token", "--decode", "token"]),
      await kept(["token", "--decode", "-"], { stdin: token }),
      await decode(token),
    ];
    for (const { code, out, err } of ends) {
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^token: JWT; not verified\n/);
      expect(out).toContain('"sub": "somebody"');
      expect(out).not.toContain(signatureOf(token));
    }
  });

  test("and verifies it with --issuer and --audience", async () => {
    const { code, out } = await verify(await issuer.mint());
    expect([code, out.split("\n")[0]]).toEqual([0, "token: JWT; verified"]);
  });

  test.each([
    ["expired", { exp: 1_000 }],
    ["claim aud", { aud: "https://other.example" }],
    ["claim iss", { iss: "https://other.example" }],
  ])("and ends with 1 where it does not hold: %s", async (fault, claims) => {
    const token = await issuer.mint(claims);
    const { code, out, err } = await verify(token);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^asap: The token does not hold: [^\n]+ \(asap:auth\/invalid_token\)\n$/);
    expect(err).toContain(fault);
    expect(err).not.toContain(token.split(".")[1]);
  });

  test("and ends with 1 where another key signed it", async () => {
    const other = await startTestIssuer();
    const token = await other.mint({ iss: issuer.issuer });
    await other.close();
    expect(await verify(token)).toMatchObject({ code: 1, out: "" });
  });

  test("and tells that it has expired, without judging it", async () => {
    const { code, out } = await decode(await issuer.mint({ exp: 1_000 }), "--json");
    expect([code, JSON.parse(out).expires_at]).toEqual([0, "1970-01-01T00:16:40.000Z"]);
    expect(JSON.parse(out).expires_in).toBeLessThan(0);
  });

  test("without what would move the cursor of a terminal", async () => {
    const { out } = await decode(await issuer.mint({ sub: "\u001b[2Jgone" }));
    expect(out).toContain("gone");
    expect(out).not.toContain("\u001b");
  });

  test("that is opaque: nothing of it is shown, and it cannot be verified here", async () => {
    expect(await decode("opaque-canary")).toMatchObject({ code: 0, out: expect.stringMatching(/^token: opaque/) });
    expect(await verify("opaque-canary")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("opaque") });
  });
});

describe("asap token, wrongly used", () => {
  const url = "https://login.example";
  const nobody = "http://127.0.0.1:1";
  test.each([
    [[], "give --client-id, --login, --decode or --decode-env"],
    [["--issuer", url], "--issuer is given without --client-id or --login"],
    [["--scope", "a"], "--scope is given without --client-id or --login"],
    [["--client-id", "a", "--client-secret-env", "SECRET"], "--client-id is given without --issuer or --token-url"],
    [["--issuer", url, "--client-id", "a"], "--client-id is given without --client-secret-env or --private-key"],
    [["--issuer", url, "--client-id", "a", "--client-secret-env", "NONE"], "NONE, which --client-secret-env names"],
    [["--issuer", url, "--client-id", "a", "--client-secret-env", "canary!"], "--client-secret-env takes the name"],
    [["--issuer", url, "--client-id", "a", "--private-key", "none"], "--private-key names no file that can be read"],
    [["--issuer", url, "--client-id", "a", "--private-key", '{"d":"canary"}'], "--private-key names no file"],
    [["--issuer", url, "--client-id", "a", "--private-key", "damaged"], "--private-key is neither a JWK nor PEM"],
    [
      ["--token-url", `${nobody}/token`, "--client-id", "a", "--private-key", "text"],
      "--private-key is no private key",
    ],
    [["--issuer", "login", "--client-id", "a", "--client-secret-env", "SECRET"], "--issuer is no absolute URL"],
    [["--issuer", url, "--client-id", "", "--client-secret-env", "SECRET"], "--client-id is empty"],
    [["--token-url", "x", "--client-id", "a", "--client-secret-env", "SECRET"], "--token-url is no absolute URL"],
    [["--store", "a", "--client-id", "a"], "--store is given without --login"],
    [["--login"], "--login is given without --issuer"],
    [["--decode", "-", "--decode-env", "A"], "--decode and --decode-env do not go together"],
    [["--decode", "-", "--raw"], "--decode and --raw do not go together"],
    [["--decode-env", "A", "--client-id", "a"], "--decode-env and --client-id do not go together"],
    [["--decode", "-", "--issuer", url], "--issuer is given without --audience"],
    [["--decode", "-", "--audience", "a"], "--audience is given without --issuer"],
    [["--decode", "-"], "there is no token in what was given"],
    [["--decode", "eyJh.canary.canary"], "--decode names no file that can be read"],
    [["--decode", `canary${"x".repeat(5_000)}`], "--decode names no file that can be read"],
    [["--decode", "https://login.example/token"], "--decode takes a file"],
    [["--decode", "-", "--scope", "a"], "--decode and --scope do not go together"],
    [["--decode-env", "eyJh.canary.canary"], "--decode-env takes the name"],
  ])("%j is answered with 64 and one line that names the flag", async (flags, named) => {
    await writeFile(join(folder, "damaged"), "{canary");
    await writeFile(join(folder, "text"), "canary");
    const { code, out, err } = await kept(["token", ...flags]);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(usage\)\n$/);
    expect(err).toContain(named);
  });

  test("plain http to an issuer elsewhere is refused before anything is sent", async () => {
    const { code, err } = await kept([
      ...["token", "--issuer", "http://login.example", "--client-id", "a", "--client-secret-env", "SECRET"],
    ]);
    expect([code, err]).toEqual([64, expect.stringMatching(/--allow-insecure. \(asap:transport\/insecure_url\)\n$/)]);
  });
});
