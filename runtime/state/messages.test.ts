import { afterEach, expect, test, vi } from "vitest";
import { memoryState } from "./memory.js";
import { messagesOf, mostMessages } from "./messages.js";

afterEach(() => vi.restoreAllMocks());

const envelope = (id: string | undefined) => ({
  ...(id === undefined ? {} : { id }),
  asap_version: "1.1",
  sender: "urn:asap:agent:client",
  recipient: "urn:asap:agent:server",
  payload_type: "message.send",
  payload: {},
});

/** What a process of its own knows of messages. */
async function instance() {
  vi.resetModules();
  return (await import("./messages.js")).recordMessage;
}

test("messages that two instances take in one millisecond are all kept", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const state = memoryState();
  const instances = [await instance(), await instance()];
  const numbers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      instances[at % 2]?.(state, "task_1", "MessageSend", envelope(undefined), 1_000),
    ),
  );
  expect(new Set(numbers).size).toBe(40);
  expect(await state.snapshots.listVersions(messagesOf("task_1"))).toHaveLength(40);
});

test("a message with the id of one that is kept is known; of another type it is not", async () => {
  const state = memoryState();
  const [one, other] = [await instance(), await instance()];
  const first = await one(state, "task_1", "MessageSend", envelope("env_1"), 1_000);
  expect(first).toEqual(expect.any(Number));
  expect(await other(state, "task_1", "MessageSend", envelope("env_1"), 9_000)).toBe("known");
  expect(await other(state, "task_1", "ArtifactNotify", envelope("env_1"), 9_000)).toEqual(expect.any(Number));
  expect(await other(state, "task_2", "MessageSend", envelope("env_1"), 9_000)).toEqual(expect.any(Number));
});

test("a task has a bounded number of messages", async () => {
  const state = memoryState();
  const recordMessage = await instance();
  for (let at = 0; at < mostMessages; at += 1) {
    await recordMessage(state, "task_1", "MessageSend", envelope(`env_${at}`), 1_000);
  }
  expect(await recordMessage(state, "task_1", "MessageSend", envelope("env_more"), 1_000)).toBe("full");
  expect(await recordMessage(state, "task_1", "MessageSend", envelope("env_0"), 1_000)).toBe("known");
});
