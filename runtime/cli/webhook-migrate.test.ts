import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";
import { memoryIo } from "../testing/memory-io.js";
import { hasSqlite } from "../testing/services.js";
import { filePlace, type StatePlace } from "../testing/state-places.js";
import { attemptOf, deadLetter, inPlace, webhookPlaces } from "../testing/webhook-places.js";
import { deliveryTo } from "../webhooks/testing/sending.js";
import { run } from "./run.js";

const places = webhookPlaces.filter(({ isThere }) => isThere);

async function fill(location: string): Promise<void> {
  await inPlace(location, async ({ queue }) => {
    const sub = { id: "sub", url: "https://hooks.example/a" };
    await queue.enqueue(
      Array.from({ length: 20 }, (_, index) => deliveryTo(sub, { id: `w${index}`, createdMs: 1_000 })),
    );
    await queue.restore({ dead: [deadLetter("d1")], attempts: [attemptOf("d1"), attemptOf("d2")] });
  });
}

describe.skipIf(!hasSqlite)("asap webhook migrate", () => {
  let source: StatePlace;
  beforeAll(async () => {
    source = filePlace.fresh();
    await fill(source.location);
    const added = await asap([
      ...["webhook", "subscribe", "http://127.0.0.1:8099/a", "--allow-loopback"],
      ...["--storage", source.location],
    ]);
    expect(added.code).toBe(0);
  });
  afterAll(() => source.remove());

  test.each(places.map((kind) => [kind.name, kind] as const))(
    "copies everything from SQLite to %s and back, shows how far it is and says that both are equal",
    async (_name, kind) => {
      const [target, back] = [kind.fresh(), filePlace.fresh()];
      try {
        const io = memoryIo();
        const bars: string[] = [];
        const argv = ["webhook", "migrate", source.location, target.location];
        expect(await run(argv, { ...io, status: (text) => void bars.push(text) })).toBe(0);
        expect(io.out().replace(/sha256 [0-9a-f]{16}/g, "sha256 …")).toBe(
          [
            "subscriptions: 1 records, 1 written, equal, sha256 …",
            "deliveries: 20 records, 20 written, equal, sha256 …",
            "dead: 1 records, 1 written, equal, sha256 …",
            "history: 2 records, 2 written, equal, sha256 …",
            "",
          ].join("\n"),
        );
        expect(bars).toContain("deliveries [##############################] 100 %, 20 of 20");
        expect(bars.at(-1)).toBe("");
        const returned = await asap(["webhook", "migrate", target.location, back.location, "--json"]);
        expect(returned.code).toBe(0);
        const first = await asap([...argv, "--json"]);
        const digests = (text: string) =>
          Object.values(JSON.parse(text) as Record<string, { sourceDigest: string; written: number }>);
        expect(digests(first.out).map(({ written }) => written)).toEqual([0, 0, 0, 0]);
        const own = ({ sourceDigest }: { sourceDigest: string }) => sourceDigest;
        expect(digests(returned.out).map(own)[0]).toBe(digests(first.out).map(own)[0]);
      } finally {
        await target.remove();
        await back.remove();
      }
    },
  );

  test("says which stores differ, with exit code 1", async () => {
    const target = filePlace.fresh();
    try {
      await inPlace(target.location, ({ queue }) => queue.restore({ dead: [deadLetter("d1", { replays: 2 })] }));
      const { code, out } = await asap(["webhook", "migrate", source.location, target.location]);
      expect(code).toBe(1);
      expect(out).toContain("dead: 1 records, 0 written, NOT EQUAL, 1 newer in the target\n");
    } finally {
      await target.remove();
    }
  });

  test("reads no store that is not there", async () => {
    const { code, err } = await asap(["webhook", "migrate", "sqlite:/nowhere/none.db", "memory:"]);
    expect([code, err]).toEqual([2, expect.stringContaining("asap:state/unavailable")]);
    expect((await asap(["webhook", "migrate", source.location])).code).toBe(64);
  });
});
