import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { TaskUpdate } from "../generated/models.js";
import { createAgent } from "./agent.js";
import { connectMemory, type MemoryOptions } from "./client.js";
import type { RunOptions, StreamOptions } from "./peer.js";
import { skill } from "./skill.js";

interface Asked {
  readonly id: string;
  readonly params: {
    readonly envelope: Record<string, unknown> & {
      readonly id: string;
      readonly payload_type: string;
      readonly payload: Record<string, unknown>;
    };
  };
}
interface Frames {
  /** Pushes an update, with differences to a right one. */
  update(sequence?: number, differences?: { envelope?: object; payload?: object }): void;
  /** The text of a right answer. */
  answer(payload?: object): string;
}
type Script = (asked: Asked, frames: Frames, push: (frame: string) => void) => string | Promise<string>;

/** A peer whose agent does as told; task cancellations are kept and answered. */
function scripted(script: Script, options: MemoryOptions = {}) {
  const cancels: Asked["params"]["envelope"][] = [];
  const receiver = {
    async receive(text: string, context: { updates?: { push(frame: string): void } }): Promise<string> {
      const asked: Asked = JSON.parse(text);
      const { envelope } = asked.params;
      const base = {
        asap_version: "0.1",
        sender: "urn:asap:agent:scripted",
        recipient: "urn:asap:agent:client",
        correlation_id: envelope.id,
      };
      const answer = (payload: object = {}) => {
        const reply = {
          ...base,
          id: "answer",
          payload_type: "task.response",
          payload: { task_id: "task_1", status: "completed", result: { ok: true }, ...payload },
        };
        return JSON.stringify({ jsonrpc: "2.0", result: { envelope: reply }, id: asked.id });
      };
      if (envelope.payload_type === "task.cancel") {
        cancels.push(envelope);
        return answer({ status: "cancelled" });
      }
      const push = (frame: string) => context.updates?.push(frame);
      const update: Frames["update"] = (sequence, differences = {}) => {
        const payload = {
          task_id: "task_1",
          update_type: "progress",
          status: "working",
          progress: { percent: sequence ?? 0 },
          ...differences.payload,
        };
        const extensions = sequence === undefined ? null : { sequence };
        const pushed = {
          ...base,
          id: `update-${sequence}`,
          payload_type: "TaskUpdate",
          payload,
          extensions,
          ...differences.envelope,
        };
        push(JSON.stringify({ jsonrpc: "2.0", result: { envelope: pushed }, id: null }));
      };
      return script(asked, { update, answer }, push);
    },
  };
  const peer = connectMemory(receiver, { recipient: "urn:asap:agent:scripted", ...options });
  return { peer, cancels };
}

const forever = () => new Promise<never>(() => undefined);
const percents = (updates: readonly TaskUpdate[]) => updates.map(({ progress }) => progress?.percent);

/** Reads a stream to its end. */
async function readAll(stream: AsyncIterable<TaskUpdate>) {
  const updates: TaskUpdate[] = [];
  try {
    for await (const update of stream) updates.push(update);
    return { updates, error: undefined };
  } catch (error) {
    return { updates, error };
  }
}

const interrupted = (reason: string) => ({
  code: "asap:transport/stream_interrupted",
  data: { url: "memory:", envelope_id: expect.any(String), reason },
});

