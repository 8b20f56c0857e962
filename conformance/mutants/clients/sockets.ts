import { gzipSync } from "node:zlib";
import { isSend } from "../../client/conforming.js";
import type { Json } from "../edit.js";
import { answer, hearing, isAnswerOf, saying } from "../socket-edit.js";
import type { SocketMutant } from "../tunnel.js";
import { formAspects } from "./edit.js";
import type { ClientMutant } from "./mutant.js";
import {
  elsewhere,
  envelope,
  member,
  openAnother,
  own,
  payload,
  repeats,
  rewriting,
  socketMutantsOf,
  takesNoAnswer,
} from "./socket-faults.js";

const send = socketMutantsOf("socket-send");
const reuse = socketMutantsOf("socket-reuse");
const swapped = socketMutantsOf("socket-answers-swapped");
const repeated = socketMutantsOf("socket-answer-repeated");
const base = socketMutantsOf("socket-base-path");
const url = socketMutantsOf("socket-url");
const token = socketMutantsOf("socket-token");

/** What a client that sends no JSON is wrong in too: nothing passes without a message that can be read. */
const formless = [
  "close",
  "completed",
  "handshake",
  "masks",
  "no-ping",
  "once",
  "path",
  "reserved-bits",
  "text",
  ...formAspects,
  "requires-ack",
];

const withHeader = (name: string, value: string | undefined): SocketMutant => ({ headers: () => ({ [name]: value }) });
const sharesEnvelopeId = (id: string) => envelope(() => ({ id }));

