import { gzipSync } from "node:zlib";
import { manifestOf } from "../../client/conforming.js";
import type { Asked } from "../wrap.js";
import {
  envelope,
  formAspects,
  frame,
  headers,
  jsonAnswer,
  messages,
  mutantsOf,
  payload,
  rewriting,
  rightAnswer,
} from "./edit.js";
import { type ClientMutant, type Exchange, reset } from "./mutant.js";

const discover = mutantsOf("discover");
const send = mutantsOf("send");
const twice = mutantsOf("send-twice");
const error = mutantsOf("answer-error");

/** What a client that sends no JSON is wrong in too: nothing passes without a message that can be read. */
const formless = ["completed", "once", "path", "content-type", "idempotency-key", ...formAspects];

/** Asks for the manifest otherwise; the client gets what it asked for itself. */
const asking =
  (change: (asked: Asked) => Partial<Asked>): Exchange =>
  async (asked, forward) => {
    await forward(change(asked));
    return jsonAnswer(manifestOf(`http://${asked.headers.host}`));
  };

/** Clients whose messages are wrong. */
export const messageClients: readonly ClientMutant[] = [
  discover("no-manifest", "A client that cannot read a manifest", "completed", async (_, forward) => {
    await forward();
    return jsonAnswer({}, 404);
  }),
  discover(
    "old-path",
    "A client that asks for the manifest at /agent.json",
    ["path", "read"],
    asking(() => ({ path: "/agent.json" })),
    ["completed", "method", "accept", "credentials"],
  ),
  discover(
    "manifest-by-post",
    "A client that asks for the manifest by POST",
    ["method", "read"],
    asking(() => ({ method: "POST", body: Buffer.from("{}") })),
  ),
  discover(
    "no-json-accepted",
    "A client that accepts HTML alone",
    "accept",
    asking(({ headers: given }) => ({ headers: { ...given, accept: "text/html" } })),
  ),
  discover(
    "manifest-with-cookie",
    "A client that sends a cookie for a manifest",
    "credentials",
    asking(({ headers: given }) => ({ headers: { ...given, cookie: "session=1" } })),
  ),
  send(
    "takes-no-answer",
    "A client that fails although its message is answered",
    "completed",
    messages(async (_, forward) => {
      await forward();
      return { status: 400, headers: {}, body: Buffer.from("{}") };
    }),
  ),
  send(
    "sends-again",
    "A client that sends again what was answered",
    "once",
    messages(async (_, forward) => {
      await forward();
      return forward();
    }),
  ),
  send(
    "wrong-path",
    "A client that posts to the base URL",
    "path",
    rewriting(() => ({ path: "/" })),
  ),
  send(
    "query",
    "A client that adds a query to the path",
    "path",
    rewriting(({ path }) => ({ path: `${path}?v=1` })),
  ),
  send(
    "text-plain",
    "A client whose Content-Type is text/plain",
    "content-type",
    headers(() => ({ "content-type": "text/plain" })),
  ),
  send(
    "no-content-type",
    "A client without Content-Type",
    "content-type",
    headers(() => ({ "content-type": undefined })),
  ),
  send(
    "unnamed-gzip",
    "A client that compresses a body and does not say so",
    ["content-encoding", "json"],
    rewriting(({ body }) => ({ body: gzipSync(body) })),
    formless,
  ),
  send(
    "no-key-header",
    "A client that sends no X-Idempotency-Key",
    "idempotency-key",
    headers(() => ({ "x-idempotency-key": undefined })),
  ),
  send(
    "key-in-header-alone",
    "A client whose idempotency key is in the header alone",
    "idempotency-key",
    frame(({ params }) => ({ params: { envelope: (params as { envelope: unknown }).envelope } })),
  ),
  send(
    "no-json",
    "A client that sends no JSON",
    "json",
    rewriting(() => ({ body: Buffer.from("hello") })),
    ["content-encoding", ...formless],
  ),
  send(
    "jsonrpc-1",
    "A client that says jsonrpc 1.0",
    "jsonrpc",
    frame(() => ({ jsonrpc: "1.0" })),
  ),
  send(
    "other-method",
    "A client that calls the method asap.message",
    "method",
    frame(() => ({ method: "asap.message" })),
  ),
  send(
    "null-id",
    "A client that sends its request with the id null",
    "rpc-id",
    frame(() => ({ id: null })),
  ),
  send(
    "surplus-member",
    "A client that adds a member to its request",
    "rpc-members",
    frame(() => ({ meta: {} })),
  ),
  send(
    "surplus-in-envelope",
    "A client that adds a member to its envelope",
    "envelope",
    envelope(() => ({ priority: 1 })),
  ),
  send(
    "version-1",
    "A client that says asap_version 1.1.0 in its envelope",
    "version",
    envelope(() => ({ asap_version: "1.1.0" })),
  ),
  send(
    "sender-no-urn",
    "A client whose sender is no URN",
    "sender",
    envelope(() => ({ sender: "client" })),
    ["envelope"],
  ),
  send(
    "recipient-no-urn",
    "A client whose recipient is the URL of the agent",
    "recipient",
    envelope(() => ({ recipient: "http://127.0.0.1" })),
    ["envelope"],
  ),
  send(
    "no-envelope-id",
    "A client whose envelope has no id",
    "envelope-id",
    envelope(() => ({ id: null })),
    ["ulid"],
  ),
  send(
    "uuid",
    "A client whose envelope id is a UUID",
    "ulid",
    envelope(() => ({ id: "5f1b2c04-9d7e-4f7c-8a55-0a2b3c4d5e6f" })),
  ),
  send(
    "stale",
    "A client whose clock is an hour behind",
    "fresh",
    envelope(() => ({ timestamp: new Date(Date.now() - 3_600_000).toISOString() })),
  ),
  send(
    "ahead",
    "A client whose clock is two minutes ahead",
    "fresh",
    envelope(() => ({ timestamp: new Date(Date.now() + 120_000).toISOString() })),
  ),
  send(
    "offset",
    "A client that writes its time with the offset +00:00",
    "utc",
    envelope(() => ({ timestamp: new Date().toISOString().replace("Z", "+00:00") })),
  ),
  send(
    "class-name",
    "A client that writes the payload_type TaskRequest",
    "payload-type",
    envelope(() => ({ payload_type: "TaskRequest" })),
  ),
  send(
    "surplus-in-payload",
    "A client that adds a member to its payload",
    "payload",
    payload(() => ({ skill: "echo" })),
  ),
  send(
    "other-task",
    "A client that asks for another task",
    "task",
    payload(() => ({ input: { message: "goodbye" } })),
  ),
  twice("second-fails", "A client that fails although both messages are answered", "completed", () => {
    let sent = 0;
    return {
      exchange: messages(async (asked, forward) => {
        const reply = await forward();
        sent += 1;
        return sent === 1 || reply === reset ? reply : { ...rightAnswer(asked), status: 400 };
      }),
    };
  }),
  twice(
    "three-messages",
    "A client that sends one of its messages again",
    ["count", "envelope-ids", "idempotency-keys"],
    messages(async (_, forward) => {
      await forward();
      return forward();
    }),
    ["rpc-ids"],
  ),
  twice(
    "one-envelope-id",
    "A client that gives every envelope the same id",
    "envelope-ids",
    envelope(() => ({ id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" })),
  ),
  twice(
    "one-rpc-id",
    "A client that gives every request the same id",
    "rpc-ids",
    frame(() => ({ id: "1" })),
  ),
  twice(
    "one-key",
    "A client that gives every message the same idempotency key",
    "idempotency-keys",
    headers(() => ({ "x-idempotency-key": "key" })),
  ),
  error(
    "error-is-success",
    "A client that takes an error for an answer",
    "completed",
    messages(async (asked, forward) => {
      await forward();
      return rightAnswer(asked);
    }),
  ),
  error(
    "error-again",
    "A client that sends again what was refused",
    "final",
    messages(async (_, forward) => {
      await forward();
      return forward();
    }),
  ),
];
