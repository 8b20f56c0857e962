import { afterAll, beforeAll, expect, test } from "vitest";
import type { TokenSource } from "./auth/token-source.js";
import { connect } from "./client.js";
import { agentClaim, startTarget, type Target, targetId } from "./testing/forge-target.js";
import { startTestIssuer, type TestIssuer } from "./testing/test-issuer.js";
import { tokensInTurn } from "./testing/token-sources.js";

let issuer: TestIssuer;
let target: Target;
beforeAll(async () => {
  issuer = await startTestIssuer();
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

const faults: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("a fault of the source");
  },
  rejects: () => Promise.reject(new Error("a fault of the source")),
};

test.each(["http", "websocket"] as const)(
  "a token source that fails when it is told of a refusal hurts no call over %s",
  async (transport) => {
    for (const fail of Object.values(faults)) {
      const tokens = tokensInTurn("not.a.token", await issuer.mint({ [agentClaim]: targetId }));
      const auth: TokenSource = {
        token: (signal) => tokens.token(signal),
        refused(token) {
          tokens.refused(token);
          return fail() as undefined;
        },
      };
      await using peer = await connect(target.url, { transport, auth });
      expect(await peer.run("echo", { n: 1 })).toEqual({ echoed: { n: 1 } });
      expect(tokens.refusals).toEqual(["not.a.token"]);
    }
  },
);

test("a token source that fails when a live connection ends with its token hurts nobody", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const short = await issuer.mint({ [agentClaim]: targetId, exp: now + 2 });
  const tokens = tokensInTurn(short, await issuer.mint({ [agentClaim]: targetId }));
  let tell = (_: string) => {};
  const told = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const auth: TokenSource = {
    token: (signal) => tokens.token(signal),
    refused(token) {
      tokens.refused(token);
      tell(token);
      throw new Error("a fault of the source");
    },
  };
  await using peer = await connect(target.url, { transport: "websocket", auth });
  expect(await peer.run("echo", { n: 1 })).toEqual({ echoed: { n: 1 } });
  expect(await told).toBe(short);
  expect(await peer.run("echo", { n: 2 })).toEqual({ echoed: { n: 2 } });
});
