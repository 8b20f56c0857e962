import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";

let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram("runtime/cli/main.ts");
});
afterAll(() => program.remove());

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("asap conformance client that is asked to stop", () => {
  test.each([
    ["by SIGHUP", ["SIGHUP"]],
    ["by two signals", ["SIGINT", "SIGINT"]],
    ["by two different signals", ["SIGTERM", "SIGHUP"]],
  ] as const)("%s leaves no client behind, though that ignores signals", async (name, signals) => {
    const file = join(program.folder, name.replaceAll(" ", "-"));
    const script = `
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
      require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid));
      setTimeout(() => {}, 30_000);`;
    const words = ["conformance", "client", "--only", "client.send.path", "--", process.execPath, "-e", script];
    const asap = spawn(process.execPath, [program.path, ...words], { stdio: "ignore" });
    const ended = once(asap, "exit");
    await expect.poll(() => existsSync(file) && readFileSync(file, "utf8"), { timeout: 10_000 }).toMatch(/^\d+$/);
    const pid = Number(readFileSync(file, "utf8"));
    for (const signal of signals) {
      asap.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const [code, by] = await ended;
    expect([code, by]).toEqual([signals.length === 1 ? 2 : signals[1] === "SIGHUP" ? 129 : 130, null]);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
