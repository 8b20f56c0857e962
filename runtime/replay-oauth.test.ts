import { readFileSync } from "node:fs";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { resourceServer } from "./auth/resource-server.js";
import { skill } from "./skill.js";
import { answersOf, overSocket, type RawAnswer } from "./testing/asap-request.js";
import { opcode, upgrade, upgradeHeaders } from "./testing/raw-websocket.js";
import { createReader, type RecordedSocket, receivedFrame, refreshed, sentBytes } from "./testing/recorded-frames.js";
import { shifted, variants } from "./testing/recorded-variants.js";
import { type IssuerKey, issuerKey, startTestIssuer, type TestIssuer } from "./testing/test-issuer.js";
import { type Server, serve } from "./transport/node.js";
import { ulid } from "./ulid.js";

interface Exchange extends RecordedSocket {
  readonly request: RecordedSocket["request"] & { readonly method: string; readonly body?: string };
}

const records = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Exchange)
  .filter(({ transport, server }) => /^(?:http|ws)$/.test(transport) && /^(?:bearer|basic|oauth)/.test(server));

const of = (transport: string, kind: RegExp) =>
  records.filter((record) => record.transport === transport && kind.test(record.server));

const id = "urn:asap:agent:variant";
const mismatch = `Identity mismatch: custom claim does not match agent manifest (expected: ${id})`;
const nameless = `Identity mismatch: the token names no agent (expected: ${id})`;
const invalid = "Invalid authentication token";

interface Outcome {
  readonly status: number;
  /** `detail` of a refusal. */
  readonly detail: string | undefined;
}

/** Where we differ from the record, by which row of the wire document, and what we answer instead. */
interface Difference extends Outcome {
  readonly row: string;
}

const unchecked = "wire section 19 row 15: exp is required and nbf is judged";
const differences: Readonly<Record<string, Difference>> = {
  oauth_lowercase_bearer: {
    row: "RFC 9110 section 11.1 and wire section 10: the scheme is compared without case",
    status: 200,
    detail: undefined,
  },
  oauth_claim_seed_uri: { row: "wire section 19 row 1: the plan's claim is read", status: 403, detail: mismatch },
  oauth_no_claim_noallow: {
    row: "wire section 19 row 2: an unbound token is refused",
    status: 403,
    detail: nameless,
  },
  oauth_scope_scp: {
    row: "wire section 19 rows 14 and 2: scp grants the scope, but the token is unbound",
    status: 403,
    detail: nameless,
  },
  oauth_no_exp: { row: unchecked, status: 401, detail: invalid },
  oauth_nbf_future: { row: unchecked, status: 401, detail: invalid },
  oauth_prefix_asapx: {
    row: "wire section 19 row 14: scopes are of routes, not of a prefix",
    status: 404,
    detail: "Not Found",
  },
};

const titled = (list: readonly Exchange[]) =>
  list.map((record) => {
    const row = differences[record.name]?.row;
    return [`${record.server}: ${record.name}${row === undefined ? "" : ` (${row})`}`, record] as const;
  });

let issuer: TestIssuer;
/** A key that the issuer does not publish. */
let stranger: IssuerKey;
const servers = new Map<string, Server>();

/** A server that is configured like the recorded one, but for the issuer, which is our own. */
async function serverOf({ server: name }: Exchange): Promise<Server> {
  const known = servers.get(name);
  if (known !== undefined) return known;
  const [agent, options] = name.startsWith("oauth") ? [oauthAgent(name), {}] : (variants[name]?.() ?? []);
  if (agent === undefined) throw new Error(`No agent is configured like ${name}`);
  const server = await serve(agent, { ...options, rateLimit: "off", port: 0 });
  servers.set(name, server);
  return server;
}

const oauthAgent = (name: string) =>
  createAgent({
    id,
    skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: "x",
      jwksUri: name === "oauth with unreachable JWKS" ? "http://127.0.0.1:1/jwks" : issuer.jwksUri,
      binding: { subjectMap: { [id]: ["auth0|ok"] } },
      env: {},
      egress: { allowLoopback: true },
    }),
  });

