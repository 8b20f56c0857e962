import { describe, expect, test } from "vitest";
import { protocol } from "../generated/protocol.js";
import type { AsapError } from "./error.js";
import { createPushes } from "./pushes.js";

const note = {
  id: "push-1",
  asap_version: "0.1",
  sender: "urn:asap:agent:b",
  recipient: "urn:asap:agent:client",
  payload_type: "own.note",
  payload: { x: 1 },
};
const update = { task_id: "t", update_type: "progress", status: "working" };

function pushes() {
  const faults: AsapError[] = [];
  let push: (envelope: unknown) => void = () => {};
  const state = { listens: false };
  const transport = {
    url: "ws://127.0.0.1:1",
    onPush: (listener: (envelope: unknown) => void) => {
      expect(state.listens).toBe(false);
      push = listener;
      state.listens = true;
      return () => {
        state.listens = false;
      };
    },
  };
  const onFault = (error: AsapError) => void faults.push(error);
  return {
    ...createPushes({ protocol, transport, onFault }),
    push: (envelope: unknown) => push(envelope),
    faults,
    state,
  };
}

describe("pushes", () => {
  test("go to every listener, in order, until it stops", () => {
    const { onMessage, push, faults } = pushes();
    const heard: string[] = [];
    const stop = onMessage(({ id }) => heard.push(`one ${id}`));
    onMessage(({ id }) => heard.push(`other ${id}`));
    push(note);
    push({ ...note, id: "push-2", payload_type: "TaskUpdate", payload: update });
    stop();
    stop();
    push({ ...note, id: "push-3" });
    expect(heard).toEqual(["one push-1", "other push-1", "one push-2", "other push-2", "other push-3"]);
    expect(faults).toEqual([]);
  });

  test("are listened for while somebody wants them", () => {
    const { onMessage, state } = pushes();
    expect(state.listens).toBe(false);
    const stops = [onMessage(() => {}), onMessage(() => {})];
    expect(state.listens).toBe(true);
    stops[0]?.();
    stops[0]?.();
    expect(state.listens).toBe(true);
    stops[1]?.();
    expect(state.listens).toBe(false);
    onMessage(() => {});
    expect(state.listens).toBe(true);
  });

  test("go to one function as often as it was given", () => {
    const { onMessage, push } = pushes();
    let count = 0;
    const listener = () => {
      count += 1;
    };
    const stop = onMessage(listener);
    onMessage(listener);
    push(note);
    stop();
    push(note);
    expect(count).toBe(3);
  });

  test.each<[string, unknown]>([
    ["no envelope", undefined],
    ["an envelope that does not fit", { ...note, sender: "nobody" }],
    ["a member too many", { ...note, extra: 1 }],
    ["a payload that does not fit its type", { ...note, payload_type: "task.update", payload: {} }],
  ])("that are %s reach nobody and are told", (_, envelope) => {
    const { onMessage, push, faults } = pushes();
    onMessage(() => expect.unreachable());
    push(envelope);
    expect(faults).toMatchObject([{ code: "asap:transport/invalid_response", data: { url: "ws://127.0.0.1:1" } }]);
  });

  test("reach the other listeners when one throws, which is told", () => {
    const { onMessage, push, faults } = pushes();
    const heard: string[] = [];
    const cause = new Error("mine");
    onMessage(() => {
      throw cause;
    });
    onMessage(({ id }) => heard.push(String(id)));
    push(note);
    expect(heard).toEqual(["push-1"]);
    expect(faults).toMatchObject([{ code: "asap:rpc/internal_error", cause }]);
  });

  test("go on when the one who is told throws, and when nobody is told", () => {
    const transport = { url: "ws://127.0.0.1:1", onPush: () => () => {} };
    const onFault = () => {
      throw new Error("mine too");
    };
    expect(() => createPushes({ protocol, transport, onFault }).take(null)).not.toThrow();
    expect(() => createPushes({ protocol, transport }).take(null)).not.toThrow();
  });
});
