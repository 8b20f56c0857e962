import { asObject } from "../documents.js";
import { type Json, objectOf } from "./edit.js";
import {
  answer,
  close,
  closesWith,
  envelopeIn,
  frames,
  framesIn,
  hearing,
  is,
  mutant,
  refusal,
  saying,
} from "./socket-edit.js";
import type { Mutant } from "./wrap.js";

const errorOf = (json: Json) => asObject(json.error);
const codeOf = (json: Json) => errorOf(json)?.code;
const dataOf = (json: Json) => asObject(errorOf(json)?.data);

/** Upgrades that are answered wrong. */
const upgrading: readonly Mutant[] = [
  { name: "no WebSocket", killedBy: "websocket.upgrade", socket: "none" },
  mutant("wrong accept value", "websocket.upgrade", {
    head: (head) => head.replace(/(sec-websocket-accept: ).*/i, "$1AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
  }),
  mutant("first subprotocol chosen", "websocket.upgrade.subprotocol", {
    head: (head) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
  }),
  mutant("compression nobody offered", "websocket.upgrade.no-deflate", {
    head: (head) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
  }),
  mutant("compression agreed on and not understood", "websocket.upgrade.deflate", {
    headers: () => ({ "sec-websocket-extensions": undefined }),
    head: (head) => head.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
  }),
  mutant("path compared with its query", "websocket.upgrade.query", {
    path: (path) => (path.includes("?") ? "/none" : path),
  }),
  mutant("any version served", "websocket.upgrade.bad-version", {
    headers: () => ({ "sec-websocket-version": "13" }),
  }),
  mutant("any key served", "websocket.upgrade.bad-key", {
    headers: () => ({ "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" }),
  }),
  mutant("any path served", "websocket.path.asap-other", { path: () => "/asap/ws" }),
  mutant("slash at the end passed over", "websocket.path.trailing-slash", {
    path: (path) => path.replace(/\/$/, ""),
  }),
  mutant("paths below served", "websocket.path.asap-ws-more", { path: (path) => path.replace(/(ws)\/.*/, "$1") }),
];

/** Answers that JSON-RPC over HTTP would not give. */
const answeringWrong: readonly Mutant[] = [
  mutant(
    "answers under swapped ids",
    "websocket.pipelined",
    answer((json) => ({ ...json, id: json.id === "one" ? "two" : json.id === "two" ? "one" : json.id })),
  ),
  mutant(
    "errors under the id before",
    "websocket.pipelined.error-between",
    saying(() => {
      let before: unknown = null;
      return (json) => {
        const id = "error" in json ? before : json.id;
        before = json.id;
        return { ...json, id };
      };
    }),
  ),
  mutant(
    "one request at a time",
    "websocket.pipelined",
    hearing(() => {
      let count = 0;
      return (json) => {
        count += 1;
        return count > 1 && typeof json.id === "string" && ["two", "three"].includes(json.id) ? null : undefined;
      };
    }),
  ),
  mutant(
    "answers in binary",
    "websocket.answer.one-object",
    frames((frame) => (is("text")(frame) ? [{ ...frame, opcode: 2 }] : [frame])),
  ),
  mutant(
    "masked answers",
    "websocket.answer.one-object",
    frames((frame) => [{ ...frame, masked: true }]),
  ),
  mutant(
    "answers sent twice",
    "websocket.answer.one-object",
    answer((json) => [json, json]),
  ),
  mutant(
    "errors with more data than over HTTP",
    "websocket.answer.same-bytes.unknown-method",
    answer((json) =>
      "error" in json ? { ...json, error: { ...errorOf(json), data: { ...dataOf(json), via: "ws" } } } : undefined,
    ),
  ),
  mutant("requests pushed at the client", "websocket.frames-form", {
    editor: ({ toClient }) => ({
      asked: (frame) => {
        if (is("text")(frame)) toClient({ data: '{"jsonrpc":"2.0","method":"asap.send","params":{},"id":"push"}' });
        return [frame];
      },
    }),
  }),
  mutant(
    "ids as strings over WebSocket",
    "websocket.same.jsonrpc.id.echoed.one",
    answer((json) => ({ ...json, id: json.id === null ? null : String(json.id) })),
  ),
  mutant(
    "string ids as numbers over WebSocket",
    "websocket.same.jsonrpc.id.echoed.digits",
    answer((json) =>
      typeof json.id === "string" && /^\d+$/.test(json.id) ? { ...json, id: Number(json.id) } : undefined,
    ),
  ),
  mutant(
    "error null beside a result over WebSocket",
    "websocket.same.jsonrpc.answer.no-error-member",
    answer((json) => ("result" in json ? { ...json, error: null } : undefined)),
  ),
  mutant(
    "a member within the result over WebSocket",
    "websocket.same.jsonrpc.answer.form",
    answer((json) => ("result" in json ? { ...json, result: { ...asObject(json.result), took_ms: 1 } } : undefined)),
  ),
  mutant(
    "-32603 for every fault over WebSocket",
    "websocket.same.envelope.sender.upper-case",
    answer((json) =>
      "error" in json
        ? { ...json, error: { code: -32603, message: "Internal error", data: { error: "Internal server error" } } }
        : undefined,
    ),
  ),
  mutant(
    "tasks answered without their envelope over WebSocket",
    "websocket.same.task.echo",
    answer((json) => ("result" in json ? { ...json, result: { ok: true } } : undefined)),
  ),
  mutant(
    "stale requests served over WebSocket",
    "websocket.same.replay.old-301",
    hearing(() => (json) => {
      const envelope = envelopeIn(json);
      return envelope === undefined
        ? undefined
        : { ...json, params: { ...asObject(json.params), envelope: { ...envelope, timestamp: null } } };
    }),
  ),
];

/** What is no request, treated wrong. */
const tolerating: readonly Mutant[] = [
  mutant(
    "bad JSON ignored",
    "websocket.not-json.malformed",
    answer((json) => (codeOf(json) === -32700 ? null : undefined)),
  ),
  mutant(
    "bad JSON with the id empty",
    "websocket.not-json.empty",
    answer((json) => (codeOf(json) === -32700 ? { ...json, id: "" } : undefined)),
  ),
  mutant(
    "closed on an array",
    "websocket.no-object.array",
    framesIn((frame, { toClient }) => {
      if (!is("text")(frame) || !frame.data.toString().startsWith("[")) return [frame];
      toClient(close(1001));
      return [];
    }),
  ),
  mutant(
    "the received type untold",
    "websocket.no-object.string",
    answer((json) => (dataOf(json)?.received_type === undefined ? undefined : refusal(json, null))),
  ),
  mutant("pings of a client answered with a pong", "websocket.client-ping", {
    editor: ({ toClient }) => ({
      asked: (frame) => {
        if (objectOf(frame.data).type !== "ping") return [frame];
        toClient({ data: '{"type":"pong"}' });
        return [];
      },
    }),
  }),
  mutant(
    "acks of a client swallowed",
    "websocket.ack-from-client",
    hearing(() => (json) => (json.method === "asap.ack" ? null : undefined)),
  ),
  mutant(
    "responses of a client swallowed",
    "websocket.response-from-client",
    hearing(() => (json) => ("result" in json ? null : undefined)),
  ),
  mutant("pongs answered", "websocket.pong.plain", {
    editor: ({ toClient }) => ({
      asked: (frame) => {
        const json = objectOf(frame.data);
        if (json.type === "pong") toClient({ data: JSON.stringify(refusal(json, null)) });
        return [frame];
      },
    }),
  }),
  mutant("pongs with members refused", "websocket.pong.with-members", {
    editor: ({ toClient }) => ({
      asked: (frame) => {
        const json = objectOf(frame.data);
        if (json.type === "pong" && "id" in json) toClient({ data: JSON.stringify(refusal(json, null)) });
        return [frame];
      },
    }),
  }),
  mutant(
    "whatever says pong is taken for one",
    "websocket.pong.with-method",
    hearing(() => (json) => (json.type === "pong" ? null : undefined)),
  ),
  mutant(
    "a rate of nine",
    "websocket.ten-at-once",
    hearing(({ toClient }) => {
      let count = 0;
      return () => {
        count += 1;
        if (count === 10) toClient(close(1008));
        return count > 9 ? null : undefined;
      };
    }),
  ),
  mutant("pongs counted", "websocket.pong.free", {
    editor: ({ toClient }) => {
      let count = 0;
      return {
        asked: (frame) => {
          count += 1;
          if (count === 11) toClient(close(1008));
          return count > 10 ? [] : [frame];
        },
      };
    },
  }),
  mutant(
    "binary taken for text",
    "websocket.binary.request",
    framesIn((frame) => [is("binary")(frame) ? { ...frame, opcode: 1 } : frame]),
  ),
  mutant(
    "binary ignored",
    "websocket.binary.bytes",
    framesIn((frame) => (is("binary")(frame) ? [] : [frame])),
  ),
];

/** Agents whose WebSocket is opened or answered wrong. */
export const conversing: readonly Mutant[] = [...upgrading, ...answeringWrong, ...tolerating];

/** The same about the message rate, for an agent that has one. */
export const hurried: readonly Mutant[] = [
  mutant(
    "answers lost to the limit",
    "limits.websocket.answers",
    answer((json) => ("result" in json ? null : undefined)),
  ),
  mutant("1008 missing", "limits.websocket", closesWith(1008, 1000)),
  mutant(
    "excess without the id",
    "limits.websocket",
    answer((json) => (codeOf(json) === -32001 ? { ...json, id: null } : undefined)),
  ),
  mutant(
    "excess told as over HTTP",
    "limits.websocket",
    answer((json) => (codeOf(json) === -32001 ? { ...json, error: { ...errorOf(json), code: 429 } } : undefined)),
  ),
  mutant("a limit of five", "limits.websocket", {
    editor: ({ toClient }) => {
      let count = 0;
      return {
        asked: (frame) => {
          count += 1;
          if (count !== 6) return count > 6 ? [] : [frame];
          toClient({
            data: JSON.stringify({
              ...refusal(objectOf(frame.data), undefined),
              error: { code: -32001, message: "Rate limit exceeded; too many messages per second" },
            }),
          });
          toClient(close(1008));
          return [];
        },
      };
    },
  }),
];