beforeAll(async () => {
  issuer = await startTestIssuer();
  stranger = await issuerKey("k1");
});
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.close()));
  await issuer.close();
});

const movedBy = ({ response }: Exchange): number => Date.now() - Date.parse(response.headers["date"] ?? "");

/** The recorded Authorization header with its token minted again: same claims but for the issuer, times moved. */
async function authorizationOf(record: Exchange): Promise<string | undefined> {
  const recorded = record.request.headers["Authorization"];
  const token = /^\S+ (ey\S+)$/.exec(recorded ?? "")?.[1];
  if (recorded === undefined || token === undefined) return recorded;
  const byMs = movedBy(record);
  const blank = { scope: undefined, iat: undefined, exp: undefined, sub: undefined } as object;
  const claims = Object.entries(decodeJwt(token)).map(([name, value]) => [
    name,
    name === "exp" || name === "nbf" || name === "iat" ? Number(value) + Math.round(byMs / 1_000) : value,
  ]);
  const forged = ["oauth_unknown_kid", "oauth_wrong_sig"].includes(record.name);
  const minted = await issuer.mint(
    { ...blank, ...Object.fromEntries(claims), iss: issuer.issuer },
    decodeProtectedHeader(token) as { alg: string },
    forged ? stranger : issuer.keys[0],
  );
  return recorded.replace(token, minted);
}

