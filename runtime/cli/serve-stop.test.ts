import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { openSocket, type SocketFrame } from "../testing/socket-client.js";

let program: BundledProgram;
let server: ChildProcess | undefined;

beforeAll(async () => {
  program = await bundleProgram("runtime/cli/main.ts");
});

afterAll(() => {
  server?.kill("SIGKILL");
  program.remove();
});

const request = (n: number) => ({
  jsonrpc: "2.0",
  method: "asap.send",
  id: `req-${n}`,
  params: {
    envelope: {
      id: `envelope-${n}`,
      asap_version: "0.1",
      timestamp: new Date().toISOString(),
      sender: "urn:asap:agent:client",
      recipient: "urn:asap:agent:echo-agent",
      payload_type: "task.request",
      payload: { conversation_id: "c", skill_id: "slow", input: { steps: 10, ms: 150 } },
      requires_ack: true,
    },
  },
});

const isAnswer = ({ id }: SocketFrame) => typeof id === "string";

test("asap serve answers 100 tasks in flight before SIGTERM ends it, closes with 1001 and exits with 0 (WS-007)", async () => {
  const child = spawn(process.execPath, [program.path, "serve", "--port", "0", "--rate-limit", "off"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  server = child;
  const ended = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  await using client = await openSocket(line.replace("listening on ", ""));
  for (let n = 0; n < 100; n++) client.send(request(n));
  for (let n = 0; n < 100; n++) {
    await client.find(({ method, params }) => {
      const payload = params?.envelope["payload"] as { original_envelope_id?: string } | undefined;
      return method === "asap.ack" && payload?.original_envelope_id === `envelope-${n}`;
    });
  }
  expect(client.frames.filter(isAnswer).length).toBeLessThan(100);
  child.kill("SIGTERM");
  expect(await client.closed).toEqual({ code: 1001, reason: "Server shutting down" });
  expect(await ended).toEqual([0, null]);
  const answers = client.frames.filter(isAnswer);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(100);
  expect(answers).toHaveLength(100);
  for (const { result, error } of answers) {
    if (error === undefined) expect(result?.envelope.payload).toMatchObject({ status: "completed" });
    else expect(error.data?.["code"]).toMatch(/^asap:/);
  }
});
