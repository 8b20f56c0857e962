import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { membersOfPrinted, surveyOf } from "./testing/client-members.js";
import { NotRecorded, recordedLike } from "./testing/client-outcome.js";
import { type ClientExchange, readClientCalls } from "./testing/client-recordings.js";
import { pythonJson, requestFor, send } from "./testing/client-request.js";
import { type JudgedClient, judgeRecordedClient } from "./testing/judge-client.js";
import { expected, knownElsewhere, reported, shownBy } from "./testing/known.js";

const calls = readClientCalls(fileURLToPath(new URL("../captures.jsonl", import.meta.url)));
const differences = shownBy("client");

const manifest = ["client_http_GET_other_.well-known_asap_manifest.json", "outcome client_discover"];
const furtherManifest = ["client_http_GET_extra_.well-known_asap_manifest.json", "outcome client_discover_extra_field"];
const registry = ["client_http_GET_registry.json", "outcome registry"];
const furtherRegistry = ["client_http_GET_registry_extra.json", "outcome registry_extra_field"];
const listRegistry = ["client_http_GET_registry_array.json", "outcome registry_array_root"];
const message = ["client_http_POST_asap#1", "outcome client_send_small"];
const foreignId = ["client_http_POST_badid_asap", "outcome client_response_wrong_id_accepted"];
const refused = ["client_http_POST_rpcerr_asap", "outcome client_rpc_error"];

/** What was replayed in each scenario. */
const replayedIn = ({ judged, answeredFrom }: JudgedClient) =>
  Object.fromEntries(judged.map((one) => [one.area, answeredFrom(one)]));

describe("The recorded client", () => {
  let run: JudgedClient;
  beforeAll(async () => {
    run = await judgeRecordedClient(knownElsewhere(differences));
  }, 60_000);

  it("is reported with exactly the differences of section 18, where those that stand elsewhere are known", () => {
    expect(reported(run.judged)).toEqual(expected(differences));
    expect(run.judged.length).toBeGreaterThan(40);
  });

  it("fails as it was recorded to, and sends nothing after", () => {
    const found = run.judged.filter(({ outcome }) => outcome === "fail");
    for (const one of found) {
      expect(one.found).toContain(`Error, as in ${run.answeredFrom(one)[1]}`);
      expect(one.exchanges).toHaveLength(1);
    }
  });

  it("shows each difference by the recordings that the table names", () => {
    for (const { clause, fail, records } of differences) {
      const used = run.judged.filter(({ id }) => fail.includes(id)).flatMap(run.answeredFrom);
      expect(used, clause).toEqual(expect.arrayContaining([...records]));
    }
  });

  it("replays the recordings of each scenario, and reads the same documents without those members", () => {
    expect(replayedIn(run)).toEqual({
      discover: manifest,
      "manifest-further-members": furtherManifest,
      send: message,
      "registry-find": [...registry, ...message],
      "registry-skill": [...registry, ...message],
      "registry-further-members": furtherRegistry,
      "registry-id": [...registry, ...message],
      "registry-list": listRegistry,
      "base-path": message,
      "answer-error": refused,
      "answer-internal-error": refused,
      "answer-foreign-id": foreignId,
      "answer-foreign-correlation": message,
    });
  });

  it("declines what was not recorded", async () => {
    const { judged, answeredFrom } = await judgeRecordedClient([], ["retry-503", "manifest-nonsense"]);
    expect(judged.filter(({ outcome }) => outcome !== "not-applicable")).toEqual([]);
    expect(judged.flatMap(answeredFrom)).toEqual([]);
  });
});

describe("The members that the reference knows", () => {
  const known = (call: keyof typeof calls) =>
    Object.fromEntries([...calls[call].known.members].map(([at, names]) => [at, [...names]]));

  it("are those of the tables of the wire document: sections 2, 5 and 13.3", () => {
    expect(known("manifest")).toEqual({
      "": [
        ...["id", "name", "version", "description", "capabilities", "endpoints"],
        ...["auth", "signature", "ttl_seconds"],
      ],
      capabilities: ["asap_version", "skills", "state_persistence", "streaming", "mcp_tools"],
      "capabilities.skills.*": ["id", "description", "input_schema", "output_schema"],
      endpoints: ["asap", "events"],
    });
    expect(known("registry")).toEqual({
      "": ["version", "updated_at", "agents"],
      "agents.*": ["id", "name", "description", "endpoints", "skills", "asap_version"],
    });
    expect([...calls.registry.known.maps]).toEqual(["agents.*.endpoints"]);
    expect(known("message")).toEqual({
      "result.envelope": [
        ...["id", "asap_version", "timestamp", "sender", "recipient", "payload_type", "payload"],
        ...["correlation_id", "trace_id", "requires_ack", "extensions"],
      ],
    });
    expect([...calls.message.known.maps]).toEqual(["result.envelope.payload"]);
  });

  it("are read from what Python prints, whatever stands in its texts", () => {
    const { members, maps } = membersOfPrinted(
      `One(a='x=1, Two(b=2)', at=datetime.datetime(2026, 1, 1, tzinfo=TzInfo(UTC)), c="it's", d=None, e=[Two(f={'g': True})])`,
    );
    expect(new Map(members)).toEqual(
      new Map([
        ["", new Set(["a", "at", "c", "d", "e"])],
        ["e.*", new Set(["f"])],
      ]),
    );
    expect([...maps]).toEqual(["e.*.f"]);
  });

  it("tell further members, and what stands where nothing is known, by their places", () => {
    const value = {
      id: "x",
      more: 1,
      auth: { schemes: [] },
      capabilities: { skills: [{ id: "s" }, { id: "t", more: 2 }] },
    };
    const { further, other, full } = surveyOf(value, calls.manifest.known);
    expect([...further]).toEqual(["", "capabilities.skills.*"]);
    expect([...other]).toEqual(["auth"]);
    expect([...full]).toEqual(["id", "capabilities", "auth", "capabilities.skills", "capabilities.skills.*.id"]);
  });
});

