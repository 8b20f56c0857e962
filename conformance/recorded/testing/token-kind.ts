import { createPublicKey, verify } from "node:crypto";
import { rawMembers } from "../../raw-json.js";
import { agentClaim, readToken, referenceClaim } from "../../tokens.js";

type Headers = Readonly<Record<string, string>>;
type Claims = Readonly<Record<string, unknown>>;

/** Whether the signature of a token holds: by its key, or because no such key is known. */
export type Signature = "holds" | "wrong" | "no key";

/** What every token that holds says, wherever it comes from: its issuer, its audience, the agent that it is for. */
export interface Own {
  readonly agent: string;
  readonly issuer: string;
  readonly audience: string;
  /** Subjects that the agent's map lists, whose tokens need not name it. */
  readonly listed: readonly string[];
}

/** How the bearer token of a request differs from one that holds and names the agent by the reference's claim. */
export function tokenMarks(
  { authorization }: Headers,
  { agent, issuer, audience, listed }: Own,
  nowMs: number,
  signature: (text: string) => Signature,
): string[] {
  if (authorization === undefined) return ["no token"];
  if (/, *\S+ /.test(authorization)) return ["token twice"];
  const [, scheme = "", text = ""] = /^(\S+)(?: +(.*))?$/.exec(authorization.trim()) ?? [];
  if (scheme !== "Bearer") return [scheme.toLowerCase() === "bearer" ? "scheme in other case" : "another scheme"];
  if (text === "") return ["empty token"];
  const said = readToken(text);
  if (said === null || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return ["no token of JOSE"];
  const { claims, header } = said;
  const { alg, kid, typ, ...others } = header;
  if (alg !== "RS256") return [`algorithm ${alg}`];
  const held = signature(text);
  const marks = [
    held === "holds" ? "" : `signature ${held}`,
    kid === undefined ? "no kid" : "",
    typ === "JWT" || typ === "at+jwt" ? "" : `typ ${typ}`,
    ...Object.keys(others).map((name) => `header with ${name}`),
    claims.sub === undefined ? "no sub" : typeof claims.sub !== "string" || claims.sub === "" ? "odd sub" : "",
    claims.exp === undefined ? "no exp" : typeof claims.exp !== "number" ? "odd exp" : "",
    typeof claims.exp === "number" && claims.exp * 1000 <= nowMs ? "expired" : "",
    typeof claims.nbf === "number"
      ? claims.nbf * 1000 > nowMs
        ? "not yet"
        : ""
      : claims.nbf === undefined
        ? ""
        : "odd nbf",
    hasScope(claims) ? "" : claims.scp === undefined ? "scope lacks" : "scope in scp",
    textMark("iss", claims.iss, issuer),
    textMark("aud", claims.aud, audience),
    typeof claims.iat === "number" && claims.iat * 1000 > nowMs ? "iat ahead" : "",
    hasTwice(text) ? "claim twice" : "",
    Array.isArray(claims.scope) ? "scope as list" : "",
    ...agentMarks(claims, agent, listed),
  ];
  return marks.filter((mark) => mark !== "");
}

function hasTwice(text: string): boolean {
  const names = rawMembers(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"))?.map(
    ({ name }) => name,
  );
  return new Set(names).size < (names?.length ?? 0);
}

/** How a claim differs from the text that it should be. */
function textMark(name: string, value: unknown, wanted: string): string {
  if (value === undefined) return `no ${name}`;
  if (typeof value !== "string") return `odd ${name}`;
  return value === wanted ? "" : `${name} of another`;
}

const hasScope = ({ scope }: Claims): boolean =>
  (Array.isArray(scope) ? scope : String(scope ?? "").split(" ")).includes("asap:execute");

/** The claim of the reference comes first; where it is absent, the subject, and whether the protocol's claim names another. */
function agentMarks(claims: Claims, agent: string, listed: readonly string[]): string[] {
  const claim = claims[referenceClaim];
  if (claim !== undefined) return claim === agent ? [] : [typeof claim === "string" ? "another agent" : "odd agent"];
  if (listed.includes(String(claims.sub))) return ["agent by its subject"];
  const other = claims[agentClaim];
  if (other === undefined || other === agent) return ["no agent"];
  return ["no agent", "protocol's claim names another"];
}

const wordsOf = (text: string) => text.split(".").slice(0, 2).join(".");
const signatureOf = (text: string) => text.split(".")[2] ?? "";

/**
 * Judges the signatures of recorded tokens without their keys: a key is known when a token of it was accepted, and a
 * signature is wrong when the same words were accepted under another one.
 */
export function recordedSignatures(accepted: readonly string[]): (text: string) => Signature {
  const right = new Map(accepted.map((text) => [wordsOf(text), signatureOf(text)]));
  const kids = new Set(accepted.map((text) => readToken(text)?.header.kid));
  return (text) => {
    const known = right.get(wordsOf(text));
    if (known !== undefined && known !== signatureOf(text)) return "wrong";
    return kids.has(readToken(text)?.header.kid) ? "holds" : "no key";
  };
}

/** Judges signatures by the keys of an issuer. */
export async function issuersSignatures(issuer: string): Promise<(text: string) => Signature> {
  const answer = await fetch(`${issuer}/jwks`);
  if (!answer.ok) throw new Error(`no keys: ${answer.status}`);
  const { keys } = (await answer.json()) as { keys: ({ kid?: string } & Record<string, unknown>)[] };
  return (text) => {
    const kid = readToken(text)?.header.kid;
    const key = keys.find((one) => kid === undefined || one.kid === kid);
    if (key === undefined) return "no key";
    const publicKey = createPublicKey({ key, format: "jwk" });
    const holds = verify("sha256", Buffer.from(wordsOf(text)), publicKey, Buffer.from(signatureOf(text), "base64url"));
    return holds ? "holds" : "wrong";
  };
}
