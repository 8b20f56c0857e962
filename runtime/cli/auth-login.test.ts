import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asap, asapServe, type CommandEnd } from "../testing/asap-command.js";
import { memoryIo } from "../testing/memory-io.js";
import { jwtResource, type OidcProvider, publicClientId, startOidcProvider } from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { run } from "./run.js";

const echoAgent = "urn:asap:agent:echo-agent";

let provider: OidcProvider;
let folder = "";
let env: Record<string, string> = {};
beforeAll(async () => {
  provider = await startOidcProvider({ agentId: echoAgent });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-login-"));
  env = { ASAP_TOKEN_STORE: join(folder, "tokens.json"), PATH: folder };
  provider.login = "accept";
  provider.intercept = undefined;
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});
afterAll(() => provider.close());

/** Every token the store holds. */
async function storedTokens(): Promise<string[]> {
  const text = await readFile(env["ASAP_TOKEN_STORE"] ?? "", "utf8").catch(() => "");
  return [...text.matchAll(/"(?:access|refresh)Token": "([^"]+)"/g)].map(([, token]) => token ?? "");
}

/** Holds what a command wrote against every token in the store, but for one that was asked for. */
async function kept(end: CommandEnd): Promise<CommandEnd> {
  for (const token of await storedTokens()) expect(end.out + end.err).not.toContain(token);
  expect(end.out + end.err).not.toMatch(/eyJ[\w-]*\./);
  return end;
}

const command = async (...argv: string[]) => kept(await asap(argv, { env, cwd: folder }));

interface Visit extends CommandEnd {
  readonly page: string;
  readonly url: string;
}

/**
 * Runs `asap auth login`.
 *
 * @param visit what is done with the address that is printed; a user agent opens it where this is left out
 */
async function logIn(flags: readonly string[], visit?: (url: string, stop: () => void) => unknown): Promise<Visit> {
  const io = memoryIo({ env, cwd: folder });
  const open = visit ?? (async (url: string) => (await userAgent().open(url)).body);
  let url = "";
  let page: unknown;
  const log = (text: string) => {
    io.log(text);
    url ||= /^Log in at this address: (\S+)$/.exec(text)?.[1] ?? "";
    if (url !== "") page ??= open(url, () => io.stop());
  };
  const code = await run(["auth", "login", ...flags], { ...io, log });
  const end = await kept({ code, out: io.out(), err: io.err() });
  return { ...end, url, page: String((await page) ?? "") };
}

const client = (scope = "openid asap:execute"): string[] => [
  ...["--issuer", provider.issuer, "--client-id", publicClientId, "--resource", jwtResource, "--scope", scope],
];
const headless = (...more: string[]): string[] => [...client(), "--no-browser", ...more];

