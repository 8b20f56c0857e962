// Runs every example from dist/ as a user would run it; each one checks itself and exits non-zero when it is wrong. Two run
// at the same time, since most of them wait for something; what one prints is printed when it has ended.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../dist/examples/", import.meta.url));
const programs = readdirSync(folder, { recursive: true }).filter((path) => /(^|[\\/])(main|tour)\.js$/.test(path));
if (programs.length === 0) {
  console.error("dist/examples holds no program named main.js or tour.js");
  process.exit(1);
}

/** Runs an example; what it printed, and how it ended. */
async function run(program) {
  const child = spawn(process.execPath, [join(folder, program)], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
  const [out, err, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { printed: out + err, end };
}

const waiting = programs.toSorted();
let isBroken = false;
async function runNext() {
  for (let program = waiting.shift(); program !== undefined && !isBroken; program = waiting.shift()) {
    const { printed, end } = await run(program);
    console.log(`\n> ${program}\n${printed}`);
    if (end === 0) continue;
    console.error(`${program} ended with ${end}`);
    isBroken = true;
  }
}
await Promise.all([runNext(), runNext()]);
if (isBroken) process.exit(1);
console.log(`${programs.length} examples passed`);
