import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createAgent } from "../agent.js";
import { connectMemory } from "../client.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { ask, client, type Differences, type RpcReply, taskText } from "../testing/asap-request.js";
import { openSocket } from "../testing/socket-client.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { type Server, serve } from "../transport/node.js";
import { agentIdClaim, type BindingOptions, type Environment, referenceAgentIdClaim } from "./identity.js";
import { resourceServer } from "./resource-server.js";

const id = "urn:asap:agent:guarded";
const other = "urn:asap:agent:other";
const bound = { [agentIdClaim]: id };
const mismatch = `Identity mismatch: custom claim does not match agent manifest (expected: ${id})`;
const nameless = `Identity mismatch: the token names no agent (expected: ${id})`;

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.close());

interface Setup {
  readonly binding?: BindingOptions;
  readonly env?: Environment;
}

/** An agent with a binding, and what it warned of. */
function guarded({ binding = {}, env = {} }: Setup = {}) {
  const warnings: [string, LogFields][] = [];
  const runs: string[] = [];
  let begun = () => {};
  const waiting = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const agent = createAgent({
    id,
    skills: {
      echo: skill({
        description: "Echo",
        run: (input, { identity }) => {
          runs.push(identity?.subject ?? "");
          return { echoed: input };
        },
      }),
      wait: skill({
        description: "Wait",
        run: (_input, { signal }) =>
          new Promise<Record<string, never>>((resolve) => {
            begun();
            signal.addEventListener("abort", () => resolve({}));
          }),
      }),
    },
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: testAudience,
      egress: { allowLoopback: true },
      binding,
      env,
    }),
    log: { warn: (event, fields) => warnings.push([event, fields]) },
  });
  return { agent, warnings, runs, waiting };
}

const authorized = async (claims: object) => ({ authorization: `Bearer ${await issuer.mint({ ...claims })}` });
/** `served`, or why a token with these claims is refused. */
async function verdict(setup: Setup, claims: object): Promise<string> {
  const reply = await ask(guarded(setup).agent, {}, await authorized(claims));
  return reply.error === undefined ? "served" : String(reply.error.data.error);
}

const acme = "https://acme.example/agent";
const mapped = (value: unknown): Setup => ({ env: { ASAP_AUTH_SUBJECT_MAP: JSON.stringify({ [id]: value }) } });

describe("the claim that binds a token", () => {
  test.each<[string, Setup, object, string]>([
    ["the plan's", {}, bound, "served"],
    ["that of the reference", {}, { [referenceAgentIdClaim]: id }, "served"],
    ["the plan's before that of the reference", {}, { ...bound, [referenceAgentIdClaim]: other }, "served"],
    ["the plan's of another agent", {}, { [agentIdClaim]: other, [referenceAgentIdClaim]: id }, mismatch],
    ["the plan's, null", {}, { [agentIdClaim]: null, [referenceAgentIdClaim]: id }, mismatch],
    ["the plan's, empty", {}, { [agentIdClaim]: "" }, mismatch],
    ["the plan's, a list", {}, { [agentIdClaim]: [id] }, mismatch],
    ["that of the reference, of another agent", {}, { [referenceAgentIdClaim]: other }, mismatch],
    ["none", {}, {}, nameless],
    ["one that is not asked for", {}, { [acme]: id }, nameless],
    ["that of the option", { binding: { claim: acme } }, { [acme]: id }, "served"],
    ["that of the option, of another agent", { binding: { claim: acme } }, { [acme]: other, ...bound }, mismatch],
    ["a default one beside the option", { binding: { claim: acme } }, bound, nameless],
    ["that of the environment", { env: { ASAP_AUTH_CUSTOM_CLAIM: acme } }, { [acme]: id }, "served"],
    ["a default one beside the environment", { env: { ASAP_AUTH_CUSTOM_CLAIM: acme } }, bound, nameless],
    ["a default one, the environment being empty", { env: { ASAP_AUTH_CUSTOM_CLAIM: "" } }, bound, "served"],
    [
      "that of the option before the environment",
      { binding: { claim: acme }, env: { ASAP_AUTH_CUSTOM_CLAIM: "other" } },
      { [acme]: id, other },
      "served",
    ],
  ])("%s", async (_, setup, claims, expected) => {
    expect(await verdict(setup, claims)).toBe(expected);
  });

  afterEach(() => vi.unstubAllEnvs());

  test("is read from the environment of the process where no other is given", async () => {
    vi.stubEnv("ASAP_AUTH_CUSTOM_CLAIM", acme);
    const options = { issuer: issuer.issuer, audience: testAudience, egress: { allowLoopback: true } };
    const agent = createAgent({ id, skills: {}, auth: resourceServer(options) });
    const { error } = await ask(agent, {}, await authorized(bound));
    expect(error?.data.error).toBe(nameless);
  });

  test.each([{ claim: "" }, { claim: 7 as never }])("cannot be %j", (binding) => {
    expect(() => guarded({ binding })).toThrow(
      expect.objectContaining({
        code: "asap:config/invalid_option",
        data: expect.objectContaining({ option: "binding.claim" }),
      }),
    );
  });
});

