import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { asObject } from "../../documents.js";
import { spansOf } from "./json-spans.js";
import { envelopeTraits } from "./kind-envelope.js";

/** A request of a recording, or one that arrives: over HTTP, or one message of a WebSocket. */
export interface Asked {
  readonly over: "http" | "ws";
  readonly method: string;
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds since 1970 when it was sent. */
  readonly atMs: number;
  /** Bytes a body may have. */
  readonly limit: number;
  /** The ETag of the manifest then. */
  readonly etag?: string;
  /** Frame of the message when it is not a masked text: `binary`, `unmasked`, `ping`, `close`, … */
  readonly frame?: string;
  /** What is known of its nonce: whether it came before. */
  readonly nonce?: string;
  /** Whether more came in its second than the rate lets through; of a recording its answer tells that. */
  readonly isOverRate?: boolean;
  /** How its bearer token differs from one that holds; of variants that ask for one. */
  readonly token: readonly string[];
}

/**
 * One way in which a request differs from a plain task request, in three words from exact to broad; an empty one says that
 * the difference is none at that breadth.
 */
export type Trait = readonly [exact: string, general: string, broad: string];

/** How a request differs from a plain task request, and the one member where it does. */
export interface Kind {
  readonly traits: readonly Trait[];
  /** Path of the member that is wrong, within the document. */
  readonly member?: string;
  /** The JSON text of the body, unpacked; null when it holds none. */
  readonly text: string | null;
}

export const trait = (exact: string, general = exact, broad = general): Trait => [exact, general, broad];

/** The JSON type of a value. */
export function typeOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

const routes = [
  "/asap",
  "/asap/ws",
  "/asap/metrics",
  "/.well-known/asap/manifest.json",
  "/.well-known/asap/health",
  "/health",
  "/ready",
];

/** Says how a request differs from a plain task request: from its bytes alone, by rules that know neither a case nor an answer. */
export function kindOf(asked: Asked): Kind {
  const kind = kindWithin(asked);
  return asked.isOverRate === true ? { ...kind, traits: [trait("over the rate")] } : kind;
}

function kindWithin(asked: Asked): Kind {
  const { over, method, path, headers, body, limit } = asked;
  const traits: Trait[] = asked.nonce === undefined ? [] : [trait(`nonce ${asked.nonce}`)];
  const isGuarded = over === "http" && path.startsWith("/asap") && headers.upgrade === undefined;
  traits.push(...asked.token.map((mark) => trait(mark, isGuarded ? mark : "")));
  const declared = Number(headers["content-length"] ?? 0);
  if (over === "ws") {
    const frame = asked.frame === undefined ? [] : [trait(`frame ${asked.frame}`)];
    const size =
      body.length > limit ? [trait(body.length > 16 * 1024 * 1024 ? "outright too large" : "too large")] : [];
    if (frame.length + size.length > 0) return { traits: [...frame, ...size], text: null };
    return withBody([...traits, ...encodingOf(asked).traits], body, asked);
  }
  const [plain = "", query] = path.split("?");
  const known = routes.includes(plain);
  traits.push(trait(`${method} ${plain}`, known ? methodKind(method, plain) : `${method} an unknown path`));
  if (query !== undefined) traits.push(trait("query"));
  if (declared > limit)
    return { traits: [trait(`declared too large ${method} ${plain}`, "declared too large")], text: null };
  if (headers.upgrade !== undefined) traits.push(...upgradeTraits(headers));
  const tag = headers["if-none-match"];
  if (tag !== undefined) traits.push(tagTrait(tag, asked.etag));
  if (method !== "POST" || plain !== "/asap") return { traits, text: null };
  if (body.length > limit) return { traits: [...traits, trait("streamed too large")], text: null };
  if (headers["transfer-encoding"] === "chunked") traits.push(trait("chunked"));
  if (!/^application\/json/.test(headers["content-type"] ?? "")) traits.push(trait("another content type", ""));
  if (headers["x-idempotency-key"] !== undefined) traits.push(trait("idempotency key", "params with another member"));
  const encoding = encodingOf(asked);
  traits.push(...encoding.traits);
  if (encoding.body === null) return { traits, text: null };
  if (encoding.body.length > limit) return { traits: [...traits, trait("inflated too large")], text: null };
  return withBody(traits, encoding.body, asked);
}

function upgradeTraits(headers: Readonly<Record<string, string>>): Trait[] {
  const traits = [trait("upgrade")];
  if (headers["sec-websocket-protocol"] !== undefined) traits.push(trait("offers a subprotocol"));
  if (headers["sec-websocket-extensions"]?.includes("permessage-deflate")) traits.push(trait("offers compression"));
  if (headers["sec-websocket-version"] !== "13") traits.push(trait("another websocket version"));
  if (Buffer.from(headers["sec-websocket-key"] ?? "", "base64").length !== 16) traits.push(trait("bad websocket key"));
  if (headers["content-encoding"] !== undefined) traits.push(trait("content encoding"));
  return traits;
}

/** A method on a route: that of the route, HEAD, or another. */
function methodKind(method: string, path: string): string {
  if (method === (path === "/asap" ? "POST" : "GET")) return `${method} ${path}`;
  if (path === "/asap") return "another method than POST";
  return method === "HEAD" ? "HEAD" : "another method than GET";
}

function tagTrait(tag: string, etag: string | undefined): Trait {
  if (tag === "*") return trait("if-none-match star", "");
  if (tag === `W/${etag}`) return trait("if-none-match weak", "");
  if (tag === etag) return trait("if-none-match the tag", "if-none-match names the tag");
  const isListed = etag !== undefined && tag.includes(etag);
  return isListed ? trait("if-none-match a list", "if-none-match names the tag") : trait("if-none-match another", "");
}

