import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { casesOf } from "./cases.js";
import { resultsOf } from "./result.js";
import { runScenario } from "./run-scenario.js";
import type { Scenario } from "./scenario.js";

const scenario: Scenario = {
  name: "sample",
  title: "A sample",
  summary: "Exit 0 at once.",
  profile: "core",
  requirements: ["CLIENT-001"],
  cases: [],
};
const runWith = (changes: Partial<Scenario>, script: string) =>
  runScenario(
    { ...scenario, ...changes },
    {
      command: [process.execPath, "-e", script],
      env: process.env,
      cwd: process.cwd(),
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    },
  );

describe("a scenario", () => {
  test("sets its variables, and hides those that are secret", async () => {
    const token = { summary: "a token", value: (url: string) => `token-of-${url}` };
    const script = "console.log(process.env.ASAP_CONFORMANCE_TOKEN, process.env.ASAP_CONFORMANCE_SCENARIO)";
    const run = await runWith({ env: { ASAP_CONFORMANCE_TOKEN: token } }, script);
    if (!("session" in run)) throw new Error("no session");
    expect(run.session.end).toMatchObject({ code: 0, output: "*** sample" });
    expect(run.session.env).toEqual({ ASAP_CONFORMANCE_TOKEN: `token-of-${run.session.url}` });
  });

  test("acts while the client runs: here it calls back", async () => {
    const script = `
      const server = require("node:http").createServer((_, response) => response.end("got it", () => process.exit(0)));
      server.listen(0, "127.0.0.1", () => fetch(process.argv.at(-1) + "/" + server.address().port));`;
    const run = await runWith(
      {
        behave: () => ({
          async meanwhile(stage) {
            while (stage.requests.length === 0) await stage.next();
            await stage.post(`http://127.0.0.1:${stage.requests[0]?.target.slice(1)}/hook`, {}, "hello");
          },
        }),
      },
      script,
    );
    if (!("session" in run)) throw new Error("no session");
    expect(run.session.end.code).toBe(0);
    expect(run.session.posted).toMatchObject([{ status: 200, answer: expect.stringContaining("got it") }]);
  });

  test("keeps no more than a session may hold: what is beyond it is answered 503 and makes its cases fail", async () => {
    const script = `
      const body = "x".repeat(8 * 1048576);
      (async () => {
        const seen = [];
        for (let at = 0; at < 9; at += 1)
          seen.push(await fetch(process.argv.at(-1) + "/asap", { method: "POST", body }).then(({ status }) => status, () => 0));
        console.log(seen.join(" "));
      })();`;
    const run = await runWith({}, script);
    if (!("session" in run)) throw new Error("no session");
    const { requests, tooMuch, end } = run.session;
    expect(requests.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(67_108_864);
    expect(end.output).toMatch(/^200.* 503/);
    expect(tooMuch).toMatch(/^9 requests, 0 frames and \d+ bytes/);
    const rule = (id: string) => ({ id, text: "", source: "" });
    const [[, result] = []] = resultsOf(casesOf([scenario]), [{ run, atMs: 0 }], { rule, again: "" });
    expect(result).toMatchObject({ outcome: "fail", expected: expect.stringContaining("64 MiB"), found: tooMuch });
  });

  test("counts what is answered too", async () => {
    const script = `
      const input = "x".repeat(8 * 1048576);
      const envelope = { id: "e", payload: { input } };
      const body = JSON.stringify({ jsonrpc: "2.0", method: "asap.send", id: 1, params: { envelope } });
      (async () => {
        for (let at = 0; at < 3; at += 1)
          await fetch(process.argv.at(-1) + "/asap", { method: "POST", body }).then((answer) => answer.text());
      })();`;
    const run = await runWith({}, script);
    expect("session" in run && run.session.tooMuch).toMatch(/^3 requests/);
  });

  test("waits for what goes on when the client has ended", async () => {
    let isDone = false;
    const run = await runWith(
      {
        behave: () => ({
          async meanwhile({ signal }) {
            await once(signal, "abort");
            await sleep(1000);
            isDone = true;
          },
        }),
      },
      "",
    );
    expect("session" in run && isDone).toBe(true);
  });

  test("whose script fails says nothing of the client: its cases are errors", async () => {
    const script = "fetch(process.argv.at(-1)).catch(() => {})";
    const fails = () => Promise.reject(new Error("out of order"));
    const run = await runWith({ behave: () => ({ answer: fails }) }, script);
    expect(run).toEqual({ fault: "the script of the scenario failed: out of order" });
    const rule = (id: string) => ({ id, text: "", source: "" });
    const [[, result] = []] = resultsOf(casesOf([scenario]), [{ run, atMs: 0 }], { rule, again: "" });
    expect(result).toMatchObject({ outcome: "error", reason: expect.stringContaining("out of order") });
  });
});
