// Starts provider.js, server.js, client.js and login.js as processes, as a reader would in four terminals, and checks
// what they say. Then it asks with tokens that must not do, and has tokens renewed.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect, isAsapError } from "asap-kit";
import {
  type ClientCredentialsOptions,
  clientCredentials,
  fileTokens,
  refreshToken,
  type TokenSource,
} from "asap-kit/auth";
import { atAuth0, atEntra, atGoogle, atKeycloak } from "./providers.js";

const folder = await mkdtemp(join(tmpdir(), "asap-oauth2-"));
const tokens = join(folder, "tokens.json");
const programs: Program[] = [];
try {
  const provider = start("provider.js", { PORT: "0" });
  const issuer = (await provider.line()).replace("listening on ", "");
  const server = start("server.js", { PORT: "0", ISSUER: issuer });
  const url = (await server.line()).replace("listening on ", "");

  await hears(start("client.js", { ISSUER: issuer }, url), [
    "12 apples, says the agent to urn:asap:agent:desk over websocket",
  ]);
  const login = start("login.js", { ISSUER: issuer, TOKENS: tokens }, url);
  await browse((await login.line()).replace("open ", ""));
  await hears(login, ["12 apples, says the agent to ana"]);

  const shared = { issuer, resource: "https://agents.example", egress: { allowLoopback: true } };
  const desk = (more: Partial<ClientCredentialsOptions> = {}) =>
    clientCredentials({
      ...shared,
      clientId: "urn:asap:agent:desk",
      clientSecret: "a secret for the example",
      scope: "asap:execute",
      ...more,
    });

  for (const transport of ["http", "websocket"] as const) {
    const ask = async (auth?: TokenSource, sender = "urn:asap:agent:desk") => {
      await using peer = await connect(url, { transport, sender, ...(auth && { auth }) });
      return await peer.run("count", { item: "pears" });
    };
    assert.deepEqual(await ask(desk()), { count: 3, asked_by: "urn:asap:agent:desk" });
    console.log(`${transport}: a token that holds is taken`);
    const refused = async (what: string, status: number, asking: Promise<unknown>) => {
      assert.equal(await statusOf(asking), status, what);
      console.log(`${transport}: ${what} is refused with ${status}`);
    };
    await refused("no token", 401, ask());
    await refused("a token for another audience", 401, ask(desk({ resource: "https://bills.example" })));
    await refused("a token without the scope", 403, ask(desk({ scope: "asap:read" })));
    await refused("a token for another agent", 403, ask(desk({ clientId: "urn:asap:agent:clerk" })));
    await refused("another sender than the token names", 403, ask(desk(), "urn:asap:agent:somebody"));
  }

  let ahead = 0;
  const now = () => Date.now() + ahead;
  const auth = desk({ now });
  const first = await auth.token();
  ahead = 565_000;
  assert.equal(await auth.token(), first, "a token of 600 seconds is kept while 35 are left");
  ahead = 575_000;
  const second = await auth.token();
  assert.notEqual(second, first, "it is renewed when 25 are left");
  auth.refused(second);
  assert.notEqual(await auth.token(), second, "a token that a peer refused is not given again");
  console.log("a token is renewed before its end, and when it was refused");

  const ana = refreshToken({
    ...shared,
    clientId: "stock-app",
    scope: "openid offline_access asap:execute",
    store: fileTokens(tokens),
    now,
  });
  await using peer = await connect(url, { auth: ana });
  assert.deepEqual(await peer.run("count", { item: "plums" }), { count: 0, asked_by: "ana" });
  console.log("whoever logged in is known to the next program, by a refresh token");

  for (const { source } of [atAuth0(), atKeycloak(), atEntra(), atGoogle()]) assert(source.token);
  console.log("options for Auth0, Keycloak, Entra ID and Google are taken");
} finally {
  for (const program of programs.reverse()) await program.stop();
  await rm(folder, { recursive: true });
}

/** A program that was started. */
interface Program {
  readonly name: string;
  /** The next line it prints. */
  line(): Promise<string>;
  /** Waits until it ends by itself, and gives the lines it printed until then. */
  rest(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

function start(name: string, env: Readonly<Record<string, string>>, ...words: readonly string[]): Program {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [file, ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  assert(child.stdout && child.stderr);
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += String(text);
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const next = await lines.next();
    assert(next.done !== true, `${name} ended too soon\n${complaints}`);
    return next.value;
  };
  const program: Program = {
    name,
    line,
    async rest() {
      const said: string[] = [];
      for await (const text of lines) said.push(text);
      assert.deepEqual(await ended, [0, null], `${name} ends well\n${complaints}`);
      return said;
    },
    async stop() {
      child.kill("SIGTERM");
      assert.deepEqual(await ended, [0, null], `${name} ends by itself when it is asked to\n${complaints}`);
    },
  };
  programs.push(program);
  return program;
}

async function hears(program: Program, expected: readonly string[]): Promise<void> {
  const said = await program.rest();
  for (const text of said) console.log(`${program.name}: ${text}`);
  assert.deepEqual(said, expected);
}

/** HTTP status that a call was refused with, or that stands in the error the agent answered. */
async function statusOf(asking: Promise<unknown>): Promise<unknown> {
  const error: unknown = await asking.then(() => undefined).catch((cause: unknown) => cause);
  assert(isAsapError(error), "the call is refused");
  const { status, data } = error.data as { status?: number; data?: { status_code?: number } };
  return status ?? data?.status_code;
}

/** Opens a URL as a browser does: with cookies, along redirects, until a page is shown. */
async function browse(first: string): Promise<void> {
  const cookies = new Map<string, string>();
  for (let next: URL | undefined = new URL(first), pages = 0; next !== undefined; pages += 1) {
    assert(pages < 20, "the redirects come to an end");
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer: Response = await fetch(next, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    next = location === null ? undefined : new URL(location, next);
    if (next === undefined) console.log(`browser: ${(await answer.text()).trim()}`);
  }
}