/** Sends a record's request with fresh times, a fresh envelope id and this Authorization header. */
async function send(port: number, record: Exchange, authorization: string | undefined): Promise<RawAnswer> {
  const { method, path, headers, body = "" } = record.request;
  const text = body
    .replace(/("timestamp": ?")([^"]+)"/, (_all, name, value) => `${name}${shifted(value, movedBy(record))}"`)
    .replace("01HX5K3MQVN8000000000ENV01", ulid());
  const lines = Object.entries({ ...headers, ...(authorization !== undefined && { Authorization: authorization }) })
    .map(([name, value]) => `${name}: ${name === "Content-Length" ? Buffer.byteLength(text) : value}\r\n`)
    .join("");
  const [answer] = answersOf(await overSocket(port, `${method} ${path} HTTP/1.1\r\n${lines}\r\n${text}`));
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

const outcomeOf = (status: number, body: string): Outcome => ({
  status,
  detail: body.startsWith('{"detail"') ? (JSON.parse(body) as { detail: string }).detail : undefined,
});

function expectedOf({ name, response }: Exchange): Outcome {
  const recorded = outcomeOf(response.status, response.body ?? "");
  const difference = differences[name];
  if (difference === undefined) return recorded;
  const { status, detail } = difference;
  expect({ status, detail }).not.toEqual(recorded);
  return { status, detail };
}

describe("the recorded exchanges with bearer tokens and OAuth 2.0 replay with the same outcome", () => {
  test("none is left out, and every difference is of one of them", () => {
    const counts = ["bearer", "basic", "oauth"].map((kind) =>
      ["http", "ws"].map((transport) => of(transport, new RegExp(`^${kind}`)).length),
    );
    expect(counts).toEqual([
      [4, 2],
      [2, 0],
      [18, 1],
    ]);
    expect(records.length).toBe(27);
    const names = records.map(({ name }) => name);
    expect(Object.keys(differences).filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(titled(of("http", /^(?:bearer|basic)/)))("%s", async (_title, record) => {
    const { port } = await serverOf(record);
    const answer = await send(port, record, record.request.headers["Authorization"]);
    expect(answer.status).toBe(record.response.status);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    if (record.name === "bearer_metrics_open") expect(answer.body).toMatch(/^# HELP asap_/);
    else expect(JSON.parse(answer.body)).toEqual(JSON.parse(record.response.body ?? ""));
  });

  test.each(titled(of("http", /^oauth/)))("%s", async (_title, record) => {
    const { port } = await serverOf(record);
    const answer = await send(port, record, await authorizationOf(record));
    expect(outcomeOf(answer.status, answer.body)).toEqual(expectedOf(record));
    expect(answer.headers["www-authenticate"]?.startsWith("Bearer ") ?? false).toBe(
      answer.status === 401 || (answer.status === 403 && answer.body.includes("Insufficient scope")),
    );
    if (answer.status === 503) expect(answer.headers["retry-after"]).toBe("1");
    if (answer.status === 200 && record.request.method === "POST") {
      expect(JSON.parse(answer.body)).toMatchObject({ result: { envelope: { sender: id } }, id: "req-1" });
    }
  });

  test("scp grants the scope where the token is bound", async () => {
    const record = records.find(({ name }) => name === "oauth_scope_scp") as Exchange;
    const claims = { aud: "x", scope: "", scp: "asap:execute", "https://asap.ai/agent_id": id };
    const { port } = await serverOf(record);
    expect((await send(port, record, `Bearer ${await issuer.mint(claims)}`)).status).toBe(200);
    const other = { ...claims, scp: "asap:read" };
    expect(await send(port, record, `Bearer ${await issuer.mint(other)}`)).toMatchObject({
      status: 403,
      body: '{"detail":"Insufficient scope"}',
    });
  });
});

describe("the same at a WebSocket", () => {
  const posts = of("http", /^oauth/).filter(({ request }) => request.method === "POST");

  test.each(titled(posts))("an upgrade is judged like the POST of %s", async (_title, record) => {
    const { port } = await serverOf(record);
    const authorization = await authorizationOf(record);
    const given = authorization === undefined ? [] : [["Authorization", authorization] as const];
    const shake = await upgrade(port, "/asap/ws", [...upgradeHeaders(port), ...given]);
    shake.socket?.socket.destroy();
    const { status, detail } = expectedOf(record);
    expect(outcomeOf(shake.status, shake.body)).toEqual({ status: status === 200 ? 101 : status, detail });
    expect(shake.headers.has("www-authenticate")).toBe(
      status === 401 || (status === 403 && detail === "Insufficient scope"),
    );
  });

  test.each(titled(of("ws", /^bearer/)))("%s", async (_title, original) => {
    const record = refreshed(original, Date.now());
    const { port } = await serverOf(original);
    const shake = await upgrade(port, record.request.path, Object.entries(record.request.headers));
    expect(shake.status).toBe(record.response.status);
    const read = createReader();
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    for (const frame of record.frames) {
      if (frame.dir === "sent") shake.socket?.socket.write(sentBytes(frame));
      else {
        expected.push(read(receivedFrame(frame)));
        seen.push(read((await shake.socket?.next()) as never));
      }
    }
    shake.socket?.socket.destroy();
    expect(expected.length).toBeGreaterThan(0);
    expect(seen).toEqual(expected);
  });

  test.each(titled(of("ws", /^oauth/)))(
    "%s (wire section 18 row 10: enforced at the upgrade)",
    async (_title, record) => {
      expect(record.response.status).toBe(101);
      const { port } = await serverOf(record);
      const refused = await upgrade(port, record.request.path, Object.entries(record.request.headers));
      expect(outcomeOf(refused.status, refused.body)).toEqual({ status: 401, detail: "Authentication required" });

      const token = await issuer.mint({ aud: "x", "https://asap.ai/agent_id": id });
      const headers = Object.entries({ ...record.request.headers, Authorization: `bearer ${token}` });
      const { socket } = await upgrade(port, record.request.path, headers);
      const [sent, received] = refreshed(record, Date.now()).frames;
      socket?.send(opcode.text, sent?.data);
      const read = createReader();
      const expected = { ...read(receivedFrame(received as never)) };
      expect(read((await socket?.next()) as never)).toMatchObject({ id: expected["id"], result: { sender: id } });
      socket?.socket.destroy();
    },
  );
});
