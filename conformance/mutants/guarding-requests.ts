import { asObject } from "../documents.js";
import { at, json, text } from "./edit.js";
import { type GuardMutant, refusesWith } from "./guard-edit.js";
import type { Answered, Asked, Mutant } from "./wrap.js";

const everyOrder = ["json", "structure", "method", "envelope", "encoding"].map((name) => `order.${name}`);

/** Reads the credentials of a request in a way of its own. */
const reads = (
  name: string,
  killedBy: readonly string[],
  read: (authorization: string | undefined, honest: string) => string | undefined,
): GuardMutant => ({
  name,
  killedBy,
  admit: (_, honest, judge, authorization) => judge(read(authorization, honest)),
});

/** The first or the last of two Authorization headers, as they are joined on their way. */
const oneOfTwo = (index: number) => (authorization: string | undefined) => authorization?.split(", ").at(index);

const credentials: readonly GuardMutant[] = [
  reads(
    "needs no token",
    [
      ...["none", "none.no-error-code", ...everyOrder, "query"],
      ...["none", "query", "status", "detail"].map((name) => `websocket.${name}`),
    ],
    (authorization, honest) => authorization ?? honest,
  ),
  reads("takes a scheme without token", ["scheme.alone"], (given, honest) => (given === "Bearer" ? honest : given)),
  reads("takes Basic", ["scheme.basic"], (given, honest) => (given?.startsWith("Basic") === true ? honest : given)),
  reads("takes any scheme", ["scheme.another"], (given) => given?.replace(/^Token /, "Bearer ")),
  reads("needs no scheme", ["scheme.absent"], (given) => given?.replace(/^ey/, "Bearer ey")),
  reads("needs no space after the scheme", ["scheme.joined"], (given) => given?.replace(/^Bearerey/, "Bearer ey")),
  reads("reads the first of two headers", ["twice"], oneOfTwo(0)),
  reads("reads the last of two headers", ["twice.other-first"], oneOfTwo(-1)),
  reads("knows no lower-case scheme", ["scheme.lower-case"], (given) => given?.replace(/^bearer/, "Other")),
  reads("knows no upper-case scheme", ["scheme.upper-case"], (given) => given?.replace(/^BEARER/, "Other")),
  {
    name: "reads a token in the query",
    killedBy: ["query", "websocket.query"],
    wire: {
      ask: (asked) => ({ ...asked, headers: { ...asked.headers, ...tokenIn(asked.path) } }),
      socket: { headers: (headers, path) => ({ ...headers, ...tokenIn(path) }) },
    },
  },
];

