// Starts server.js and client.js as two processes, as a reader would in two terminals, and checks what they say.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const server = spawn(process.execPath, [program("server.js")], {
  env: { ...process.env, PORT: "0" },
  stdio: ["ignore", "pipe", "inherit"],
});
const said: string[] = [];
const lines = createInterface({ input: server.stdout }).on("line", (line) => said.push(line));
const closed = once(lines, "close");
try {
  const [line] = (await once(lines, "line")) as [string];
  const { stdout } = await promisify(execFile)(process.execPath, [
    program("client.js"),
    line.replace("listening on ", ""),
  ]);
  const heard = stdout.trim().split("\n");
  for (const text of heard) console.log(`client: ${text}`);
  assert.deepEqual(heard, [
    "It will rain all morning and clear up towards the evening. (58 characters)",
    "The sea is calm today, with a light wind from the west. (55 characters)",
    "enough after 3 words",
    "told of transcript-rain and transcript-sea, over websocket",
  ]);
} finally {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], "the server ends by itself when it is asked to");
}
await closed;
console.log(`server: ${said.at(-1)}`);
assert.equal(said.at(-1), "stopped: the news", "the skill learns that its caller left");
