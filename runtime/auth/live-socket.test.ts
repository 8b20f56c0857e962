import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { taskText } from "../testing/asap-request.js";
import { type OidcProvider, opaqueResource, plainClient, startOidcProvider } from "../testing/oidc-provider.js";
import { opaqueToken, revokeToken } from "../testing/provider-tokens.js";
import { openSocket } from "../testing/socket-client.js";
import { issuerKey, startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { serve } from "../transport/node.js";
import { agentIdClaim } from "./identity.js";
import { type ResourceServerOptions, resourceServer } from "./resource-server.js";

const id = "urn:asap:agent:guarded";
const bound = { [agentIdClaim]: id };

let issuer: TestIssuer;
/** The clock of the agent. That of its connections is `performance`, which stands still until a test moves it. */
let clock = 0;

beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  clock = Date.now();
});
afterEach(() => {
  vi.useRealTimers();
  issuer.intercept = undefined;
});

/** Lets time pass for the agent and for its connections. */
const pass = (seconds: number): void => {
  clock += seconds * 1_000;
  vi.advanceTimersByTime(seconds * 1_000);
};
const seconds = (by: number): number => Math.floor(clock / 1_000) + by;

/** Serves an agent whose connections are looked after every 10 ms, or every second where that is not what counts. */
async function startGuarded(auth: Partial<ResourceServerOptions> = {}, tending: "often" | "seldom" = "often") {
  const waiting = new Map<string, () => void>();
  const take = (event: string): void => waiting.get(event)?.();
  let runs = 0;
  let release = () => {};
  const agent = createAgent({
    id,
    skills: {
      echo: skill({
        description: "Echo",
        run: (input) => {
          runs += 1;
          return { echoed: input };
        },
      }),
      wait: skill({
        description: "Wait",
        run: async () => {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          runs += 1;
          return {};
        },
      }),
    },
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: testAudience,
      egress: { allowLoopback: true },
      env: {},
      ...auth,
    }),
    now: () => clock,
    log: { warn: take },
  });
  const server = await serve(agent, {
    port: 0,
    rateLimit: "off",
    drainMs: 100,
    websocket: { pingMs: 100_000, slowReaderMs: tending === "often" ? 40 : 100_000 },
  });
  return {
    agent,
    runs: () => runs,
    release: () => release(),
    /** The next log line of an event. */
    logged: (event: string) => new Promise<void>((resolve) => waiting.set(event, resolve)),
    open: (token: string) => openSocket(server.url, { headers: { authorization: `Bearer ${token}` } }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const expired = { code: 1008, reason: "Token expired" };
const withdrawn = { code: 1008, reason: "Token no longer valid" };

describe("a live socket whose token expires", () => {
  test("is closed with 1008 at its end, without a message", async () => {
    await using guarded = await startGuarded();
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(60) }));
    pass(58);
    client.send(taskText());
    expect((await client.find(({ result }) => result !== undefined)).result).toBeDefined();
    pass(3);
    expect(await client.closed).toEqual(expired);
    expect(guarded.runs()).toBe(1);
  });

  test("has the messages that come after its end refused, however many at once", async () => {
    await using guarded = await startGuarded({}, "seldom");
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(60) }));
    client.send(taskText({ root: { id: "in time" } }));
    await client.find((frame) => frame.id === "in time");
    clock += 61_000;
    for (let count = 0; count < 20; count += 1) client.send(taskText({ root: { id: count } }));
    expect(await client.closed).toEqual(expired);
    expect(client.frames.map((frame) => frame.id)).toEqual(["in time"]);
    expect(guarded.runs()).toBe(1);
  });

  test("is closed while it works on a request; the work goes on and is not answered", async () => {
    await using guarded = await startGuarded();
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(60) }));
    client.send(taskText({ payload: { skill_id: "wait" } }));
    client.send(taskText({ root: { id: "after" } }));
    await client.find((frame) => frame.id === "after");
    pass(61);
    expect(await client.closed).toEqual(expired);
    guarded.release();
    await guarded.agent.close();
    expect(guarded.runs()).toBe(2);
    expect(client.frames.map((frame) => frame.id)).toEqual(["after"]);
  });

  test("that was opened within the tolerance lasts as long as the tolerance", async () => {
    await using guarded = await startGuarded({ clockToleranceSeconds: 30 });
    const token = await issuer.mint({ ...bound, exp: seconds(-10) });
    await using client = await guarded.open(token);
    pass(15);
    client.send(taskText());
    expect((await client.find(({ result }) => result !== undefined)).result).toBeDefined();
    pass(10);
    expect(await client.closed).toEqual(expired);
    await expect(guarded.open(token)).rejects.toThrow("401");
  });

  test("leaves the sockets of other tokens open", async () => {
    await using guarded = await startGuarded();
    await using short = await guarded.open(await issuer.mint({ ...bound, exp: seconds(30) }));
    await using long = await guarded.open(await issuer.mint({ ...bound, exp: seconds(300) }));
    pass(50);
    expect(await short.closed).toEqual(expired);
    long.send(taskText());
    expect((await long.find(({ result }) => result !== undefined)).result).toBeDefined();
  });
});

describe("a live socket whose token is judged again", () => {
  test("is closed with 1008 once the key of its token was withdrawn", async () => {
    const keys = issuer.keys;
    await using guarded = await startGuarded();
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(7_200) }));
    issuer.keys = [await issuerKey("k2")];
    clock += 601_000;
    vi.advanceTimersByTime(60_000);
    expect(await client.closed).toEqual(withdrawn);
    issuer.keys = keys;
  });

  test("is judged again after a minute by fresh keys, and stays open while its token holds", async () => {
    await using guarded = await startGuarded({ jwks: { maxAgeSeconds: 1 } });
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(7_200) }));
    issuer.asked.clear();
    pass(59);
    client.send(taskText());
    await client.find(({ result }) => result !== undefined);
    expect(issuer.asked.get("/jwks")).toBeUndefined();
    const asked = new Promise<void>((resolve) => {
      issuer.intercept = ({ url }) => {
        if (url === "/jwks") resolve();
        return false;
      };
    });
    pass(2);
    await asked;
    client.send(taskText({ root: { id: "later" } }));
    expect((await client.find((frame) => frame.id === "later")).result).toBeDefined();
  });

  test("stays open while the issuer cannot be reached", async () => {
    await using guarded = await startGuarded({ jwks: { staleSeconds: 0 } });
    await using client = await guarded.open(await issuer.mint({ ...bound, exp: seconds(7_200) }));
    issuer.intercept = ({ socket }) => {
      socket.destroy();
      return true;
    };
    const unavailable = guarded.logged("asap.auth.unavailable");
    clock += 3_700_000;
    vi.advanceTimersByTime(60_000);
    await unavailable;
    client.send(taskText());
    expect((await client.find(({ result }) => result !== undefined)).result).toBeDefined();
  });

  test("is closed with 1008 once its opaque token was revoked at a real provider", async () => {
    const provider: OidcProvider = await startOidcProvider({ agentId: id });
    await using guarded = await startGuarded({
      issuer: provider.issuer,
      audience: opaqueResource,
      introspection: plainClient,
    });
    const [kept, token] = [await opaqueToken(provider), await opaqueToken(provider)];
    await using other = await guarded.open(kept);
    await using client = await guarded.open(token);
    await revokeToken(provider, token);
    pass(61);
    expect(await client.closed).toEqual(withdrawn);
    other.send(taskText());
    expect((await other.find(({ result }) => result !== undefined)).result).toBeDefined();
    await provider.close();
  });
});
