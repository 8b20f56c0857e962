import { afterAll, beforeAll, expect, test } from "vitest";
import { messages as usual } from "../../generated/messages.js";
import { protocol } from "../../generated/protocol.js";
import { taskText } from "../testing/asap-request.js";
import { agentClaim, startTarget, type Target, targetId } from "../testing/forge-target.js";

import { openSocket } from "../testing/socket-client.js";
import { startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let target: Target;
/** Tasks take a scope of their own, beside that of the route. */
const messages = { ...usual, TaskRequest: { ...usual.TaskRequest, scope: "asap:pay" } };

beforeAll(async () => {
  issuer = await startTestIssuer();
  target = await startTarget(issuer, { agent: { protocol: { ...protocol, messages } } });
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

const token = (scope: string) => issuer.mint({ [agentClaim]: targetId, scope });
async function answerOf(scope: string, id: string): Promise<{ error?: object; result?: object }> {
  const headers = { authorization: `Bearer ${await token(scope)}`, "x-idempotency-key": `key of ${id}` };
  const response = await fetch(`${target.url}/asap`, { method: "POST", headers, body: taskText({ envelope: { id } }) });
  expect(response.status).toBe(200);
  return (await response.json()) as { error?: object; result?: object };
}
const lacks = {
  code: -32600,
  data: { error: "Insufficient scope", status_code: 403, required_scope: "asap:pay" },
};

test("a message that wants a scope is answered to a token that has it, once, and repeated to no token without", async () => {
  const first = await answerOf("asap:execute asap:pay", "paid");
  expect(first).toHaveProperty("result");
  expect(await answerOf("asap:execute asap:pay", "paid")).toEqual(first);
  expect(await answerOf("asap:execute", "paid")).toMatchObject({ error: lacks });
  expect(await answerOf("asap:execute", "unpaid")).toMatchObject({ error: lacks });
  expect(target.runs()).toBe(1);
});

test("over a WebSocket it is refused without an acknowledgement", async () => {
  await using client = await openSocket(target.url, {
    headers: { authorization: `Bearer ${await token("asap:execute")}` },
  });
  client.send(taskText({ envelope: { id: "acked", requires_ack: true } }));
  expect(await client.find(({ id }) => id === "req-1")).toMatchObject({ error: lacks });
  expect(client.frames.filter(({ method }) => method === "asap.ack")).toEqual([]);
});