/** Clients whose messages over a WebSocket, or whose requests for one, are wrong. */
export const socketClients: readonly ClientMutant[] = [
  send("takes-no-answer", "A client that fails although its message is answered over a WebSocket", "completed", () =>
    takesNoAnswer(),
  ),
  send("again", "A client that sends over a WebSocket again what was answered", "once", () => repeats()),
  send("query", "A client that adds a query to the path of the WebSocket", "path", () => ({
    path: (path) => `${path}?v=1`,
  })),
  send("version-8", "A client that asks for version 8 of WebSocket", "handshake", () =>
    withHeader("sec-websocket-version", "8"),
  ),
  send("unmasked", "A client that does not mask its frames", "masks", () =>
    own("text", (frame) => [{ ...frame, masked: false }]),
  ),
  send("reserved", "A client that sets a reserved bit of its frames", "reserved-bits", () =>
    own("text", (frame) => [{ ...frame, rsv: 2 }]),
  ),
  send("binary", "A client that sends binary frames too", "text", () =>
    own("text", (frame) => [{ ...frame, opcode: 2 }, frame]),
  ),
  send("pings", "A client that sends application pings", "no-ping", () =>
    own("text", (frame) => [{ data: '{"type":"ping"}' }, frame]),
  ),
  send(
    "no-json",
    "A client that sends no JSON over a WebSocket",
    "json",
    () => rewriting((json) => [{ data: gzipSync(JSON.stringify(json)).toString("base64") }]),
    formless,
  ),
  send("jsonrpc-1", "A client that says jsonrpc 1.0 over a WebSocket", "jsonrpc", () => member({ jsonrpc: "1.0" })),
  send("method", "A client that calls asap.message over a WebSocket", "method", () =>
    member({ method: "asap.message" }),
  ),
  send("null-id", "A client whose request over a WebSocket has the id null", "rpc-id", () => member({ id: null })),
  send("surplus-member", "A client that adds a member to its request over a WebSocket", "rpc-members", () =>
    member({ meta: {} }),
  ),
  send("surplus-in-envelope", "A client that adds a member to its envelope over a WebSocket", "envelope", () =>
    envelope(() => ({ priority: 1 })),
  ),
  send("asap-version", "A client that says asap_version 1.1.0 over a WebSocket", "version", () =>
    envelope(() => ({ asap_version: "1.1.0" })),
  ),
  send(
    "sender",
    "A client whose sender over a WebSocket is no URN",
    "sender",
    () => envelope(() => ({ sender: "client" })),
    ["envelope"],
  ),
  send(
    "recipient",
    "A client whose recipient over a WebSocket is a URL",
    "recipient",
    () => envelope(() => ({ recipient: "ws://127.0.0.1" })),
    ["envelope"],
  ),
  send(
    "no-envelope-id",
    "A client whose envelope over a WebSocket has no id",
    "envelope-id",
    () => envelope(() => ({ id: null })),
    ["ulid"],
  ),
  send("uuid", "A client whose envelope id over a WebSocket is a UUID", "ulid", () =>
    envelope(() => ({ id: "5f1b2c04-9d7e-4f7c-8a55-0a2b3c4d5e6f" })),
  ),
  send("stale", "A client whose envelope over a WebSocket is an hour old", "fresh", () =>
    envelope(() => ({ timestamp: new Date(Date.now() - 3_600_000).toISOString() })),
  ),
  send("offset", "A client that writes its time over a WebSocket with an offset", "utc", () =>
    envelope(() => ({ timestamp: new Date().toISOString().replace("Z", "+00:00") })),
  ),
  send("class-name", "A client that writes TaskRequest over a WebSocket", "payload-type", () =>
    envelope(() => ({ payload_type: "TaskRequest" })),
  ),
  send("surplus-in-payload", "A client that adds a member to its payload over a WebSocket", "payload", () =>
    payload({ skill: "echo" }),
  ),
  send("other-task", "A client that asks for another task over a WebSocket", "task", () =>
    payload({ input: { message: "goodbye" } }),
  ),
  send("no-ack", "A client that asks for no acknowledgement of its task", "requires-ack", () =>
    envelope(() => ({ requires_ack: false })),
  ),
  send("no-close", "A client that leaves its WebSocket without a close frame", "close", () => own("close", () => [])),

  reuse("takes-no-answer", "A client that fails although its three messages are answered", "completed", () =>
    takesNoAnswer(3),
  ),
  reuse("opens-another", "A client that opens a second WebSocket beside an open one", "one-connection", () => {
    let isFirst = true;
    return answer(() => {
      if (isFirst) openAnother(0);
      isFirst = false;
      return undefined;
    });
  }),
  reuse("repeats", "A client that sends the last of its messages again", "count", () => repeats(3), ["envelope-ids"]),
  reuse("one-envelope-id", "A client that gives every envelope over a WebSocket the same id", "envelope-ids", () =>
    sharesEnvelopeId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
  ),
  reuse("one-rpc-id", "A client that gives every request on a WebSocket the same id", "rpc-ids", () =>
    member({ id: "1" }),
  ),

  swapped("by-order", "A client that takes answers in the order of its requests", "completed", () => {
    const ids: unknown[] = [];
    return {
      editor: (sides) => ({
        ...hearing(() => (json) => {
          if (isSend(json)) ids.push(json.id);
          return undefined;
        }).editor?.(sides),
        ...saying(() => (json) => (isAnswerOf(json) ? { ...json, id: ids.shift() ?? null } : undefined)).editor?.(
          sides,
        ),
      }),
    };
  }),
  swapped("again", "A client that sends the second of two messages again", "both", () => repeats(2)),

  repeated("next-answer", "A client that takes the next answer for its own, whatever its id is", "completed", () => {
    let old: Json | undefined;
    let seen = 0;
    return {
      editor: (sides) => ({
        ...hearing(() => (json) => {
          if (isSend(json) && old !== undefined) sides.toClient({ data: JSON.stringify({ ...old, id: json.id }) });
          return undefined;
        }).editor?.(sides),
        ...saying(() => (json) => {
          if (!isAnswerOf(json)) return undefined;
          seen += 1;
          if (seen === 1) old = json;
          return undefined;
        }).editor?.(sides),
      }),
    };
  }),
  repeated("again", "A client that sends the second message again", "count", () => repeats(2)),

  base("no-prefix", "A client that leaves the path of the base URL out of the WebSocket's", ["completed", "path"], () =>
    elsewhere("/asap/ws"),
  ),
  url("twice", "A client that appends /asap/ws to a URL that ends with it", ["completed", "path"], () =>
    elsewhere("/asap/ws/asap/ws"),
  ),
  token(
    "none",
    "A client that opens its WebSocket without its token",
    ["completed", "authorization"],
    () => withHeader("authorization", undefined),
    ["not-in-url"],
  ),
  token("in-url", "A client that writes its token in the URL of the WebSocket too", "not-in-url", () => ({
    path: (path) => `${path}?token=secret`,
  })),
];
