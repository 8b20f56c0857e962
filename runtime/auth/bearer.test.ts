import { describe, expect, test } from "vitest";
import { routes } from "../../generated/routes.js";
import { createAgent } from "../agent.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { ask } from "../testing/asap-request.js";
import { createFetchHandler } from "../transport/node.js";
import type { BearerAuthOptions } from "./bearer.js";

const principals: string[] = [];
const agentWith = (auth: BearerAuthOptions, lines: [string, LogFields][] = []) => {
  const take = (event: string, fields: LogFields) => lines.push([event, fields]);
  return createAgent({
    id: "urn:asap:agent:server",
    auth,
    log: { debug: take, info: take, warn: take, error: take },
    skills: {
      echo: skill({
        description: "Echo",
        run: (input, call) => {
          principals.push(call.principal ?? "");
          return { echoed: input };
        },
      }),
    },
  });
};
const validateToken = (token: string) => (token === "good-token" ? "urn:asap:agent:client" : null);
const refusedWith = (error: string) => ({
  code: -32600,
  message: "Invalid request",
  data: { error, status_code: 401 },
});

describe("bearer tokens (wire section 10)", () => {
  const agent = agentWith({ validateToken });

  test.each([
    ["absent", undefined],
    ["empty", ""],
    ["another scheme", "Basic Z29vZC10b2tlbg=="],
    ["a scheme alone", "Bearer"],
    ["a scheme and a space", "Bearer "],
    ["a token alone", "good-token"],
    ["no space between", "Bearergood-token"],
    ["two tokens", "Bearer good-token good-token"],
    ["two schemes", "Bearer Bearer good-token"],
  ])("BEAR-001: a header that is %s is refused: authentication required", async (_name, authorization) => {
    const { id, error } = await ask(agent, {}, { authorization });
    expect(id).toBe("req-1");
    expect(error).toEqual(refusedWith("Authentication required"));
  });

  test.each(["bad-token", "good-token2", "GOOD-TOKEN", "good-token,", "null", "__proto__"])(
    "BEAR-002: the token %s is refused as invalid, and not repeated (CODE-007)",
    async (token) => {
      const reply = await ask(agent, {}, { authorization: `Bearer ${token}` });
      expect(reply.error).toEqual(refusedWith("Invalid authentication token"));
      expect(JSON.stringify(reply)).not.toContain("good-token2");
    },
  );

  test.each(["Bearer good-token", "bearer good-token", "BEARER   good-token  "])(
    "BEAR-003: %j is accepted",
    async (authorization) => {
      expect((await ask(agent, {}, { authorization })).result).toBeDefined();
      expect(principals.at(-1)).toBe("urn:asap:agent:client");
    },
  );

  test("BEAR-004: a sender other than the token's agent is refused before the skill runs", async () => {
    const before = principals.length;
    for (const sender of ["urn:asap:agent:other", "urn:asap:agent:client:sub", "urn:asap:agent:clien"]) {
      const { error } = await ask(agent, { envelope: { sender } }, { authorization: "Bearer good-token" });
      expect(error).toEqual({
        code: -32602,
        message: "Invalid params",
        data: { error: "Sender does not match authenticated identity", status_code: 403 },
      });
    }
    expect(principals).toHaveLength(before);
  });

  test.each(["manifest", "agent_health", "metrics", "health", "ready"] as const)(
    "BEAR-005: the route %s stays open",
    async (name) => {
      const handler = createFetchHandler(agent);
      for (const headers of [undefined, { authorization: "Bearer bad-token" }]) {
        const url = `http://127.0.0.1${routes[name].path}`;
        expect((await handler(new Request(url, headers && { headers }))).status).toBe(200);
      }
    },
  );

  test("a validator may take its time; one that throws, rejects or names nobody refuses", async () => {
    const later = agentWith({ validateToken: async (token) => validateToken(token) });
    expect((await ask(later, {}, { authorization: "Bearer good-token" })).result).toBeDefined();
    const failing: BearerAuthOptions["validateToken"][] = [
      () => {
        throw new Error("canary");
      },
      () => Promise.reject(new Error("canary")),
      () => undefined as unknown as null,
      () => true as unknown as null,
      async () => ({ id: "urn:asap:agent:client" }) as unknown as null,
    ];
    for (const each of failing) {
      const { error } = await ask(agentWith({ validateToken: each }), {}, { authorization: "Bearer good-token" });
      expect(error).toEqual(refusedWith("Invalid authentication token"));
    }
  });

  test("an agent that lists only basic can never be satisfied; BEARER in any case can (MAN-003)", async () => {
    const basic = agentWith({ schemes: ["basic"], validateToken });
    expect((await ask(basic, {}, { authorization: "Bearer good-token" })).error).toEqual(
      refusedWith("Invalid authentication token"),
    );
    expect((await ask(basic, {}, { authorization: "Basic x" })).error).toEqual(refusedWith("Authentication required"));
    const upper = agentWith({ schemes: ["Basic", "Bearer"], validateToken });
    expect((await ask(upper, {}, { authorization: "Bearer good-token" })).result).toBeDefined();
  });

  test("CODE-007: no token appears in log lines", async () => {
    const lines: [string, LogFields][] = [];
    const logged = agentWith({ validateToken }, lines);
    await ask(logged, {}, { authorization: "Bearer good-token" });
    await ask(logged, {}, { authorization: "Bearer canary-token" });
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toMatch(/good-token|canary/);
  });

  test("MAN-015: the manifest advertises the schemes and the oauth2 facts", () => {
    const oauth2 = { token_url: "https://auth.example/token", scopes: ["asap:execute"] };
    expect(agentWith({ validateToken, oauth2 }).manifest().auth).toEqual({ schemes: ["bearer"], oauth2 });
    expect(agentWith({ validateToken }).manifest().auth).toEqual({ schemes: ["bearer"], oauth2: null });
  });
});
