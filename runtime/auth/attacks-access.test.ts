import { afterAll, beforeAll } from "vitest";
import { type Forge, forge } from "../testing/forge.js";
import { type Attack, attack, describeAttacks, type Twin, type Verdict } from "../testing/forge-attack.js";
import { agentClaim, bearer, type Headers, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let target: Target;
let forged: Forge;

beforeAll(async () => {
  issuer = await startTestIssuer();
  forged = forge(issuer, { [agentClaim]: targetId });
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

const scoped = (name: string, value: unknown, more: object = {}) =>
  attack(`scope ${name}`, "RFC 6749 3.3", () => forged.claimed(forged.claims({ scope: value, ...more })), "scope");
const granted = (name: string, claims: object): Twin => ({
  name,
  make: () => forged.claimed(forged.claims(claims)),
});
const scopes: Attack[] = [
  scoped("absent", undefined),
  scoped("empty", ""),
  scoped("of another", "asap:read asap:admin"),
  scoped("that is a prefix", "asap:execut"),
  scoped("that goes on", "asap:execute2"),
  scoped("with a word before it", "not-asap:execute"),
  scoped("below it", "asap:execute:all"),
  scoped("above it", "asap"),
  scoped("with a star", "asap:*"),
  scoped("in the other case", "ASAP:EXECUTE"),
  scoped("after a comma", "asap:read,asap:execute"),
  scoped("after a tab", "asap:read\tasap:execute"),
  scoped("after a line end", "asap:read\nasap:execute"),
  scoped("after a hard space", "asap:read\u00a0asap:execute"),
  scoped("with NUL", "asap:execute\0"),
  scoped("as the name of a member", { "asap:execute": true }),
  scoped("as an element of an object", { 0: "asap:execute", length: 1 }),
  scoped("a number", 1),
  scoped("true", true),
  scoped("null", null),
  scoped("a list with one in the other case", ["ASAP:EXECUTE"]),
  scoped("a list of lists", [["asap:execute"]]),
  scoped("an empty list", []),
  scoped("of another, scp too", "asap:read", { scp: "asap:admin" }),
  scoped("absent, scp of another", undefined, { scp: ["asap:read"] }),
  scoped("absent, roles and permissions in its place", undefined, {
    roles: ["asap:execute"],
    permissions: ["asap:execute"],
    scopes: "asap:execute",
  }),
];

const claimed = (name: string, value: unknown, verdict: Verdict = "mismatch") =>
  attack(`agent ${name}`, "BIND-002", () => forged.claimed(forged.claims({ [agentClaim]: value })), verdict);
const agents: Attack[] = [
  claimed("another", "urn:asap:agent:other"),
  claimed("that is a prefix", targetId.slice(0, -1)),
  claimed("that goes on", `${targetId}2`),
  claimed("below it", `${targetId}:child`),
  claimed("above it", "urn:asap:agent"),
  claimed("in the other case", targetId.toUpperCase()),
  claimed("with a line end after it", `${targetId}\n`),
  claimed("with a space before it", ` ${targetId}`),
  claimed("with NUL after it", `${targetId}\0`),
  claimed("with a star", "urn:asap:agent:*"),
  claimed("in a list", [targetId]),
  claimed("in a list with another", ["urn:asap:agent:other", targetId]),
  claimed("in an object", { id: targetId }),
  claimed("empty", ""),
  claimed("a number", 1),
  claimed("true", true),
  claimed("null", null),
  claimed("absent", undefined, "unnamed"),
  attack(
    "agent another, the reference's claim right",
    "BIND-001",
    () =>
      forged.claimed(
        forged.claims({
          [agentClaim]: "urn:asap:agent:other",
          "https://github.com/adriannoes/asap-protocol/agent_id": targetId,
        }),
      ),
    "mismatch",
  ),
  attack(
    "agent right, but by a claim of another name",
    "BIND-001",
    () =>
      forged.claimed(
        forged.claims({ [agentClaim]: undefined, agent_id: targetId, "https://asap.ai/agent_id/": targetId }),
      ),
    "unnamed",
  ),
  attack(
    "the agent's own id as sub",
    "BIND-002",
    () => forged.claimed(forged.claims({ [agentClaim]: undefined, sub: targetId })),
    "unnamed",
  ),
];

const carried = (name: string, make: (token: string) => { headers: Headers; query?: string }, verdict: Verdict) =>
  attack(
    name,
    "RFC 6750 2, RFC 9110 11.6.2",
    () => {
      const token = forged.honest();
      return { ...make(token), secrets: [token] };
    },
    verdict,
  );
const authorization = (value: string): { headers: Headers } => ({ headers: [["Authorization", value]] });
const carriers: Attack[] = [
  carried("no header", () => ({ headers: [] }), "required"),
  carried("an empty header", () => authorization(""), "required"),
  carried("the scheme alone", () => authorization("Bearer"), "required"),
  carried("the scheme and a space", () => authorization("Bearer "), "required"),
  carried("the token alone", (token) => authorization(token), "required"),
  carried("no space between", (token) => authorization(`Bearer${token}`), "required"),
  carried("a colon between", (token) => authorization(`Bearer: ${token}`), "required"),
  carried(
    "Basic with the token as password",
    (token) => authorization(`Basic ${Buffer.from(`client-1:${token}`).toString("base64")}`),
    "required",
  ),
  carried("Basic with the token itself", (token) => authorization(`Basic ${token}`), "required"),
  carried("DPoP", (token) => authorization(`DPoP ${token}`), "required"),
  carried("Token", (token) => authorization(`Token ${token}`), "required"),
  carried("the token in the query", (token) => ({ headers: [], query: `?access_token=${token}` }), "required"),
  carried("the token in the query as token", (token) => ({ headers: [], query: `?token=${token}` }), "required"),
  carried("the token in a cookie", (token) => ({ headers: [["Cookie", `access_token=${token}`]] }), "required"),
  carried("the token in another header", (token) => ({ headers: [["X-Access-Token", `Bearer ${token}`]] }), "required"),
  carried("the token for a proxy", (token) => ({ headers: [["Proxy-Authorization", `Bearer ${token}`]] }), "required"),
  carried(
    "the token as a subprotocol",
    (token) => ({ headers: [["Sec-WebSocket-Protocol", `bearer, ${token}`]] }),
    "required",
  ),
  carried("the scheme twice", (token) => authorization(`Bearer Bearer ${token}`), "invalid"),
  carried("the token twice", (token) => authorization(`Bearer ${token} ${token}`), "invalid"),
  carried("two tokens with a comma", (token) => authorization(`Bearer ${token}, Bearer ${token}`), "invalid"),
  carried("a parameter after it", (token) => authorization(`Bearer ${token}, realm="asap"`), "invalid"),
  carried("the token as a parameter", (token) => authorization(`Bearer token="${token}"`), "invalid"),
  carried("a tab between", (token) => authorization(`Bearer\t${token}`), "required"),
  carried(
    "two headers, the wrong one first",
    (token) => ({ headers: [...bearer("wrong"), ...bearer(token)] }),
    "invalid",
  ),
  carried(
    "two headers, the wrong one last",
    (token) => ({ headers: [...bearer(token), ...bearer("wrong")] }),
    "invalid",
  ),
  carried("two headers, both right", (token) => ({ headers: [...bearer(token), ...bearer(token)] }), "invalid"),
  carried(
    "two headers, Basic first",
    (token) => ({ headers: [...authorization("Basic eDp5").headers, ...bearer(token)] }),
    "invalid",
  ),
];

describeAttacks("scopes", () => target, scopes, [
  granted("the scope alone", { scope: "asap:execute" }),
  granted("the scope among others", { scope: "openid asap:read asap:execute" }),
  granted("a list", { scope: ["asap:read", "asap:execute"] }),
  granted("scp as text", { scope: undefined, scp: "asap:read asap:execute" }),
  granted("scp as a list", { scope: undefined, scp: ["asap:execute"] }),
]);
describeAttacks("agents", () => target, agents, [
  granted("the agent", { [agentClaim]: targetId }),
  granted("the agent by the reference's claim", {
    [agentClaim]: undefined,
    "https://github.com/adriannoes/asap-protocol/agent_id": targetId,
  }),
]);
describeAttacks("how a token is carried", () => target, carriers, [
  { name: "in one header", make: () => forged.honest() },
]);
