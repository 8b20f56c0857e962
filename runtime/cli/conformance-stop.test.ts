import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";

let program: BundledProgram;
const servers: ChildProcess[] = [];

beforeAll(async () => {
  program = await bundleProgram("runtime/cli/main.ts");
});

afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
  program.remove();
});

/** `asap serve` in a process of its own. */
async function startServer() {
  const child = spawn(process.execPath, [program.path, "serve", "--port", "0", "--rate-limit", "off"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  servers.push(child);
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, ended, url: line.replace("listening on ", ""), pid: String(child.pid) };
}

const judge = (url: string, pid: string, ...flags: readonly string[]) =>
  asap(["conformance", "server", url, "--stop-pid", pid, ...flags]);

describe("asap conformance server --stop-pid", () => {
  test("ends the agent and judges how it ends (WS-007)", async () => {
    const { ended, url, pid } = await startServer();
    const { code, out } = await judge(url, pid, "--only", "websocket.shutdown", "--only", "health", "--json");
    expect(await ended).toEqual([0, null]);
    expect(code).toBe(0);
    const { notes, cases } = JSON.parse(out);
    expect(notes).toEqual([]);
    expect(cases.at(-1)).toMatchObject({ id: "websocket.shutdown", outcome: "pass" });
  });

  test("leaves the agent alone where that is not judged, and tells of one that has ended meanwhile", async () => {
    const { child, ended, url, pid } = await startServer();
    const { code } = await judge(url, pid, "--only", "health.status");
    expect([code, child.exitCode, child.signalCode]).toEqual([0, null, null]);
    const other = await startServer();
    child.kill("SIGKILL");
    await ended;
    const gone = await judge(other.url, pid, "--only", "websocket.shutdown");
    expect([gone.code, gone.out]).toEqual([64, ""]);
    expect(gone.err).toContain(`--stop-pid ${pid}: there is no such process`);
  });

  test.each([
    ["0", /--stop-pid .*whole number from 2 /],
    ["1", /--stop-pid .*whole number from 2 /],
    ["-5", /--stop-pid/],
    ["2.5", /--stop-pid .*whole number from 2 /],
    ["agent", /--stop-pid .*whole number from 2 /],
    [String(process.pid), /--stop-pid \d+: that is this command, and not the agent/],
    [String(process.ppid), /--stop-pid \d+: that is the process that started this command, and not the agent/],
  ])("%s is refused, with 64", async (pid, words) => {
    const { code, out, err } = await judge("http://127.0.0.1:1", pid);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(words);
  });
});
