import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, type Headers, startTarget, type Target } from "../testing/forge-target.js";

let target: Target;
beforeAll(async () => {
  const validateToken = (token: string) => (token === "good-token" ? "urn:asap:agent:client" : null);
  target = await startTarget({ issuer: "https://login.example" }, { agent: { auth: { validateToken } } });
});
afterAll(() => target[Symbol.asyncDispose]());

const good = bearer("good-token");
const other = bearer("other-token");
const required = "Authentication required";

describe.each(["post", "upgrade"] as const)("an agent that judges bearer tokens itself, asked by %s", (way) => {
  test("takes one Authorization header", async () => {
    expect((await target[way](good)).text).toContain('"result"');
  });

  test.each<[string, Headers]>([
    ["the good one first", [...good, ...other]],
    ["the good one last", [...other, ...good]],
    ["the same twice", [...good, ...good]],
  ])("takes none of two, %s", async (_, headers) => {
    const { text } = await target[way](headers);
    expect(text).toContain(required);
    expect(text).not.toContain('"result"');
  });
});