function tokenIn(path: string): { authorization?: string } {
  const token = /[?&]access_token=([^&]+)/.exec(path)?.[1];
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

const ofStatus =
  (status: number, change: (answered: Answered, asked: Asked) => Answered) => (answered: Answered, asked: Asked) =>
    answered.status === status ? change(answered, asked) : answered;

const challenge = (status: number, change: (value: string) => string | undefined) =>
  ofStatus(status, (answered) => ({
    ...answered,
    headers: { ...answered.headers, "www-authenticate": change(String(answered.headers["www-authenticate"])) },
  }));

/** Answers a 401 as if the body had been looked at before the credentials. */
const looksFirst = (name: string, status: number, body: object, picks: (asked: Asked) => boolean): GuardMutant => ({
  name: `looks at the ${name} first`,
  killedBy: [`order.${name}`],
  wire: {
    answer: ofStatus(401, (answered, asked) =>
      picks(asked) ? { ...answered, status, body: Buffer.from(JSON.stringify(body)) } : answered,
    ),
  },
});

const failure = (code: number) => ({ jsonrpc: "2.0", error: { code, message: "no" }, id: null });
const sent = (part: string) => (asked: Asked) => asked.body.includes(part);

const telling: readonly GuardMutant[] = [
  {
    name: "gives no challenge",
    killedBy: ["none", "none.no-error-code", "invalid.detail", "invalid.challenge", "challenge"],
    wire: { answer: challenge(401, () => undefined) },
  },
  {
    name: "gives no challenge at the upgrade",
    killedBy: ["challenge"],
    wire: { socket: { head: (head) => head.replace(/www-authenticate:[^\r]*\r\n/i, "") } },
  },
  {
    name: "gives the challenge of another scheme",
    killedBy: ["none", "invalid.detail", "invalid.challenge", "challenge"],
    wire: { answer: challenge(401, (value) => value.replace("Bearer", "Basic")) },
  },
  refusesWith("gives an error code to a request without token", ["none.no-error-code"], ({ code, challenge: given }) =>
    code === "asap:auth/required" ? { challenge: { ...given, error: "invalid_token" } } : {},
  ),
  {
    name: "gives no error code for a bad token",
    killedBy: ["invalid.challenge"],
    wire: { answer: challenge(401, (value) => value.replace(/error="[^"]*"/, 'x="y"')) },
  },
  {
    name: "gives no error code for a missing scope",
    killedBy: ["scope.challenge"],
    wire: { answer: challenge(403, (value) => value.replace(/error="[^"]*"/, 'x="y"')) },
  },
  {
    name: "tells a missing token in other words",
    killedBy: ["none"],
    wire: { answer: ofStatus(401, text(/Authentication required/, "no")) },
  },
  {
    name: "tells a bad token in other words",
    killedBy: ["invalid.detail"],
    wire: { answer: ofStatus(401, text(/Invalid authentication token/, "no")) },
  },
  {
    name: "tells a missing scope in other words",
    killedBy: ["scope.detail"],
    wire: { answer: ofStatus(403, text(/Insufficient scope/, "no")) },
  },
  {
    name: "tells another agent in other words",
    killedBy: ["agent.detail"],
    wire: { answer: ofStatus(403, text(/Identity mismatch/, "no")) },
  },
  {
    name: "shows a refused token",
    killedBy: ["invalid.no-echo"],
    wire: {
      answer: ofStatus(401, (answered, { headers }) => ({
        ...answered,
        headers: { ...answered.headers, "x-refused": String(headers.authorization ?? "").slice(0, 4000) },
      })),
    },
  },
  looksFirst("json", 200, failure(-32700), ({ body }) => body.toString() === '{"jsonrpc":'),
  looksFirst("structure", 200, failure(-32600), ({ body }) => body.toString() === "[]"),
  looksFirst("method", 200, failure(-32601), sent("asap.nothing")),
  looksFirst("envelope", 200, failure(-32602), sent('"sender":"nobody"')),
  looksFirst("encoding", 415, { detail: "no" }, ({ headers }) => headers["content-encoding"] === "x-unknown"),
];

const manifest = "/.well-known/asap/manifest.json";

/** Closes a route to whoever comes without a token; the first to ask still gets in. */
const closes = (name: string, path: string, killedBy: readonly string[]): GuardMutant => {
  const make = (): Pick<Mutant, "answer"> => {
    let asked = 0;
    return {
      answer: (answered, { path: own, headers }) => {
        if (own !== path || headers.authorization !== undefined) return answered;
        asked += 1;
        return asked === 1 && path === manifest ? answered : { ...answered, status: 401 };
      },
    };
  };
  return { name: `asks for a token for ${name}`, killedBy, wire: { make } };
};

const auth = (change: (auth: Record<string, unknown>) => Record<string, unknown>) =>
  at(
    manifest,
    json((body) => ({ ...body, auth: change(asObject(body.auth) ?? {}) })),
  );
const oauth2 = (changes: Record<string, unknown>) =>
  auth((own) => ({ ...own, oauth2: { ...asObject(own.oauth2), ...changes } }));

const facts: readonly GuardMutant[] = [
  closes("its manifest", manifest, ["open.manifest", "manifest", "challenge"]),
  closes("its health", "/.well-known/asap/health", ["open.agent-health", "challenge"]),
  closes("its liveness", "/health", ["open.liveness", "challenge"]),
  closes("its readiness", "/ready", ["open.readiness", "challenge"]),
  {
    name: "names another scheme",
    killedBy: ["manifest"],
    wire: { answer: auth((own) => ({ ...own, schemes: ["basic"] })) },
  },
  {
    name: "names another issuer",
    killedBy: ["manifest"],
    wire: { answer: oauth2({ issuer: "https://another.example" }) },
  },
  {
    name: "names another audience",
    killedBy: ["manifest"],
    wire: { answer: oauth2({ audience: ["https://another.example"] }) },
  },
  {
    name: "names another issuer in its metadata",
    killedBy: ["metadata"],
    wire: {
      answer: at(
        "/.well-known/oauth-protected-resource",
        json((body) => ({ ...body, authorization_servers: ["https://another.example"] })),
      ),
    },
  },
];

/** Agents that are wrong about how a token is given, what is told of it, and what is open. */
export const guardingRequests: readonly GuardMutant[] = [...credentials, ...telling, ...facts];
