import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { encodeFrame, messagesOf, plainMessagesOf, readFrame, type WireFrame } from "./socket-frames.js";

/** Frames as they were received. */
const received = (...frames: readonly Buffer[]): WireFrame[] =>
  frames.flatMap((bytes) => {
    const read = readFrame(bytes);
    return read === null ? [] : [{ direction: "received", ...read.frame, bytes: read.frame.data.length, atMs: 0 }];
  });
const compressed = (text: string | Buffer) =>
  received(
    encodeFrame({ data: deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4), rsv: 4 }),
  );

describe("messages of frames", () => {
  test("are put together from fragments, whatever comes between them", () => {
    const frames = received(
      encodeFrame({ data: "one" }),
      encodeFrame({ data: "t", fin: false }),
      encodeFrame({ opcode: 9, data: "ping" }),
      encodeFrame({ opcode: 0, data: "wo" }),
      encodeFrame({ data: "never whole", fin: false }),
    );
    for (const messages of [messagesOf(frames), plainMessagesOf(frames)])
      expect(messages.map(({ data, at }) => [data.toString(), at])).toEqual([
        ["one", 0],
        ["two", 3],
      ]);
  });

  test("are inflated, and no further than 10 MiB", () => {
    expect(messagesOf(compressed("hello"))[0]?.data.toString()).toBe("hello");
    expect(messagesOf(compressed(Buffer.alloc(20_000_000)))[0]?.data.length).toBeLessThan(10_485_760);
  });

  test("are not inflated where no compression was agreed on", () => {
    const [frame, ...rest] = compressed("hello");
    expect(plainMessagesOf([frame, ...rest] as WireFrame[])[0]?.data).toEqual(frame?.data);
  });
});
