// Serves our own agent from dist/ and judges it with the conformance suite, the way a user would: two commands.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const asap = join(fileURLToPath(new URL("..", import.meta.url)), "dist/runtime/cli/main.js");

const server = spawn(process.execPath, [asap, "serve", "--port", "0", "--rate-limit", "off"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise((resolve, reject) => {
  server.once("exit", (code) => reject(new Error(`asap serve ended with ${code} before it listened`)));
  createInterface({ input: server.stdout }).on("line", (line) => {
    const found = /^listening on (http:\S+)$/.exec(line);
    if (found) resolve(found[1]);
  });
});
const judge = spawnSync(process.execPath, [asap, "conformance", "server", url], { stdio: "inherit" });
server.removeAllListeners("exit");
const ended = new Promise((resolve) => server.once("exit", resolve));
server.kill("SIGTERM");
const code = await ended;
if (judge.status !== 0) fail(`asap conformance server ${url} ended with ${judge.status ?? judge.signal}`);
if (code !== 0) fail(`asap serve ended with ${code} on SIGTERM`);

function fail(message) {
  console.error(message);
  process.exit(1);
}