describe("asap auth login", () => {
  test("logs in by code and PKCE, and keeps the tokens for the owner of the file alone", async () => {
    const { code, out, err, page, url } = await logIn(headless());
    expect([code, page]).toEqual([0, "You are logged in. This page can be closed.\n"]);
    expect(out).toMatch(
      /^logged in at http:\/\/127\.0\.0\.1:\d+ as public-client; scopes [^;]*asap:execute[^;]*; resource https:\/\/agent\.example; expires in \d+ s; renewed when needed\n$/,
    );
    expect(err).toBe(`Log in at this address: ${url}\n`);
    const { searchParams } = new URL(url);
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect(searchParams.get("redirect_uri")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(await storedTokens()).toHaveLength(2);
    const { mode } = await stat(join(folder, "tokens.json"));
    expect(process.platform === "win32" || (mode & 0o777) === 0o600).toBe(true);
  });

  test("prints one JSON object with --json", async () => {
    const { code, out } = await logIn([...headless(), "--json"]);
    expect([code, out.trim().split("\n").length]).toEqual([0, 1]);
    expect(JSON.parse(out)).toMatchObject({
      ...{ issuer: provider.issuer, client_id: publicClientId, audience: null, resources: [jwtResource] },
      renewable: true,
    });
  });

  test("lets asap call and asap token use and renew the tokens, which asap auth status tells of", async () => {
    const guard = ["--issuer", provider.issuer, "--audience", jwtResource, "--allow-loopback"];
    const agent = await asapServe(["--rate-limit", "off", ...guard]);
    await logIn(headless());
    const login = ["--login", "--issuer", provider.issuer];
    const called = await command("call", agent.url, "echo", '{"n":1}', ...login);
    expect(called).toMatchObject({ code: 0, err: "", out: expect.stringContaining('"n": 1') });
    expect(await agent.stop()).toBe(0);
    expect(agent.err()).not.toMatch(/eyJ[\w-]*\./);
    const before = await storedTokens();
    expect(JSON.parse((await command("token", ...login, "--json")).out)).toMatchObject({
      claims: { sub: "user-1", client_id: publicClientId, aud: jwtResource },
    });
    expect(await storedTokens()).toEqual(before);

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 700_000 });
    expect((await command("auth", "status")).out).toMatch(/; expired \d+ s ago; renewed when needed\n$/);
    expect((await command("token", ...login)).code).toBe(0);
    const after = await storedTokens();
    expect(after.filter((token) => before.includes(token))).toEqual([]);
    expect((await command("auth", "status")).out).toMatch(/; expires in \d+ s; /);
    const raw = await asap(["token", ...login, "--raw"], { env });
    expect(after).toContain(raw.out.trim());
  });

  test.skipIf(process.platform !== "linux")(
    "opens the address in a browser, and tells where it could not",
    async () => {
      await writeFile(join(folder, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > "${folder}/opened"\n`);
      await chmod(join(folder, "xdg-open"), 0o755);
      const opened = () => readFile(join(folder, "opened"), "utf8");
      const { code, err } = await logIn(client(), async (url) => {
        await vi.waitFor(async () => expect(await opened()).toBe(url), { timeout: 5_000 });
        return userAgent().open(await opened());
      });
      expect([code, err.trim().split("\n").length]).toEqual([0, 1]);
      await rm(join(folder, "xdg-open"));
      const without = await logIn(client());
      expect([without.code, without.err.split("\n")[1]]).toEqual([
        0,
        "No browser was opened: open the address in one.",
      ]);
    },
  );

  test("ends with 1 where the issuer refuses, and keeps nothing", async () => {
    provider.login = "deny";
    const { code, out, err, page } = await logIn(headless());
    expect([code, out, page]).toEqual([1, "", "The login failed. This page can be closed.\n"]);
    expect(err.split("\n")[1]).toMatch(/^asap: The login at \S+ failed: No\.+ \(asap:auth\/login_failed\)$/);
    expect(await storedTokens()).toEqual([]);
  });

  test("ends with 1 where nobody logs in in time", async () => {
    const { code, out, err } = await logIn(headless("--timeout", "0.2"), () => "");
    expect([code, out]).toEqual([1, ""]);
    expect(err.split("\n")[1]).toContain("nobody logged in in time");
  });

  test("ends with 2 when it is stopped", async () => {
    const { code, out, err } = await logIn(headless(), (_, stop) => stop());
    expect([code, out]).toEqual([2, ""]);
    expect(err.split("\n")[1]).toMatch(/\(asap:transport\/aborted\)$/);
  });

  test("waits at --port, and ends with 1 where that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = String((server.address() as AddressInfo).port);
    const taken = await logIn(headless("--port", port));
    expect([taken.code, taken.out]).toEqual([1, ""]);
    expect(taken.err).toContain(`port ${port} of 127.0.0.1 cannot be used`);
    await new Promise((resolve) => server.close(resolve));
    const { code, url } = await logIn(headless("--port", port));
    expect([code, new URL(url).searchParams.get("redirect_uri")]).toEqual([0, `http://127.0.0.1:${port}/callback`]);
  });

  test("ends with 2 where the issuer is not reached", async () => {
    const { code, err } = await command("auth", "login", "--issuer", "http://127.0.0.1:1", "--client-id", "a");
    expect([code, err]).toEqual([2, expect.stringMatching(/^asap: [^\n]+ \(asap:auth\/unavailable\)\n$/)]);
  });

  test.skipIf(process.platform === "win32")("ends with 2 for a store that others can read", async () => {
    await writeFile(join(folder, "tokens.json"), "{}", { mode: 0o644 });
    const { code, err } = await logIn(headless());
    expect([code, err.split("\n")[1]]).toEqual([2, expect.stringMatching(/chmod 600[^\n]*token_store_failed\)$/)]);
    expect((await command("auth", "status")).code).toBe(2);
  });

  test.each([
    [["--client-id", "a"], "required option '--issuer <url>' not specified"],
    [["--issuer", "https://login.example"], "required option '--client-id <id>' not specified"],
    [["--issuer", "login", "--client-id", "a"], "--issuer is no absolute URL"],
    [["--issuer", "https://login.example", "--client-id", ""], "--client-id is empty"],
    [["--issuer", "https://login.example", "--client-id", "a", "--port", "x"], "--port"],
    [["--issuer", "https://login.example", "--client-id", "a", "--client-secret-env", "B"], "B, which"],
  ])("%j is answered with 64 and one line that names the flag", async (flags, named) => {
    const { code, out, err } = await command("auth", "login", ...flags);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \(usage\)\n$/);
    expect(err).toContain(named);
  });
});