describe("a stream of a task", () => {
  const count = skill({
    description: "Counts",
    async *run(input: { readonly to?: unknown }) {
      for (let n = 1; n <= Number(input.to); n++) yield { percent: (100 * n) / Number(input.to), n };
      return { counted: input.to };
    },
  });
  const agent = () => createAgent({ id: "urn:asap:agent:counter", skills: { count } });

  test("gives the updates of an agent and then its result", async () => {
    await using peer = connectMemory(agent());
    const stream = peer.stream<{ counted: number }>("count", { to: 4 });
    expect(stream.taskId).toBeUndefined();
    const { updates, error } = await readAll(stream);
    expect(error).toBeUndefined();
    expect(percents(updates)).toEqual([25, 50, 75, 100]);
    expect(updates[0]).toMatchObject({ update_type: "progress", status: "working", progress: { n: 1 } });
    expect(await stream.result).toEqual({ counted: 4 });
    expect(stream.taskId).toBe(updates[0]?.task_id);
    expectTypeOf(stream.result).resolves.toEqualTypeOf<{ counted: number }>();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("starts at once and may be read later, or only for its result", async () => {
    await using peer = connectMemory(agent());
    const stream = peer.stream("count", { to: 3 });
    expect(await stream.result).toEqual({ counted: 3 });
    expect(percents((await readAll(stream)).updates)).toHaveLength(3);
  });

  test("answers several readers of the next update in turn", async () => {
    const { peer } = scripted(async (_, { update, answer }) => {
      update(1);
      await turn();
      update(2);
      return answer();
    });
    const stream = peer.stream("any", {});
    const read = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(read.map(({ done }) => done === true)).toEqual([false, false, true, true]);
  });

  test("throws what the result rejects with, after the updates, and once", async () => {
    const { peer } = scripted((_, { update, answer }) => {
      update(1);
      return answer({ status: "failed", result: null });
    });
    const stream = peer.stream("any", {});
    const { updates, error } = await readAll(stream);
    expect(percents(updates)).toEqual([1]);
    expect(error).toMatchObject({ code: "asap:task/not_completed", data: { status: "failed", task_id: "task_1" } });
    await expect(stream.result).rejects.toBe(error);
    expect((await stream.response).payload).toMatchObject({ task_id: "task_1", status: "failed" });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("tells one waiting reader of the failure and ends the others", async () => {
    const { peer } = scripted((_, { answer }) => answer({ status: "failed" }));
    const stream = peer.stream("any", {});
    const outcomes = await Promise.allSettled([stream.next(), stream.next()]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  test("that nobody waits for is no unhandled rejection", async () => {
    const seen: unknown[] = [];
    const note = (reason: unknown) => seen.push(reason);
    process.on("unhandledRejection", note);
    const { peer } = scripted((_, { answer }) => answer({ status: "failed" }));
    peer.stream("any", {});
    for (let n = 0; n < 5; n++) await turn();
    process.off("unhandledRejection", note);
    expect(seen).toEqual([]);
  });

  test.each<[string, object, StreamOptions, string]>([
    ["a payload that does not fit", [] as never, {}, "asap:protocol/invalid_payload"],
    ["a bound for unread updates that cannot be", {}, { maxUnread: 0 }, "asap:config/invalid_option"],
    ["a timeout that cannot be", {}, { timeoutMs: 0 }, "asap:config/invalid_option"],
    ["a signal that had aborted", {}, { signal: AbortSignal.abort() }, "asap:transport/aborted"],
  ])("tells %s by its result, and sends nothing", async (_, input, options, code) => {
    let count = 0;
    const { peer, cancels } = scripted((_asked, { answer }) => {
      count += 1;
      return answer();
    });
    await expect(peer.stream("any", input, options).result).rejects.toMatchObject({ code });
    await turn();
    expect([count, cancels]).toEqual([0, []]);
  });
});

describe("the sequence of updates", () => {
  test("lets each pass once", async () => {
    const { peer } = scripted((_, { update, answer }) => {
      for (const n of [1, 2, 1, 2, 3, 3, 4]) update(n);
      return answer();
    });
    expect(percents((await readAll(peer.stream("any", {}))).updates)).toEqual([1, 2, 3, 4]);
  });

  test("may be missing, then updates pass as they are", async () => {
    const { peer } = scripted((_, { update, answer }) => {
      update();
      update(undefined, { envelope: { extensions: { sequence: "5" } } });
      update();
      return answer();
    });
    const { updates, error } = await readAll(peer.stream("any", {}));
    expect([updates.length, error]).toEqual([3, undefined]);
  });

  test.each([
    ["in the middle", [1, 2, 4], [1, 2]],
    ["at the start", [2], []],
  ])("with a gap %s ends the stream plainly, and the task", async (_, sequences, before) => {
    const { peer, cancels } = scripted((_asked, { update }) => {
      for (const n of sequences) update(n);
      return forever();
    });
    const stream = peer.stream("any", {});
    const { updates, error } = await readAll(stream);
    expect(percents(updates)).toEqual(before);
    expect(error).toMatchObject(interrupted("updates were lost"));
    await expect(stream.result).rejects.toBe(error);
    await turn();
    expect(cancels.map(({ payload }) => payload)).toEqual([{ task_id: "task_1", reason: null }]);
  });

  test("of another run ends the stream, whether an update or the answer tells it", async () => {
    const other = { payload: { task_id: "task_2" } };
    const updated = scripted((_, { update }) => {
      update(1);
      update(1, other);
      return forever();
    });
    expect((await readAll(updated.peer.stream("any", {}))).error).toMatchObject(
      interrupted("another run of the task answered"),
    );
    const answered = scripted((_, { update, answer }) => {
      update(1);
      return answer(other.payload);
    });
    expect((await readAll(answered.peer.stream("any", {}))).error).toMatchObject(
      interrupted("another run of the task answered"),
    );
    expect(answered.cancels).toEqual([]);
  });
});

describe("a stream with bad updates", () => {
  test.each<[string, { envelope?: object; payload?: object }]>([
    ["a payload that does not fit", { payload: { status: "busy" } }],
    ["an envelope that does not fit", { envelope: { sender: "nobody" } }],
    ["an answer to another request", { envelope: { correlation_id: "other" } }],
  ])("ends for %s", async (_, differences) => {
    const { peer, cancels } = scripted((_asked, { update }) => {
      update(1);
      update(2, differences);
      update(3);
      return forever();
    });
    const { updates, error } = await readAll(peer.stream("any", {}));
    expect(percents(updates)).toEqual([1]);
    expect(error).toMatchObject({ code: "asap:transport/invalid_response", data: { url: "memory:" } });
    await turn();
    expect(cancels).toHaveLength(1);
  });

  test("keeps no more of them unread than its bound", async () => {
    const { peer, cancels } = scripted((_, { update }) => {
      for (let n = 1; n <= 10; n++) update(n);
      return forever();
    });
    const stream = peer.stream("any", {}, { maxUnread: 3 });
    await expect(stream.result).rejects.toMatchObject(interrupted("reader too slow"));
    expect(percents((await readAll(stream)).updates)).toEqual([1, 2, 3]);
    expect(cancels).toHaveLength(1);
  });

  test("hands what is no update to the listeners of messages", async () => {
    const heard: string[] = [];
    const { peer } = scripted((_, { update, answer }) => {
      update(1, { envelope: { payload_type: "own.note", payload: { x: 1 } } });
      return answer();
    });
    peer.onMessage(({ payload_type }) => heard.push(payload_type));
    expect((await readAll(peer.stream("any", {}))).updates).toEqual([]);
    expect(heard).toEqual(["own.note"]);
  });
});

describe("leaving a stream", () => {
  const endless: Script = async (_, { update }) => {
    update(1);
    update(2);
    return forever();
  };

  test("by break cancels the task and ends the call", async () => {
    const { peer, cancels } = scripted(endless);
    const stream = peer.stream("any", {});
    for await (const update of stream) {
      expect(update.progress?.percent).toBe(1);
      break;
    }
    expect(cancels.map(({ payload }) => payload)).toEqual([{ task_id: "task_1", reason: null }]);
    await expect(stream.result).rejects.toMatchObject({ code: "asap:transport/aborted" });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("by dispose does so too, with the envelope's id before the task's is known", async () => {
    let id = "";
    const { peer, cancels } = scripted((asked) => {
      id = asked.params.envelope.id;
      return forever();
    });
    const reading = await (async () => {
      await using stream = peer.stream("any", {}, { recipient: "urn:asap:agent:other", traceId: "trace" });
      const next = stream.next();
      await turn();
      return { next };
    })();
    expect(await reading.next).toEqual({ done: true, value: undefined });
    expect(cancels).toMatchObject([{ recipient: "urn:asap:agent:other", trace_id: "trace", payload: { task_id: id } }]);
  });

  test("by cancel() tells the agent why, and the reader", async () => {
    const { peer, cancels } = scripted(endless);
    const stream = peer.stream("any", {});
    await stream.next();
    await stream.cancel("changed my mind");
    expect(cancels.map(({ payload }) => payload)).toEqual([{ task_id: "task_1", reason: "changed my mind" }]);
    await expect(stream.next()).rejects.toMatchObject({ code: "asap:transport/aborted" });
    await stream.cancel("again");
    await stream.return();
    expect(cancels).toHaveLength(1);
  });

  test("after its end cancels nothing", async () => {
    const { peer, cancels } = scripted((_, { update, answer }) => {
      update(1);
      update(2);
      return answer();
    });
    const stream = peer.stream("any", {});
    await stream.result;
    for await (const _update of stream) break;
    await stream.cancel();
    expect(cancels).toEqual([]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("is what a signal and a timeout do", async () => {
    const { peer, cancels } = scripted(endless);
    const controller = new AbortController();
    const stream = peer.stream("any", {}, { signal: controller.signal, timeoutMs: Number.POSITIVE_INFINITY });
    await stream.next();
    controller.abort("enough");
    await expect(stream.result).rejects.toMatchObject({ code: "asap:transport/aborted" });
    await expect(stream.next()).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    const late: RunOptions = { timeoutMs: 20 };
    await expect(peer.stream("any", {}, late).result).rejects.toMatchObject({ code: "asap:transport/timeout" });
    await turn();
    expect(cancels.map(({ payload }) => payload["task_id"])).toEqual(["task_1", "task_1"]);
  });

  test("aborts the running skill of an agent", async () => {
    const reasons: unknown[] = [];
    const wait = skill({
      description: "Waits",
      async *run(_input: object, call) {
        yield { percent: 0 };
        await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
        reasons.push(call.signal.reason);
        return {};
      },
    });
    await using peer = connectMemory(createAgent({ id: "urn:asap:agent:waiter", skills: { wait } }));
    for await (const _update of peer.stream("wait", {})) break;
    expect(reasons).toMatchObject([{ code: "asap:task/cancelled" }]);
  });

  test("by closing the peer ends it without another message", async () => {
    const { peer, cancels } = scripted(endless);
    const stream = peer.stream("any", {});
    await stream.next();
    await peer.close();
    await expect(stream.result).rejects.toMatchObject({ code: "asap:transport/aborted" });
    expect([cancels, peer.connection.state]).toEqual([[], { status: "closed" }]);
  });
});
