// Serves our own agent from dist/ and judges it with the conformance suite, the way a user would: two commands. The
// whole suite runs against an agent without a rate limit, and against one that keeps its tasks in SQLite; the cases on
// limits run against one that has a limit. An agent behind OAuth 2.0 is judged with tokens of the suite's own issuer:
// once told where the keys are, once finding them and asking about opaque tokens. Webhooks are posted to the suite, by the
// agent without a limit, by the one that keeps its tasks and by one behind OAuth 2.0.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const asap = fileURLToPath(new URL("../dist/runtime/cli/main.js", import.meta.url));

await judge(["--rate-limit", "off", "--allow-loopback"], ["--callback-host", "127.0.0.1", "--strict"]);
await judge([], ["--only", "limits", "--burst"]);

const folder = mkdtempSync(join(tmpdir(), "asap-judge-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
await judge(
  ["--rate-limit", "off", "--allow-loopback", "--storage", `sqlite:${join(folder, "state.db")}`],
  ["--callback-host", "127.0.0.1", "--strict"],
);

const port = await freePort();
const issuer = `http://127.0.0.1:${port}`;
const guarded = ["--issuer", issuer, "--audience", "https://agent.example", "--allow-loopback"];
await judge(
  ["--rate-limit", "off", ...guarded, "--jwks-uri", `${issuer}/jwks`],
  ["--issuer-port", String(port), "--callback-host", "127.0.0.1", "--strict"],
);
await judge(
  [
    "--rate-limit",
    "off",
    ...guarded,
    "--introspect-client-id",
    "agent",
    "--introspect-secret-env",
    "ASAP_JUDGE_SECRET",
  ],
  ["--issuer-port", String(port), "--strict", "--only", "auth"],
);

async function judge(serveWords, judgeWords) {
  const server = spawn(process.execPath, [asap, "serve", "--port", "0", ...serveWords], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ASAP_JUDGE_SECRET: "of-no-account", ASAP_LOG_LEVEL: "error" },
  });
  const ended = once(server, "exit");
  const [line] = await Promise.race([once(createInterface({ input: server.stdout }), "line"), ended.then(() => [])]);
  if (line === undefined) fail(`asap serve ${serveWords.join(" ")} ended before it listened`);
  const url = line.replace("listening on ", "");
  const words = ["conformance", "server", url, ...judgeWords];
  const { status, signal } = spawnSync(process.execPath, [asap, ...words], { stdio: "inherit" });
  server.kill("SIGTERM");
  const [code] = await ended;
  if (status !== 0) fail(`asap ${words.join(" ")} ended with ${status ?? signal}`);
  if (code !== 0) fail(`asap serve ended with ${code} on SIGTERM`);
}

/** A port that nobody listens on, below those that systems hand out by themselves. */
async function freePort() {
  for (let candidate = 20_000 + (process.pid % 10_000); ; candidate += 1) {
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(candidate, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return candidate;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
