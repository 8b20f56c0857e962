import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { jwtResource, secretClient, startOidcProvider } from "../testing/oidc-provider.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules/.cache");

let dist = "";
let main = "";
const running = new Set<ChildProcess>();

function compile(): void {
  mkdirSync(cache, { recursive: true });
  dist = mkdtempSync(join(cache, "asap-cli-"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const flags = [
    "-p",
    "tsconfig.build.json",
    "--outDir",
    dist,
    "--noEmitOnError",
    "false",
    "--sourceMap",
    "false",
    "--inlineSources",
    "false",
  ];
  spawnSync(process.execPath, [tsc, ...flags], { cwd: root });
  const validators = join(root, "generated/validators");
  for (const file of readdirSync(validators).filter((name) => name.endsWith(".js"))) {
    cpSync(join(validators, file), join(dist, "generated/validators", file));
  }
  const { imports }: { imports: object } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const here = JSON.stringify({ type: "module", imports }).replaceAll("./dist/", "./");
  writeFileSync(join(dist, "package.json"), here);
  main = join(dist, "runtime/cli/main.js");
}

beforeAll(compile, 60_000);
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

function asap(argv: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const { env, ...rest } = options;
  const result = spawnSync(process.execPath, [main, ...argv], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    ...rest,
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

interface Serving {
  readonly url: string;
  readonly output: () => string;
  readonly log: () => string;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

async function serve(...flags: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [main, "serve", "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const lines: string[] = [];
  const logged: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => logged.push(String(chunk)));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      resolve(/^listening on (\S+)$/.exec(line)?.[1] ?? "");
    });
    ended.then((code) => reject(new Error(`serve ended with ${code}: ${logged.join("")}`)));
  });
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { url, output: () => lines.join("\n"), log: () => logged.join(""), stop };
}

describe("the asap program", () => {
  test("prints help and version under plain node", () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(asap(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
    expect(asap(["--help"])).toMatchObject({ code: 0, err: "" });
  });

  test("begins with a line that runs it by node", () => {
    expect(readFileSync(main, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("answers wrong usage with 64 and one line on standard error", () => {
    expect(asap(["serve", "--prot", "1"])).toEqual({
      code: 64,
      out: "",
      err: "asap: unknown option '--prot'. Did you mean --port? (usage)\n",
    });
  });

  test.each([
    [["validate", "--tpye", "Envelope", "-"], "unknown option '--tpye'. Did you mean --type?"],
    [["registry", "find", "--skil", "a", "-"], "unknown option '--skil'. Did you mean --skill?"],
    [["validate", "-"], "required option '--type <type>' not specified"],
    [["registry", "find", "-"], "required option '--skill <skill>' not specified"],
    [["registry", "chek"], "unknown command 'chek'"],
  ])("names the flag at fault in asap %j", (argv, message) => {
    expect(asap(argv)).toMatchObject({ code: 64, out: "", err: expect.stringContaining(`asap: ${message}`) });
  });

  test.each([["registry"], ["conformance"], ["registry", "validate"], ["serve"]])(
    "shows examples and exit codes in the help of %s %s",
    (...words) => {
      const { code, out } = asap([...words, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`\nExamples:\n  $ asap ${words.join(" ")}`);
      expect(out).toMatch(/\nExit codes:\n {2}0 /);
      const last = words.at(-1) ?? "";
      expect(asap([...words.slice(0, -1), "help", last]).out).toBe(out);
    },
  );

  test.each(["SIGTERM", "SIGINT"] as const)(
    "serves until %s, finishes work under way and ends with 0",
    async (signal) => {
      const agent = await serve("--rate-limit", "off");
      expect(agent.output()).toBe(`listening on ${agent.url}`);
      expect(asap(["call", agent.url, "echo", '{"message":"hi"}', "--json"])).toMatchObject({ code: 0, err: "" });
      const child = spawn(process.execPath, [main, "call", agent.url, "slow", '{"steps":2,"ms":400}'], {
        stdio: "pipe",
      });
      running.add(child);
      const answered = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
      await untilActive(agent.url);
      const [code, callCode] = await Promise.all([agent.stop(signal), answered]);
      expect([code, callCode]).toEqual([0, 0]);
      expect(asap(["health", agent.url]).code).toBe(2);
      expect(agent.output()).toBe(`listening on ${agent.url}`);
    },
  );

  test("reads standard input through a pipe", () => {
    const lines = `${'{"status":"ok"}\n'.repeat(20_000)}{"status":1}\n`;
    const { code, out } = asap(["validate", "--type", "liveness", "--jsonl", "--json", "-"], { input: lines });
    expect(code).toBe(1);
    expect(out.split("\n").length - 1).toBe(20_001);
    expect(asap(["registry", "validate", "-"], { input: "[]" }).code).toBe(0);
  });

  test.skipIf(process.platform === "win32")("ends quietly when nobody reads its output any more", () => {
    const dir = mkdtempSync(join(tmpdir(), "asap-pipe-"));
    const script = `yes '{"status":"ok"}' | head -n 50000 | "${process.execPath}" "${main}" validate --type liveness --jsonl - | head -n 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", cwd: dir });
    rmSync(dir, { recursive: true });
    expect([stdout, stderr]).toEqual(["line 1: valid\n", ""]);
  });

  test("never colours what is not read by a terminal", () => {
    const { out } = asap(["registry", "validate", "-"], { input: "[1]", env: { FORCE_COLOR: "1" } });
    expect(out).not.toContain(String.fromCharCode(27));
  });

  test("finds the spec of its package from anywhere", () => {
    const dir = mkdtempSync(join(tmpdir(), "asap-anywhere-"));
    expect(asap(["generate"], { cwd: dir }).code).toBe(0);
    expect(existsSync(join(dir, "generated/protocol.ts"))).toBe(true);
    rmSync(dir, { recursive: true });
  });
});

async function untilActive(url: string): Promise<void> {
  for (;;) {
    const health: { load: { active_tasks: number } } = await (await fetch(`${url}/.well-known/asap/health`)).json();
    if (health.load.active_tasks > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("what the asap program loads before it knows the command", () => {
  test("is commander and the command table, nothing that is generated, compiled or judged", async () => {
    const { metafile } = await build({
      entryPoints: [join(root, "runtime/cli/main.ts")],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      packages: "external",
      write: false,
      metafile: true,
      outdir: dist,
      logLevel: "silent",
    });
    const entry = Object.keys(metafile.outputs).find((path) =>
      metafile.outputs[path]?.entryPoint?.endsWith("cli/main.ts"),
    );
    const files = new Set<string>();
    const packages = new Set<string>();
    const follow = (path: string): void => {
      const output = metafile.outputs[path];
      for (const input of Object.keys(output?.inputs ?? {})) files.add(input);
      for (const { kind, path: next, external } of output?.imports ?? []) {
        if (kind !== "import-statement") continue;
        if (external) packages.add(next);
        else follow(next);
      }
    };
    follow(entry ?? "");
    expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
    expect([...files].map((file) => dirname(file)).filter((folder) => !folder.endsWith("runtime/cli"))).toEqual([]);
  });
});

describe("asap serve --issuer and asap call --client-id", () => {
  const echoAgent = "urn:asap:agent:echo-agent";
  const env = { ...process.env, SECRET: secretClient.clientSecret };

  /** Runs a command while this process answers requests. */
  async function asapBeside(...argv: string[]) {
    const child = spawn(process.execPath, [main, ...argv], { env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  }

  test("work together with a real provider, and without a token call says in one line what to give", async () => {
    const provider = await startOidcProvider({ agentId: echoAgent });
    const agent = await serve("--issuer", provider.issuer, "--audience", jwtResource, "--allow-loopback");
    const client = ["--issuer", provider.issuer, "--client-id", secretClient.clientId, "--client-secret-env", "SECRET"];
    const question = ["call", agent.url, "echo", '{"message":"hi"}'];
    const called = await asapBeside(...question, ...client, "--scope", "asap:execute");
    expect(called).toEqual({ code: 0, out: '{\n  "echoed": {\n    "message": "hi"\n  }\n}\n', err: "" });
    const refused = await asapBeside(...question);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/^asap: [^\n]*HTTP status 401[^\n]* Give --client-id [^\n]*\n$/);
    const told = await asapBeside("token", ...client);
    expect([told.code, told.err]).toEqual([0, ""]);
    expect(await agent.stop("SIGTERM")).toBe(0);
    await provider.close();
    const all = [called, refused, told].map(({ out, err }) => out + err).join("") + agent.output() + agent.log();
    expect(all).not.toMatch(/canary|eyJ/);
  });
});

describe("asap serve", () => {
  test("without better-sqlite3, serve says in one line that tasks stay in memory, and serves", async () => {
    const encoded = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
    const absent = encoded(`export function resolve(name, context, next) {
      if (name === "better-sqlite3") throw Object.assign(new Error("absent"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    }`);
    const hook = encoded(`import { register } from "node:module"; register(${JSON.stringify(absent)});`);
    const child = spawn(process.execPath, ["--import", hook, main, "serve", "--port", "0"], {
      env: { ...process.env, ASAP_STORAGE_BACKEND: "sqlite" },
    });
    running.add(child);
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => resolve(line.replace("listening on ", "")));
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(err.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/better-sqlite3 .*tasks are kept in memory only \(npm install better-sqlite3\)$/),
    ]);
  });
});
