// Serves our own agent from dist/ and judges it with the conformance suite, the way a user would: two commands. The
// whole suite runs against an agent without a rate limit, the cases on limits against one that has it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const asap = fileURLToPath(new URL("../dist/runtime/cli/main.js", import.meta.url));

await judge(["--rate-limit", "off"], []);
await judge([], ["--only", "limits", "--burst"]);

async function judge(serveWords, judgeWords) {
  const server = spawn(process.execPath, [asap, "serve", "--port", "0", ...serveWords], {
    stdio: ["ignore", "pipe", "inherit"],
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

function fail(message) {
  console.error(message);
  process.exit(1);
}
