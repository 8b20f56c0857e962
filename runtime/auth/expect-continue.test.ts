import { afterAll, beforeAll, expect, test } from "vitest";
import { httpText, overSocket, taskText } from "../testing/asap-request.js";
import { agentClaim, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let target: Target;
beforeAll(async () => {
  issuer = await startTestIssuer();
  target = await startTarget(issuer, { serve: { maxRequestBytes: 1_000_000 } });
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

/** The status lines of the answer to a request that waits for leave to send its body. */
async function lines(headers: string, body = taskText()) {
  const text = await overSocket(target.port, httpText(body, `Expect: 100-continue\r\n${headers}`));
  return text.match(/^HTTP\/1\.1 .*(?=\r)/gm);
}

test("a body is asked for only with a token that holds, and first of all the token is judged", async () => {
  const authorization = `Authorization: Bearer ${await issuer.mint({ [agentClaim]: targetId })}\r\n`;
  expect(await lines(authorization)).toEqual(["HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"]);
  expect(await lines("")).toEqual(["HTTP/1.1 401 Unauthorized"]);
  expect(await lines("Authorization: Bearer not-one\r\n")).toEqual(["HTTP/1.1 401 Unauthorized"]);
  expect(await lines("", "x".repeat(1_000_001))).toEqual(["HTTP/1.1 401 Unauthorized"]);
  expect(await lines(authorization, "x".repeat(1_000_001))).toEqual(["HTTP/1.1 413 Payload Too Large"]);
});