describe("the map of subjects, for tokens without the claim (BIND-003, OAU-012)", () => {
  test.each<[string, Setup, object, string]>([
    ["one subject", mapped("client-1"), {}, "served"],
    ["one of several subjects", mapped(["a", "client-1"]), {}, "served"],
    ["another subject", mapped(["a", "b"]), {}, nameless],
    ["a subject that another begins with", mapped("client-"), {}, nameless],
    ["entries of other types", mapped([1, null, { a: 1 }]), { sub: "1" }, nameless],
    ["an entry of another type", mapped({ "client-1": true }), {}, nameless],
    ["an empty subject", mapped(""), {}, nameless],
    ["another agent", { env: { ASAP_AUTH_SUBJECT_MAP: `{"${other}":"client-1"}` } }, {}, nameless],
    ["an inherited member", { env: { ASAP_AUTH_SUBJECT_MAP: `{"__proto__":{"${id}":"client-1"}}` } }, {}, nameless],
    ["a claim of another agent, which goes first", mapped("client-1"), { [agentIdClaim]: other }, mismatch],
    ["a map in the options", { binding: { subjectMap: { [id]: "client-1" } } }, {}, "served"],
    [
      "a map in the options, before the environment",
      { ...mapped("client-1"), binding: { subjectMap: {} } },
      {},
      nameless,
    ],
    ["no map", { env: { ASAP_AUTH_SUBJECT_MAP: "" } }, {}, nameless],
  ])("%s", async (_, setup, claims, expected) => {
    expect(await verdict(setup, claims)).toBe(expected);
  });

  test("takes a token with a warning (BIND-004)", async () => {
    const { agent, warnings } = guarded(mapped("client-1"));
    await ask(agent, {}, await authorized({}));
    expect(warnings).toEqual([["asap.auth.bound_by_subject_map", { agent_id: id, subject: "client-1" }]]);
    await ask(agent, {}, await authorized(bound));
    expect(warnings).toHaveLength(1);
  });

  test.each(['{"canary":', "canary", '["canary"]', '"canary"', "null", "7"])(
    "that is %s is a configuration error, which does not repeat it",
    (text) => {
      expect(() => guarded({ env: { ASAP_AUTH_SUBJECT_MAP: text } })).toThrow(
        expect.objectContaining({
          code: "asap:config/invalid_option",
          message: "ASAP_AUTH_SUBJECT_MAP must be a JSON object of subjects by agent id.",
        }),
      );
    },
  );
});

describe("the lenient switch", () => {
  test("takes tokens that name no agent and logs each", async () => {
    const { agent, warnings, runs } = guarded({ binding: { lenient: true } });
    for (const sub of ["one", "two"]) expect((await ask(agent, {}, await authorized({ sub }))).result).toBeDefined();
    expect(runs).toEqual(["one", "two"]);
    expect(warnings).toEqual(
      ["one", "two"].map((subject) => ["asap.auth.unbound_token_accepted", { agent_id: id, subject }]),
    );
  });

  test("takes no token that names another agent", async () => {
    expect(await verdict({ binding: { lenient: true } }, { [agentIdClaim]: other })).toBe(mismatch);
    expect(await verdict({ binding: { lenient: false } }, {})).toBe(nameless);
  });
});

const unlike = "Sender does not match authenticated identity";
const uncalled = `Identity mismatch: the token names no calling agent (expected: ${id})`;
const byActor = { binding: { callerClaim: "actor" } };
/** What the token says of its caller, and what becomes of an envelope of {@link client}. */
const senders: [string, Setup, object, string][] = [
  ["sub is the sender", {}, { sub: client }, "served"],
  ["sub is another agent", {}, { sub: other }, unlike],
  ["client_id is the sender", {}, { client_id: client }, "served"],
  ["client_id is another agent", {}, { client_id: other }, unlike],
  ["azp is another agent", {}, { azp: other }, unlike],
  ["sub is another agent, client_id the sender", {}, { sub: other, client_id: client }, unlike],
  ["sub is the sender, azp another agent", {}, { sub: client, azp: other }, "served"],
  ["none is an agent", {}, { sub: "auth0|1", client_id: "c", azp: ["x"] }, "served"],
  ["the sender in another case", {}, { sub: client.toUpperCase(), client_id: other }, unlike],
  ["a claim of one's own is the sender", byActor, { actor: client, sub: other }, "served"],
  ["a claim of one's own is another agent", byActor, { actor: other, sub: client }, unlike],
  ["a claim of one's own is absent", byActor, { sub: client }, uncalled],
  ["a claim of one's own is no agent", byActor, { actor: "client", sub: client }, uncalled],
];

