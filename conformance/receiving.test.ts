import { describe, expect, it } from "vitest";
import { meetReceiver } from "./receiving.js";
import { sampleContext } from "./sample-context.js";
import type { Exchange, WireRequest } from "./wire.js";

const receiver = {
  url: "http://127.0.0.1:9001",
  place: "loopback" as const,
  open: () => {},
  arrivals: () => [],
  next: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
const health = { capabilities: ["webhooks.push"] };

async function meet(isTaskAnswered: boolean) {
  const asked: WireRequest[] = [];
  const send = async (request: WireRequest): Promise<Exchange> => {
    asked.push(request);
    return { request, sent: Buffer.alloc(0), sentBytes: 0, startedAt: 0, elapsedMs: 0 };
  };
  const met = await meetReceiver(send, receiver, sampleContext, { health, isTaskAnswered }, 1);
  return { ...met, asked };
}

describe("meetReceiver()", () => {
  it("tries whether the agent may post to the receiver", async () => {
    const { asked, callbacks } = await meet(true);
    expect(asked).toHaveLength(1);
    expect(callbacks).toMatchObject({ place: "loopback", retries: 1 });
  });

  it("does not ask an agent that answered no task for another", async () => {
    const { asked, callbacks } = await meet(false);
    expect(asked).toEqual([]);
    expect(callbacks).toMatchObject({ place: "loopback", retries: 1 });
  });
});
