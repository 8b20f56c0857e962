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
try {
  const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
  const url = line.replace("listening on ", "");
  console.log(`server: ${line}`);

  const { stdout } = await promisify(execFile)(process.execPath, [program("client.js"), url]);
  console.log(`client: ${stdout.trim()}`);
  assert.equal(stdout.trim(), "{ echoed: { message: 'hello' } }");
} finally {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], "the server ends by itself when it is asked to");
}
