import { describe, expect, test } from "vitest";
import { openState } from "../state/open-state.js";
import { webhookPlaces } from "../testing/webhook-places.js";
import { startReceiver, status } from "./testing/receiver.js";
import { startSending } from "./testing/sending.js";

const there = webhookPlaces.filter(({ isThere }) => isThere);

describe.each(there)("batches that fail, with a store in $name", ({ fresh }) => {
  test("a request of several deliveries counts as one failure of its endpoint", async () => {
    await using receiver = await startReceiver(status(500));
    const { location, remove } = fresh();
    const state = await openState(location);
    if (state.webhooks === undefined) throw new Error("the place keeps no webhooks");
    try {
      const place = { store: state.webhooks, path: undefined, close: async () => {} };
      await using sending = await startSending({ place, circuit: { failures: 3 }, retry: { retries: 0 } });
      const batch = { size: 4, waitMs: 60_000 };
      const subscription = await sending.service.subscribe({ url: receiver.url, batch });
      const opened: number[] = [];
      for (const count of [4, 8, 12]) {
        await sending.queue(subscription, 4, { batchSize: 4, batchMs: 60_000 });
        await sending.until(() => sending.outcomes.length === count);
        opened.push(sending.notices.filter(({ type }) => type === "circuit.opened").length);
      }
      expect(opened).toEqual([0, 0, 1]);
      expect(receiver.received).toHaveLength(3);
      expect(await sending.history()).toHaveLength(12);
    } finally {
      await state.close();
      await remove();
    }
  });
});