describe("What an answer is taken for", () => {
  const [readable] = calls.manifest.exchanges as readonly [ClientExchange];
  const [list] = calls.registry.exchanges as readonly [ClientExchange];
  const like = (call: "manifest" | "registry", document: unknown, status = 200) =>
    recordedLike({ status, body: JSON.stringify(document) }, calls[call], "");
  const own = JSON.parse(readable.answer.body);
  const agents = JSON.parse(list.answer.body);

  it("is each recorded answer itself", () => {
    for (const call of Object.values(calls))
      for (const one of call.exchanges) expect(recordedLike(one.answer, call, one.body).name).toBe(one.name);
  });

  it.each([
    ["a member that is further where none was recorded", { ...own, endpoints: { ...own.endpoints, more: 1 } }, 200],
    ["a member less than the recorded one has", { ...own, name: undefined }, 200],
    ["an object where none was recorded", { ...own, auth: { schemes: ["bearer"] } }, 200],
    ["no object where one was recorded", { ...own, endpoints: [] }, 200],
    ["another status", own, 404],
  ])("is nothing for a manifest with %s", (_, document, status) => {
    expect(() => like("manifest", document, status)).toThrow(NotRecorded);
  });

  it.each([
    ["an entry that lacks a member", [...agents.agents, { ...agents.agents[0], id: undefined }]],
    ["an entry that is none", [...agents.agents, null]],
  ])("is nothing for a registry with %s", (_, entries) => {
    expect(() => like("registry", { ...agents, agents: entries })).toThrow(NotRecorded);
  });
});

describe("The requests of the recorded client", () => {
  const bare = ({ method, headers }: ClientExchange) => [
    method,
    headers.map(([name, value]) => [name, ["Host", "X-Idempotency-Key", "Content-Length"].includes(name) || value]),
  ];
  const [sent] = calls.message.exchanges as readonly [ClientExchange];
  const { envelope } = JSON.parse(sent.body).params;
  const task = { recipient: envelope.recipient, input: envelope.payload.input };

  it("were recorded alike, whatever was answered", () => {
    for (const { exchanges } of Object.values(calls))
      for (const one of exchanges) expect(bare(one), one.name).toEqual(bare(exchanges[0] ?? one));
  });

  it("are written as Python writes them", () => {
    for (const { body } of calls.message.exchanges) expect(pythonJson(JSON.parse(body))).toBe(body);
  });

  it("go out with the recorded headers and members, in their order, with new ids and times", async () => {
    const seen: { headers: readonly string[]; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      seen.push({ headers: request.rawHeaders, body });
      response.writeHead(307, { Location: "/elsewhere" }).end("moved");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await send(requestFor(`http://${host}`, task, sent));
    await new Promise((resolve) => server.close(resolve));
    expect(answer).toEqual({ status: 307, body: "moved" });
    const [{ headers = [], body = "" } = {}] = seen;
    expect(seen).toHaveLength(1);
    const inside = JSON.parse(body).params;
    const values = new Map([
      ["Host", host],
      ["X-Idempotency-Key", inside.idempotency_key],
    ]);
    expect(headers).toEqual(sent.headers.flatMap(([name, value]) => [name, values.get(name) ?? value]));
    const renewed = [inside.envelope.id, inside.envelope.timestamp, inside.idempotency_key];
    const recorded = [envelope.id, envelope.timestamp, JSON.parse(sent.body).params.idempotency_key];
    for (const [at, text] of renewed.entries()) {
      expect(text).toHaveLength(recorded[at].length);
      expect(recorded).not.toContain(text);
    }
    expect(renewed.reduce((text, one, at) => text.replaceAll(one, recorded[at]), body)).toBe(sent.body);
  });
});
