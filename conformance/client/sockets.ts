import { routes } from "../../generated/routes.js";
import type { Verdict } from "../case.js";
import { asObject } from "../documents.js";
import { closeOf, opcodes, plainMessagesOf, type WireFrame } from "../socket-frames.js";
import { ending, every, failed, headerIn, pass, type Wrong } from "./checks.js";
import { readJson } from "./json.js";
import { envelopeOf, type Message, messagesIn } from "./messages.js";
import type { ClientCase } from "./scenario.js";
import type { Received, Session } from "./session.js";

const isUpgrade = (request: Received): boolean => /websocket/i.test(headerIn(request, "upgrade") ?? "");

/** Every request that asks for a WebSocket, in order. */
export const upgradesIn = ({ requests }: Session): Received[] => requests.filter(isUpgrade);

/** A judge that looks at every request for a WebSocket, of which there must be some. */
export const everyUpgrade = (expected: string, wrong: Wrong): ClientCase["judge"] =>
  every("request for a WebSocket", isUpgrade, expected, wrong);

/** A frame, and the request that opened its WebSocket. */
export interface SocketFrame {
  readonly request: Received;
  readonly frame: WireFrame;
}

/** Every frame of a session in the order of its WebSockets. */
export const framesIn = (session: Session): SocketFrame[] =>
  upgradesIn(session).flatMap((request) => (request.frames ?? []).map((frame) => ({ request, frame })));

/** A judge that looks at every frame of the client, of which there must be some. */
export function everyFrame(expected: string, wrong: (frame: WireFrame) => string | null): ClientCase["judge"] {
  return (session) => {
    const frames = framesIn(session).filter(({ frame }) => frame.direction === "received");
    if (frames.length === 0) return failed(expected, `no frame; ${ending(session.end)}`, -1);
    for (const { request, frame } of frames) {
      const found = wrong(frame);
      if (found !== null) return failed(expected, found, request.at);
    }
    return pass;
  };
}

/** A judge of frames of the client: some must be as they are looked for. */
export function someFrame(
  expected: string,
  isOne: (frame: WireFrame, of: SocketFrame) => boolean,
): ClientCase["judge"] {
  return (session) => {
    const frames = framesIn(session).filter(({ frame }) => frame.direction === "received");
    if (frames.some((each) => isOne(each.frame, each))) return pass;
    return failed(expected, `${toldOf(frames)}; ${ending(session.end)}`, frames.at(-1)?.request.at ?? -1);
  };
}

/** Milliseconds between the end of each WebSocket and the next request for one; 0 where it had not ended then. */
export function waitsIn(session: Session): { readonly ms: number; readonly request: Received }[] {
  const upgrades = upgradesIn(session);
  return upgrades.slice(1).map((request, before) => {
    const { endedAtMs, sent } = upgrades[before] ?? request;
    const endedAt = endedAtMs ?? (sent?.status === 101 ? undefined : sent?.atMs) ?? request.atMs;
    return { ms: Math.max(0, request.atMs - endedAt), request };
  });
}

/**
 * A judge of the waits before each further request for a WebSocket.
 *
 * @param nominal the waits in milliseconds; each may be shorter by half, and longer by half and `lateMs`
 * @param from how many further requests come before those
 */
export function waits(nominal: readonly number[], from = 0, lateMs = 1000): ClientCase["judge"] {
  const expected = `waits of about ${nominal.join(", ")} ms`;
  return (session) => {
    const found = waitsIn(session).slice(from, from + nominal.length);
    const told = found.map(({ ms }) => ms).join(", ");
    const last = found.at(-1)?.request.at ?? upgradesIn(session).at(-1)?.at ?? -1;
    if (found.length < nominal.length) {
      const missing = `${found.length === 0 ? "no wait" : `waits of ${told} ms`} and no further request`;
      return failed(expected, `${missing} for a WebSocket; ${ending(session.end)}`, last);
    }
    const isRight = found.every(({ ms }, at) => {
      const wanted = nominal[at] ?? 0;
      return ms >= wanted / 2 - slackMs && ms <= wanted * 1.5 + lateMs;
    });
    return isRight ? pass : failed(expected, `waits of ${told} ms`, last);
  };
}

const slackMs = 40;

/** Messages with the same envelope id as the first of a session: the first, and each time that it came again. */
export function transmissionsOf(session: Session): Message[] {
  const all = messagesIn(session);
  const id = all.length === 0 ? undefined : envelopeOf(all[0] as Message)?.id;
  return typeof id === "string" ? all.filter((message) => envelopeOf(message)?.id === id) : [];
}

/** A judge of a message that is sent again, compared with its first transmission; it must have been sent again. */
export function everyAgain(
  expected: string,
  wrong: (again: Message, first: Message) => string | null,
): ClientCase["judge"] {
  return (session) => {
    const [first, ...later] = transmissionsOf(session);
    if (first === undefined || later.length === 0) return notAgain(expected, session);
    for (const again of later) {
      const found = wrong(again, first);
      if (found !== null) return failed(expected, found, again.request.at);
    }
    return pass;
  };
}

/** A judge of how often the first envelope is sent in all. */
export function transmissionCount(least: number, most: number, expected: string): ClientCase["judge"] {
  return (session) => {
    const { length } = transmissionsOf(session);
    if (length >= least && length <= most) return pass;
    return length === 0 ? notAgain(expected, session) : failed(expected, timesSent(length, session), atLast(session));
  };
}

function notAgain(expected: string, session: Session): Verdict {
  const { length } = transmissionsOf(session);
  return failed(
    expected,
    length === 0 ? `no message; ${ending(session.end)}` : timesSent(length, session),
    atLast(session),
  );
}

const timesSent = (times: number, { end }: Session) => `the envelope was sent ${times} times; ${ending(end)}`;
const atLast = (session: Session) => messagesIn(session).at(-1)?.request.at ?? -1;

/** The text messages of the client that are JSON objects. */
export const objectsIn = (session: Session): { readonly request: Received; readonly json: Record<string, unknown> }[] =>
  upgradesIn(session).flatMap((request) =>
    plainMessagesOf(request.frames ?? []).flatMap(({ opcode, data }) => {
      const json = opcode === opcodes.text ? asObject(readJson(data.toString("utf8"))) : undefined;
      return json === undefined ? [] : [{ request, json }];
    }),
  );

/** Frames in words. */
export function toldOf(frames: readonly SocketFrame[]): string {
  if (frames.length === 0) return "no frame";
  const names = frames.map(({ frame }) => {
    if (frame.opcode === opcodes.close) return `close ${closeOf(frame).code ?? "without a code"}`;
    return kinds.get(frame.opcode) ?? `opcode ${frame.opcode}`;
  });
  return `the frames ${names.join(", ")}`;
}

const kinds = new Map<number, string>(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));

/** The path of WebSockets. */
export const socketPath = routes.websocket.path;
