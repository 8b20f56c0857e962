import { request as ask } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { memoryIo } from "../testing/memory-io.js";
import { signatureHeaders } from "../webhooks/sign.js";
import { run } from "./run.js";

interface Listening {
  readonly url: string;
  readonly out: () => string;
  readonly err: () => string;
  stop(): Promise<number>;
}

const running: Listening[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function listen(flags: readonly string[], env: Record<string, string> = {}): Promise<Listening> {
  const io = memoryIo({ env });
  const ended = run(["webhook", "listen", "--port", "0", ...flags], io);
  while (!/listening on/.test(io.out() + io.err())) {
    const early = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5, "waiting"))]);
    if (early !== "waiting") throw new Error(`it ended with ${early}: ${io.err()}`);
  }
  const url = /listening on (\S+)/.exec(io.out() + io.err())?.[1] ?? "";
  const stop = () => {
    io.stop();
    return ended;
  };
  const listening = { url, out: () => io.out().replace(/^listening.*\n/, ""), err: io.err, stop };
  running.push(listening);
  return listening;
}

const event = '{"data":{"percent":50},"event":"task.progress","task_id":"task_1"}';
function post(url: string, body: string, secrets: readonly string[] = [], id = "msg_1"): Promise<Response> {
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const headers = signatureHeaders({ id, timestampSeconds, body, secrets });
  return fetch(`${url}/any/path`, { method: "POST", body, headers });
}

describe("asap webhook listen", () => {
  test("verifies events and prints them for people", async () => {
    const receiver = await listen(["--secret", "s3cret"]);
    expect(receiver.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await post(receiver.url, event, ["s3cret"])).status).toBe(200);
    expect(receiver.out()).toBe(
      `task.progress  task_1  msg_1  verified (standard)\n${JSON.stringify(JSON.parse(event), null, 2)}\n`,
    );
    expect(await receiver.stop()).toBe(0);
  });

  test("refuses what is forged with 401 and says why", async () => {
    const receiver = await listen(["--secret", "s3cret"]);
    const answer = await post(receiver.url, event, ["another"]);
    expect([answer.status, await answer.json()]).toEqual([401, { code: "wrong_signature" }]);
    expect((await post(receiver.url, event)).status).toBe(401);
    expect(receiver.out()).toBe(
      "refused: No signature fits (wrong_signature)\nrefused: x-asap-signature is absent (missing_header)\n",
    );
  });

  test("prints a line of JSON for each event of a batch, and marks what came before", async () => {
    const receiver = await listen(["--secret-env", "OLD", "--secret-env", "NEW", "--json"], { OLD: "old", NEW: "new" });
    const batch = `[${event},{"event":"task.completed","task_id":"task_1"}]`;
    await post(receiver.url, batch, ["new"]);
    await post(receiver.url, event, ["old"], "msg_2");
    await post(receiver.url, event, ["old"], "msg_2");
    await post(receiver.url, "1", ["old"], "msg_3");
    const lines = receiver
      .out()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    const shown = (id: string, of: unknown, repeated = false) => ({ id, verified: "standard", repeated, event: of });
    expect(lines).toEqual([
      shown("msg_1", JSON.parse(event)),
      shown("msg_1", { event: "task.completed", task_id: "task_1" }),
      shown("msg_2", JSON.parse(event)),
      shown("msg_2", JSON.parse(event), true),
      { refused: "invalid_body", reason: expect.any(String) },
    ]);
    expect(receiver.err()).toContain("listening on");
  });

  test("without a secret prints what comes as not verified", async () => {
    const receiver = await listen([]);
    expect((await post(receiver.url, event)).status).toBe(200);
    expect((await post(receiver.url, "no JSON")).status).toBe(400);
    expect((await post(receiver.url, "null")).status).toBe(200);
    const lines = receiver.out().split("\n");
    expect(lines[0]).toBe("task.progress  task_1  msg_1  not verified");
    expect(receiver.out()).toContain("refused: The body is not JSON (invalid_body)");
    expect(lines.at(-3)).toBe("-  -  msg_1  not verified  repeated");
  });

  test("answers with the status asked for", async () => {
    const receiver = await listen(["--status", "503"]);
    expect((await post(receiver.url, event)).status).toBe(503);
    expect(receiver.out()).toContain("task.progress");
  });

  test("takes no other method, and no body of more than 10 MiB", async () => {
    const receiver = await listen([]);
    expect((await fetch(receiver.url)).status).toBe(405);
    const status = await new Promise((resolve, reject) => {
      const asked = ask(receiver.url, { method: "POST" }, (answer) => resolve(answer.statusCode));
      asked.on("error", reject);
      asked.end(Buffer.alloc(10 * 1024 * 1024 + 1, 0x20));
    });
    expect(status).toBe(413);
    expect((await post(receiver.url, event)).status).toBe(200);
  });

  test("signs that a terminal obeys are not printed", async () => {
    const receiver = await listen([]);
    await post(
      receiver.url,
      JSON.stringify({ event: "\u001b[2Jtask", task_id: "a\nb\u009b", data: { x: "\u001b]0;t\u0007" } }),
    );
    expect(receiver.out()).toMatch(/^[ -~\n]*$/);
    expect(receiver.out().split("\n")[0]).toBe("task  a b  msg_1  not verified");
  });

  test.each([
    [["--secret", ""], "--secret must not be empty"],
    [["--secret", "whsec_*private*"], "--secret must be Base64"],
    [["--secret-env", "ABSENT"], "ABSENT"],
    [["--status", "99"], "from 200 to 599"],
  ])("%j is wrong usage", async (flags, message) => {
    const io = memoryIo();
    expect(await run(["webhook", "listen", "--port", "0", ...flags], io)).toBe(64);
    expect(io.err()).toContain(message);
    expect(io.err()).not.toContain("private");
  });

  test("a port that is taken cannot be listened on", async () => {
    const { url } = await listen([]);
    const io = memoryIo();
    expect(await run(["webhook", "listen", "--port", new URL(url).port], io)).toBe(2);
    expect(io.err()).toContain("EADDRINUSE");
  });
});