/** The body without its encoding; null when it cannot be had. */
function encodingOf({ headers, body }: Asked): { readonly traits: Trait[]; readonly body: Buffer | null } {
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return { traits: [], body };
  if (!["gzip", "br", "identity"].includes(encoding)) return { traits: [trait("unsupported encoding")], body: null };
  try {
    const unpacked = encoding === "gzip" ? gunzipSync(body) : encoding === "br" ? brotliDecompressSync(body) : body;
    return { traits: [trait(`encoding ${encoding}`)], body: unpacked };
  } catch {
    return { traits: [trait(`not ${encoding}`)], body: null };
  }
}

function withBody(before: readonly Trait[], padded: Buffer, asked: Asked): Kind {
  let traits = before;
  let end = padded.length;
  while (padded[end - 1] === 0x20) end -= 1;
  const body = padded.subarray(0, end);
  const isUtf8 = Buffer.from(body.toString("utf8")).equals(body);
  if (!isUtf8) return { traits: [...traits, trait("not UTF-8")], text: null };
  const raw = body.toString("utf8").trimEnd();
  const unread = (word: string): Kind => ({ traits: [...traits, trait(word, "not JSON")], text: null });
  if (raw === "") return unread("no text");
  if (raw.startsWith("\ufeff")) return unread("byte order mark");
  if (/(?:[[{]\s*){300}/.test(raw)) return { traits: [...traits, trait("deep nesting")], text: null };
  const text = raw.replace(/([:[,]\s*)NaN\b/g, "$1null");
  const spans = spansOf(text);
  if (spans === null) return unread("not JSON");
  if (text !== raw) traits = [...traits, trait("NaN")];
  const root = spans.get("")?.value;
  const document = asObject(root);
  if (document === undefined) {
    const type = typeof root === "number" && !Number.isInteger(root) ? "fraction" : typeOf(root);
    return { traits: [...traits, trait(`JSON ${type}`, "no JSON object")], text };
  }
  const ids = spans.get("id");
  const idText = ids === undefined ? undefined : text.slice(ids.start, ids.end);
  const inner = documentTraits(document, idText, asked);
  const repeated = text.match(/"jsonrpc"/g)?.length ?? 0;
  const twice = repeated > 1 || hasTwice(text) ? [trait("repeated member")] : [];
  return { traits: [...traits, ...inner.traits, ...twice], text, ...(inner.member && { member: inner.member }) };
}

/** Whether a member of the frame is written twice. */
function hasTwice(text: string): boolean {
  return ["method", "params"].some((name) => (text.match(new RegExp(`"${name}"\\s*:`, "g"))?.length ?? 0) > 1);
}

function documentTraits(document: Record<string, unknown>, idText: string | undefined, asked: Asked) {
  const traits: Trait[] = [];
  const members: string[] = [];
  const wrong = (member: string, ...[exact, general, broad]: Parameters<typeof trait>) => {
    traits.push(trait(exact, general, broad));
    members.push(member);
  };
  if (asked.over === "ws" && document.type === "pong" && document.method === undefined)
    return { traits: [trait("application pong")], member: undefined };
  const { jsonrpc, method, params } = document;
  if (jsonrpc !== "2.0") wrong("jsonrpc", `jsonrpc ${typeOf(jsonrpc)}`);
  if (method !== "asap.send") {
    if (typeof method === "string") traits.push(trait(`method ${method}`, "another method"));
    else wrong("method", `method ${typeOf(method)}`);
  }
  traits.push(...idTraits(document, idText));
  for (const name of Object.keys(document))
    if (!["jsonrpc", "method", "params", "id"].includes(name))
      wrong(name, `frame with ${name}`, "frame with another member");
  const inside = asObject(params);
  if (inside === undefined) wrong("params", `params ${typeOf(params)}`);
  else {
    const { envelope, ...others } = inside;
    if (Object.keys(others).length > 0) traits.push(trait("params with another member"));
    const message = asObject(envelope);
    if (message !== undefined) {
      const within = envelopeTraits(message, asked.atMs);
      traits.push(...within.traits);
      members.push(...within.members.map((member) => `params.envelope.${member}`));
    } else if (envelope == null) traits.push(trait(`envelope ${typeOf(envelope)}`, "no envelope"));
    else traits.push(trait(`envelope ${typeOf(envelope)}`, "envelope no object"));
  }
  if (members.length > 1) traits.push(trait(`${members.length} faults`));
  return { traits, member: members.length === 1 ? members[0] : undefined };
}

function idTraits(document: Record<string, unknown>, text: string | undefined): Trait[] {
  const { id } = document;
  if (typeof id === "string") return id === "" ? [trait("id empty", "")] : [];
  if (typeof id !== "number") return [trait(`id ${typeOf(id)}`)];
  if (!Number.isInteger(id)) return [trait("id fraction")];
  if (/[.eE]/.test(text ?? "")) return [trait("id integral fraction")];
  return [trait(Number.isSafeInteger(id) ? "id integer" : "id huge", Number.isSafeInteger(id) ? "" : "id huge")];
}

/** The words of a kind at a breadth, as a key. */
export function keyOf(kind: Kind, breadth: 0 | 1 | 2): string {
  return wordsOf(kind, breadth).join(" + ") || "plain";
}

/** The words of a kind at a breadth, each once, sorted. */
export function wordsOf({ traits }: Kind, breadth: 0 | 1 | 2): string[] {
  return [...new Set(traits.map((one) => one[breadth]))].filter((word) => word !== "").sort();
}
