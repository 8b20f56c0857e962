// Serves our own agent from dist/ and judges it with the conformance suite, the way a user would: two commands. The whole
// suite runs against agents that keep their tasks in memory, in SQLite and in PostgreSQL, each without authentication and
// behind OAuth 2.0 with tokens of the suite's own issuer; all of them post webhooks to the suite, and no MUST and no SHOULD
// may be broken; at the end each is asked to end, and judged by how it does. The cases on limits run against an agent that has a limit, and those on opaque tokens against one that asks
// the issuer about them.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";

const asap = fileURLToPath(new URL("../dist/runtime/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "asap-judge-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const postgres = new URL(process.env.ASAP_TEST_POSTGRES_URL ?? "postgres://postgres@127.0.0.1:5432/test");
const schema = `asap_judge_${randomUUID().replaceAll("-", "")}`;
const seen = [];

const storages = [
  ["memory", []],
  ["SQLite", ["--storage", `sqlite:${join(folder, "state.db")}`]],
];
if (process.env.ASAP_REQUIRE_SERVICES === "1" || (await answers(postgres))) {
  const place = new URL(postgres);
  place.searchParams.set("schema", schema);
  storages.push(["PostgreSQL", ["--storage", place.href]]);
} else {
  console.log("PostgreSQL does not answer: the agent that keeps its tasks there is not judged");
}

const whole = ["--callback-host", "127.0.0.1", "--strict"];
const open = ["--rate-limit", "off", "--allow-loopback"];
try {
  for (const [name, storage] of storages) {
    await judge(`${name}, no authentication`, [...open, ...storage], whole, true);
    const { port, serve } = await guarded();
    await judge(`${name}, OAuth 2.0`, [...open, ...serve, ...storage], ["--issuer-port", port, ...whole], true);
  }
} finally {
  await dropSchema();
}
await judge("rate limit", [], ["--only", "limits", "--burst"]);
const { port, serve } = await guarded("introspection");
await judge("introspection", [...open, ...serve], ["--issuer-port", port, "--strict", "--only", "auth"]);

for (const { name, counts, durationMs } of seen) {
  const { pass, notApplicable, planned } = counts;
  const told = `${pass} of ${planned} pass, ${notApplicable} do not apply`;
  console.log(`${name.padEnd(30)} ${told}, ${(durationMs / 1000).toFixed(1)} s`);
}

/** An issuer of the suite at a free port, and the words that have an agent trust it. */
async function guarded(way = "keys") {
  const port = String(await freePort());
  const issuer = `http://127.0.0.1:${port}`;
  const how =
    way === "keys"
      ? ["--jwks-uri", `${issuer}/jwks`]
      : ["--introspect-client-id", "agent", "--introspect-secret-env", "ASAP_JUDGE_SECRET"];
  return { port, serve: ["--issuer", issuer, "--audience", "https://agent.example", ...how] };
}

/** Serves an agent and has it judged; by how it ends too, where the suite is to end it. */
async function judge(name, serveWords, judgeWords, isEnded = false) {
  const server = spawn(process.execPath, [asap, "serve", "--port", "0", ...serveWords], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ASAP_JUDGE_SECRET: "of-no-account", ASAP_LOG_LEVEL: "error" },
  });
  const ended = once(server, "exit");
  const [line] = await Promise.race([once(createInterface({ input: server.stdout }), "line"), ended.then(() => [])]);
  if (line === undefined) fail(`asap serve ${serveWords.join(" ")} ended before it listened`);
  const url = line.replace("listening on ", "");
  const report = join(folder, "report.json");
  const stop = isEnded ? ["--stop-pid", String(server.pid)] : [];
  const words = ["conformance", "server", url, ...judgeWords, ...stop, "--report", `json=${report}`];
  console.log(`\n> ${name}`);
  const { status, signal } = spawnSync(process.execPath, [asap, ...words], { stdio: "inherit" });
  const judged = status === 0 ? JSON.parse(readFileSync(report, "utf8")) : { cases: [] };
  const isAsked = judged.cases.some(({ id, outcome }) => id === "websocket.shutdown" && outcome === "pass");
  if (!isAsked) server.kill("SIGTERM");
  const [code] = await ended;
  if (status !== 0) fail(`asap ${words.join(" ")} ended with ${status ?? signal}`);
  if (code !== 0) fail(`asap serve ended with ${code} on SIGTERM`);
  if (isAsked !== isEnded) fail(`asap ${words.join(" ")} ended the agent, or did not, against what it was asked for`);
  seen.push({ name, ...judged });
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

/** Whether something listens where a URL says. */
function answers({ hostname, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || 5432 });
    const told = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => told(true)).once("error", () => told(false));
  });
}

async function dropSchema() {
  if (storages.length < 3) return;
  const client = new pg.Client(postgres.href);
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.end();
}

function fail(message) {
  throw new Error(message);
}
