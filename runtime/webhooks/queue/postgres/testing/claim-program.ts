import { postgresState } from "../../../../state/postgres/open.js";
import { claim, settlement } from "../../../contract/records.js";
import type { ClaimedDelivery } from "../../../delivery.js";
import type { ClaimSaid, ClaimWords } from "./claim-records.js";

/** Claims deliveries until it is told to stop or killed, and says so; it settles them unless it holds them. */
const [url, schema, name, role, leaseMs] = process.argv.slice(2) as unknown as ClaimWords;

const rule = { failures: 1_000_000, openMs: 1 };
let isOver = false;
process.on("message", () => {
  isOver = true;
});

const say = (said: ClaimSaid) => new Promise<void>((resolve) => process.send?.(said, () => resolve()));

const state = await postgresState({ url, schema, maxConnections: 4 });
const queue = state.webhooks?.queue;
if (queue === undefined) throw new Error("the backend keeps no webhooks");

async function deliver(one: ClaimedDelivery): Promise<void> {
  await say({ kind: "sent", id: one.id, fence: one.fence });
  const fails = Math.random() < 0.1;
  const outcome = fails ? ({ kind: "retry", atMs: Date.now() + 5 } as const) : ({ kind: "delivered" } as const);
  const [settled] = (await queue?.settle([settlement(one, outcome)], rule)) ?? [];
  await say({ kind: settled?.result === "applied" ? "settled" : "stale", id: one.id, fence: one.fence });
}

async function work(loop: number): Promise<void> {
  while (!isOver && queue !== undefined) {
    const askedMs = Date.now();
    const owner = `${name}-${loop}`;
    const batches = await claim(queue, {
      owner,
      maxEndpoints: 3,
      perEndpoint: 3,
      leaseMs: Number(leaseMs),
      circuit: rule,
    });
    const hadMs = Date.now();
    const taken = batches.flatMap(({ deliveries }) => deliveries);
    for (const { id, fence, attempt, url: to } of taken)
      await say({ kind: "took", id, fence, attempt, url: to, askedMs, hadMs });
    if (role === "deliver") for (const one of taken) await deliver(one);
    if (taken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

await say({ kind: "ready" });
await Promise.all(Array.from({ length: 4 }, (_, loop) => work(loop)));
await state.close();
process.disconnect?.();
