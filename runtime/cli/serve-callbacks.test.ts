import { afterEach, expect, test } from "vitest";
import { asap, asapServe, type Serving } from "../testing/asap-command.js";
import { type RpcReply, taskText } from "../testing/asap-request.js";
import { type Receiver, startReceiver } from "../webhooks/testing/receiver.js";

let agent: Serving | undefined;
let receiver: Receiver | undefined;
afterEach(async () => {
  expect(await agent?.stop()).toBe(agent && 0);
  await receiver?.[Symbol.asyncDispose]();
  agent = undefined;
  receiver = undefined;
});

/** Asks for a task whose callback leads to the receiver, by a name or an address of this host. */
async function askFor(host: string): Promise<RpcReply> {
  const config = { callback_url: `http://${host}:${receiver?.port}/hook` };
  const envelope = { recipient: "urn:asap:agent:echo-agent" };
  const answer = await fetch(`${agent?.url}/asap`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: taskText({ envelope, payload: { config } }),
  });
  return (await answer.json()) as RpcReply;
}

async function serveWith(...flags: string[]): Promise<Receiver> {
  const started = await startReceiver();
  receiver = started;
  agent = await asapServe(["--rate-limit", "off", "--allow-loopback", ...flags]);
  return started;
}

const eventsOf = ({ received }: Receiver): string[] => received.map(({ body }) => JSON.parse(body).event as string);

test.each([
  ["asap serve", []],
  ["asap serve --callbacks any", ["--callbacks", "any"]],
])("%s posts to every callback that may be reached", async (_, flags) => {
  const hooks = await serveWith(...flags);
  expect((await askFor("127.0.0.1")).error).toBeUndefined();
  await hooks.has(1);
  expect(eventsOf(hooks)[0]).toMatch(/^task\./);
});

test("asap serve --callbacks off runs the task and leaves its callback alone", async () => {
  const hooks = await serveWith("--callbacks", "off");
  expect((await askFor("127.0.0.1")).result?.envelope.payload.result).toEqual({ echoed: { message: "hi" } });
  const { body } = await fetch(`${agent?.url}/asap/metrics`).then(async (answer) => ({ body: await answer.text() }));
  expect(body).not.toMatch(/^asap_webhook_attempts_total.* [1-9]/m);
  expect(await agent?.stop()).toBe(0);
  agent = undefined;
  expect(hooks.received).toEqual([]);
});

test("asap serve --callbacks with hosts posts to those, and refuses requests whose callback goes elsewhere", async () => {
  const hooks = await serveWith("--callbacks", "hooks.example, 127.0.0.1");
  const refused = await askFor("localhost");
  expect(refused.result).toBeUndefined();
  expect(refused.error?.data.error ?? refused.error?.message).toContain("its address may not be reached");
  expect((await askFor("127.0.0.1")).error).toBeUndefined();
  await hooks.has(1);
  expect(agent?.err()).toContain("its host is not among those that callbacks may go to");
});

test.each([
  ["hooks.example:8443", "It must be off, any, or hosts separated by commas: names or addresses, no ports"],
  ["https://hooks.example", "It must be off, any, or hosts separated by commas: names or addresses, no ports"],
  ["hooks.example,", "It must be off, any, or hosts separated by commas: names or addresses, no ports"],
  ["", "It must be off, any, or hosts separated by commas: names or addresses, no ports"],
  ["hooks.example,off", "off stands alone, without hosts"],
  ["any,hooks.example", "any stands alone, without hosts"],
])("asap serve --callbacks %j is wrong usage", async (value, reason) => {
  const { code, out, err } = await asap(["serve", "--port", "0", "--callbacks", value]);
  expect([code, out]).toEqual([64, ""]);
  expect(err).toBe(`asap: option '--callbacks <hosts>' argument '${value}' is invalid. ${reason} (usage)\n`);
});
