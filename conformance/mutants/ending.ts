import { closeData, closeOf, type FrameSpec, opcodes } from "../socket-frames.js";
import { frames, is } from "./socket-edit.js";
import type { Mutant } from "./wrap.js";

const reason = "Server shutting down";

/** An agent that ends connections another way when it is asked to end. */
const ending = (name: string, ends: readonly FrameSpec[]): Mutant => ({
  name,
  killedBy: "websocket.shutdown",
  stops: true,
  socket: frames((frame) => (is("close")(frame) && closeOf(frame).reason === reason ? ends : [frame])),
});

const closing = (data: Buffer): FrameSpec => ({ opcode: opcodes.close, data });

/** Agents that end wrong. */
export const endingWrong: readonly Mutant[] = [
  ending("1012 when it is asked to end", [closing(closeData(1012, reason))]),
  ending("no reason when it is asked to end", [closing(closeData(1001))]),
  ending("another reason when it is asked to end", [closing(closeData(1001, "Service restart"))]),
  ending("connections cut when it is asked to end", []),
];