describe("the sender of an envelope is the caller that the token names", () => {
  const servers = new Map<Setup, Server>();
  const serverOf = async (setup: Setup): Promise<Server> => {
    const server = servers.get(setup) ?? (await serve(guarded(setup).agent, { port: 0, rateLimit: "off" }));
    servers.set(setup, server);
    return server;
  };
  afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));
  const textOf = (reply: Pick<RpcReply, "error">): string =>
    reply.error === undefined ? "served" : String(reply.error.data.error);
  const shared: Setup = {};
  const own = (setup: Setup): Setup => (setup === byActor ? byActor : shared);

  test.each(senders)("over HTTP: %s", async (_, setup, claims, expected) => {
    const { url } = await serverOf(own(setup));
    const headers = { "content-type": "application/json", ...(await authorized({ ...bound, ...claims })) };
    const response = await fetch(`${url}/asap`, { method: "POST", headers, body: taskText() });
    const reply = (await response.json()) as RpcReply & { readonly detail?: string };
    expect(reply.detail ?? textOf(reply)).toBe(expected);
    expect(response.status).toBe(expected === uncalled ? 403 : 200);
    if (expected === unlike) expect(reply.error?.data).toEqual({ error: unlike, status_code: 403 });
  });

  test.each(senders)("over WebSocket: %s", async (_, setup, claims, expected) => {
    const { url } = await serverOf(own(setup));
    const opening = openSocket(url, { headers: await authorized({ ...bound, ...claims }) });
    if (expected === uncalled) return void (await expect(opening).rejects.toThrow("403"));
    await using socket = await opening;
    socket.send(taskText());
    expect(textOf((await socket.find((frame) => frame.id === "req-1")) as RpcReply)).toBe(expected);
  });

  test.each(senders)("in the same process: %s", async (_, setup, claims, expected) => {
    const { authorization } = await authorized({ ...bound, ...claims });
    const { agent, runs } = guarded(setup);
    const peer = connectMemory(agent, { sender: client, authorization });
    const text = await peer.run("echo", {}).then(
      () => "served",
      ({ data }) => String(data.data.error),
    );
    expect(text).toBe(expected);
    expect(runs).toHaveLength(expected === "served" ? 1 : 0);
  });
});

describe("what a caller started is his own", () => {
  const cancel = (task_id: string): Differences => ({
    envelope: { payload_type: "task.cancel", payload: { task_id } },
  });
  const first = { ...bound, sub: "first" };
  const second = { ...bound, sub: "second" };

  test("a task is cancelled by the identity that asked for it, with whichever token, and by nobody else", async () => {
    const { agent, waiting } = guarded();
    const running = ask(
      agent,
      { envelope: { id: "the-task" }, payload: { skill_id: "wait" } },
      await authorized(first),
    );
    await waiting;
    const refused = await ask(agent, cancel("the-task"), await authorized(second));
    expect(refused.error?.data["code"]).toBe("asap:task/not_found");
    const sameName = await authorized({ ...bound, sub: client });
    expect((await ask(agent, cancel("the-task"), sameName)).error?.data["code"]).toBe("asap:task/not_found");
    const renewed = await authorized({ ...first, jti: "renewed" });
    expect((await ask(agent, cancel("the-task"), renewed)).result?.envelope.payload["status"]).toBe("cancelled");
    expect((await running).result?.envelope.payload["status"]).toBe("cancelled");
  });

  test("an answer is repeated to the identity that got it, and to nobody else with the same envelope id", async () => {
    const { agent, runs } = guarded();
    const again = { envelope: { id: "the-same" }, params: { idempotency_key: "the-key" } };
    const taskOf = async (claims: object) =>
      (await ask(agent, again, await authorized(claims))).result?.envelope.payload.task_id;
    const mine = await taskOf(first);
    expect(await taskOf({ ...first, jti: "renewed" })).toBe(mine);
    expect(await taskOf(second)).not.toBe(mine);
    expect(await taskOf({ ...bound, sub: client })).not.toBe(mine);
    expect(runs).toEqual(["first", "second", client]);
  });

  test("two clients that name the same agent share what it started", async () => {
    const { agent, runs } = guarded();
    const again = { envelope: { id: "of-the-agent" } };
    await ask(agent, again, await authorized({ ...bound, sub: "one", client_id: client }));
    await ask(agent, again, await authorized({ ...bound, sub: "two", client_id: client }));
    expect(runs).toEqual(["one"]);
  });
});
