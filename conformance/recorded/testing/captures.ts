import { readFileSync } from "node:fs";
import { constants, inflateRawSync } from "node:zlib";
import { readToken, referenceClaim } from "../../tokens.js";
import { type Asked, type Kind, kindOf } from "./kind.js";
import { recordedSignatures, tokenMarks } from "./token-kind.js";

/** A frame that the recorded agent sent. */
export interface Reaction {
  readonly kind: "text" | "close" | "pong";
  readonly text: string;
  readonly code: number | null;
}

/** A request that was recorded, and what the agent answered. */
export interface Recording {
  readonly name: string;
  /** Variant of the agent. */
  readonly server: string;
  readonly asked: Asked;
  readonly kind: Kind;
  /** Answer over HTTP, to an upgrade too. */
  readonly response?: Answer;
  /** Frames that answer a message of a WebSocket. */
  readonly reaction?: readonly Reaction[];
}

/** An answer over HTTP as it was recorded. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Frame {
  readonly dir?: string;
  readonly op?: string;
  readonly data?: string;
  readonly code?: number | null;
  readonly reason?: string;
  readonly rsv1?: boolean;
}

interface Line {
  readonly name: string;
  readonly transport: string;
  readonly server: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
  };
  readonly response?: { readonly status: number; readonly headers: Record<string, string>; readonly body?: string };
  readonly frames?: readonly Frame[];
}

/** Sizes of bodies that variants took, as their answers say; all others take 10 MiB. */
const limits: Readonly<Record<string, number>> = { small: 2000 };
const usualLimit = 10_485_760;
/** Subjects that the variants behind OAuth 2.0 had in their map. */
const listed = ["auth0|ok"];

const bytesOf = (text = ""): Buffer =>
  text.startsWith("base64:") ? Buffer.from(text.slice(7), "base64") : Buffer.from(text);