describe("asap auth status", () => {
  test("ends with 1 where nobody is logged in", async () => {
    expect(await command("auth", "status")).toEqual({ code: 1, out: "nobody is logged in\n", err: "" });
    expect(await command("auth", "status", "--json")).toEqual({ code: 1, out: "[]\n", err: "" });
  });

  test("prints every login, or those at one issuer, and asks nobody", async () => {
    await logIn(headless());
    await logIn([...client("openid asap:read"), "--no-browser"]);
    const before = [...provider.asked.values()];
    const { code, out } = await command("auth", "status", "--json");
    const logins: { scopes: string[] }[] = JSON.parse(out);
    expect(code).toBe(0);
    expect(logins.map(({ scopes }) => scopes.filter((scope) => scope !== "openid"))).toEqual([
      ["asap:execute"],
      ["asap:read"],
    ]);
    expect((await command("auth", "status", "--issuer", "https://login.example")).code).toBe(1);
    expect([...provider.asked.values()]).toEqual(before);
  });

  test("looks in the folder for configuration where nothing names a file", async () => {
    await logIn([...headless(), "--store", "asap/tokens.json"]);
    const status = (more: Record<string, string>) => asap(["auth", "status"], { env: more, cwd: folder });
    expect((await status({ XDG_CONFIG_HOME: folder })).code).toBe(0);
    expect((await status({ HOME: folder })).code).toBe(1);
    expect((await status({ ASAP_TOKEN_STORE: "asap/tokens.json" })).code).toBe(0);
  });
});

describe("asap auth logout", () => {
  test("has the issuer forget the tokens, and forgets them", async () => {
    await logIn(headless());
    const [, refreshToken = ""] = await storedTokens();
    const out = `logged out at ${provider.issuer} as ${publicClientId}\n`;
    expect(await command("auth", "logout")).toEqual({ code: 0, out, err: "" });
    expect(await storedTokens()).toEqual([]);
    const body = new URLSearchParams({
      ...{ grant_type: "refresh_token", refresh_token: refreshToken, client_id: publicClientId },
    });
    const answer = await fetch(provider.tokenEndpoint, { method: "POST", body });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: "invalid_grant" })]);
    expect(await command("auth", "logout")).toEqual({ code: 1, out: "nobody is logged in\n", err: "" });
    const { code, err } = await command("token", "--login", "--issuer", provider.issuer);
    expect([code, err]).toEqual([1, expect.stringMatching(/^asap: Nobody is logged in[^\n]+login_failed\)\n$/)]);
  });

  test("forgets them also where the issuer is not reached, and ends with 2", async () => {
    await logIn(headless());
    provider.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const { code, out, err } = await command("auth", "logout");
    expect([code, out, err]).toEqual([2, "", expect.stringMatching(/^asap: [^\n]+ \(asap:auth\/unavailable\)\n$/)]);
    expect(await storedTokens()).toEqual([]);
  });

  test("goes on to the next login with --all where one issuer is not reached", async () => {
    const gone = await startOidcProvider();
    await logIn(headless().map((word) => (word === provider.issuer ? gone.issuer : word)));
    await logIn(headless());
    await gone.close();
    const { code, out, err } = await command("auth", "logout", "--all");
    expect([code, out]).toEqual([2, `logged out at ${provider.issuer} as ${publicClientId}\n`]);
    expect(err).toMatch(/^asap: [^\n]+ \(asap:auth\/unavailable\)\n$/);
    expect(await storedTokens()).toEqual([]);
  });

  test("and the use of a login need to know which one, where several fit", async () => {
    await logIn(headless());
    await logIn([...client("openid asap:read"), "--no-browser"]);
    const several = { code: 64, out: "", err: expect.stringContaining("2 logins fit; give --client-id or --scope") };
    expect(await command("auth", "logout")).toMatchObject(several);
    const token = ["token", "--json", "--login", "--issuer", provider.issuer];
    expect(await command(...token)).toMatchObject(several);
    const { code, out } = await command(...token, "--scope", "asap:read");
    expect([code, JSON.parse(out).scopes]).toEqual([0, ["asap:read"]]);
    expect((await command("auth", "logout", "--scope", "asap:read")).code).toBe(0);
    await logIn([...client("openid asap:read"), "--no-browser"]);
    expect((await command("auth", "logout", "--all")).out.trim().split("\n")).toHaveLength(2);
    expect((await command("auth", "status")).code).toBe(1);
  });
});