const lowered = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const readLines = (): Line[] =>
  readFileSync(new URL("../../captures.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);

/** Names of everything that was recorded, of clients too. */
export const captureNames = (): readonly string[] => readLines().map(({ name }) => name);

/** Every exchange with the recorded agent, in the order in which it was recorded; without what only time brought about. */
export function readCaptures(): Recording[] {
  const lines = readLines()
    .filter(({ transport, frames = [] }) => ["http", "ws"].includes(transport) && !frames.some(isOfTime))
    .filter(
      ({ server, request, response }) =>
        server === "small" || request.path === "/asap/metrics" || !isCut(request.body, response?.body),
    );
  const seen = new Map<string, Set<string>>();
  const token = tokensOf(lines);
  return lines.flatMap((line) => {
    const { name, server, request, response, frames = [] } = line;
    const headers = lowered(request.headers);
    const answered = lowered(response?.headers ?? {});
    const nonces = seen.get(server) ?? new Set<string>();
    seen.set(server, nonces);
    const atMs = Date.parse(answered.date ?? "");
    const make = (own: Pick<Asked, "over" | "body" | "frame" | "isOverRate">) => {
      const whole: Asked = {
        method: request.method,
        path: request.path,
        headers,
        atMs,
        limit: limits[server] ?? usualLimit,
        token: server.endsWith("unreachable JWKS") ? [noKeys] : isGuarded(server) ? token(headers, atMs) : [],
        ...(answered.etag === undefined ? {} : { etag: answered.etag }),
        ...own,
      };
      return { name, server, ...withNonce(whole, nonces) };
    };
    const isRefused = response?.status === 429;
    const opening = make({ over: "http", body: bytesOf(request.body), ...(isRefused ? { isOverRate: true } : {}) });
    const messages = conversation(frames).map(({ sent, reaction }) => {
      const isOverRate = reaction.some(({ text }) => text.includes(`"code": ${overRate}`));
      return { ...make({ ...frameAsked(sent), ...(isOverRate ? { isOverRate } : {}) }), reaction };
    });
    return response === undefined ? messages : [{ ...opening, response: answerOf(response) }, ...messages];
  });
}

/** How a recorded agent closed a connection that was open when it got SIGTERM. */
export interface RecordedEnd {
  /** Name of the recording. */
  readonly name: string;
  readonly code: number | null;
  readonly reason: string;
}

/**
 * Reads how the recorded agent ended its connections when it got SIGTERM.
 *
 * @throws Error where that was not recorded.
 */
export function readEnd(): RecordedEnd {
  const name = "ws_server_sigterm_inflight";
  const { frames = [] } = readLines().find((line) => line.name === name) ?? {};
  const end = frames.find(({ dir, op }) => dir === "received" && op === "close");
  if (end === undefined) throw new Error(`${name} holds no close frame`);
  const { code = null, reason = "" } = end;
  return { name, code, reason };
}

/** Whether a body was cut short in the recording. */
const isCut = (...bodies: readonly (string | undefined)[]) =>
  bodies.some((body = "") => /\.\.\.\(\d+ chars\)$/.test(body));

/** Error code of a message too many. */
const overRate = -32001;

/** How a token differs that cannot be judged, for want of the keys. */
export const noKeys = "keys unreachable";

const isGuarded = (server: string) => /^(?:bearer|basic|oauth)/.test(server);

/** Frames that no message brought about: those of a timer, and the close of a server that ends. */
const isOfTime = (frame: Frame) => "t" in frame || frame.code === 1011 || frame.code === 1012;

function tokensOf(lines: readonly Line[]) {
  const accepted = lines
    .filter(({ response }) => response?.status === 200)
    .map(({ request }) => /^Bearer (\S+\.\S+)$/.exec(request.headers.Authorization ?? "")?.[1] ?? "")
    .filter((text) => text !== "");
  const said = (claim: string) =>
    String(accepted.map((text) => readToken(text)?.claims[claim]).find((one) => one !== undefined));
  const own = { agent: said(referenceClaim), issuer: said("iss"), audience: said("aud"), listed };
  const signature = recordedSignatures(accepted);
  return (headers: Readonly<Record<string, string>>, atMs: number) => tokenMarks(headers, own, atMs, signature);
}

/** The kind of a request, with what is known of its nonce: whether it came before in a request that was not stale. */
export function withNonce(asked: Asked, seen: Set<string>): { readonly asked: Asked; readonly kind: Kind } {
  const kind = kindOf(asked);
  if (kind.text === null) return { asked, kind };
  const { extensions } = (JSON.parse(kind.text)?.params?.envelope ?? {}) as {
    extensions?: Record<string, unknown> | null;
  };
  if (extensions == null || typeof extensions !== "object" || !("nonce" in extensions)) return { asked, kind };
  const { nonce } = extensions;
  const name = typeof nonce !== "string" ? "no text" : nonce === "" ? "empty" : seen.has(nonce) ? "repeated" : "new";
  const isStale = kind.traits.some(([word]) => word === "timestamp old" || word === "timestamp ahead");
  if (typeof nonce === "string" && nonce !== "" && !isStale) seen.add(nonce);
  const marked = { ...asked, nonce: name };
  return { asked: marked, kind: kindOf(marked) };
}

const answerOf = ({ status, headers, body }: NonNullable<Line["response"]>): Answer => ({
  status,
  headers,
  body: bytesOf(body),
});

function frameAsked({ op = "text", data = "" }: Frame): Pick<Asked, "over" | "body" | "frame"> {
  const cut = /\.\.\.\((\d+) chars\)$/.exec(data)?.[1];
  const body =
    op === "binary" ? Buffer.from(data, "base64") : cut === undefined ? bytesOf(data) : Buffer.alloc(Number(cut));
  const frame = op === "text" || op.includes("fragments") ? undefined : op.replace("text (unmasked)", "unmasked");
  const closing = frame === "close" ? `close ${body.length >= 2 ? body.readUInt16BE(0) : "without a code"}` : frame;
  return { over: "ws", body, ...(closing === undefined ? {} : { frame: closing }) };
}

function reactionOf({ op = "", data = "", code = null, reason = "", rsv1 }: Frame): Reaction {
  const bytes = bytesOf(data);
  const text =
    rsv1 === true
      ? inflateRawSync(Buffer.concat([bytes, Buffer.from([0, 0, 255, 255])]), {
          finishFlush: constants.Z_SYNC_FLUSH,
        }).toString()
      : bytes.toString();
  return op === "close"
    ? { kind: "close", text: reason, code }
    : { kind: op === "pong" ? "pong" : "text", text, code: null };
}

const parsed = (
  text = "",
): {
  id?: unknown;
  method?: unknown;
  params?: { envelope?: { id?: unknown; payload?: { original_envelope_id?: unknown } } };
} | null => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

interface Turn {
  readonly sent: Frame;
  readonly reaction: Reaction[];
}

/**
 * What was sent over a WebSocket, and what answered each of it: by ids where several were on their way, a close after what
 * came before it. What was sent after the message that a close answers was not answered any more, and is left out.
 */
function conversation(frames: readonly Frame[]): Turn[] {
  const told = frames.filter(({ op }) => op !== undefined);
  const turns: Turn[] = told.filter(({ dir }) => dir === "sent").map((sent) => ({ sent, reaction: [] }));
  let last = turns.at(-1);
  for (const frame of told.filter(({ dir }) => dir === "received")) {
    const owner = turns.length === 1 ? turns[0] : ownerOf(frame, turns, last);
    owner?.reaction.push(reactionOf(frame));
    last = owner ?? last;
  }
  const closed = turns.findIndex(({ reaction }) => reaction.some(({ kind }) => kind === "close"));
  return closed < 0 ? turns : turns.slice(0, closed + 1);
}

function ownerOf({ data }: Frame, turns: readonly Turn[], last: Turn | undefined): Turn | undefined {
  const said = parsed(data);
  if (said?.method === "asap.ack") {
    const named = said.params?.envelope?.payload?.original_envelope_id;
    return turns.find(
      ({ sent, reaction }) => reaction.length === 0 && parsed(sent.data)?.params?.envelope?.id === named,
    );
  }
  return said?.id == null ? last : turns.find(({ sent }) => parsed(sent.data)?.id === said.id);
}
