import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../../state/sqlite/driver.js";
import { sqliteState } from "../../../state/sqlite/open.js";
import { hasSqlite } from "../../../testing/services.js";
import { claimed, deliveries, delivery, idsOf } from "../../contract/records.js";
import type { DeliveryQueue } from "../../delivery-queue.js";

describe.runIf(hasSqlite)("what is queued in an SQLite file", () => {
  const path = join(tmpdir(), `asap-journal-${randomUUID()}.db`);
  afterEach(async () => {
    for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
  });

  test("is refused while another holds the file, and taken again once it does not", async () => {
    const state = await sqliteState({ path, durability: "normal", busyTimeoutMs: 1 });
    const queue = state.webhooks?.queue as DeliveryQueue;
    await queue.enqueue([delivery("before")]);
    const other = await openDatabase(path);
    other.exec("BEGIN IMMEDIATE");
    for (const id of ["a", "b"])
      await expect(queue.enqueue([delivery(id)])).rejects.toMatchObject({ code: "asap:state/unavailable" });
    other.exec("ROLLBACK");
    other.close();
    expect(await queue.enqueue(deliveries(2, "d"))).toEqual(["added", "added"]);
    expect(idsOf(await claimed(queue))).toEqual(["before", "d0", "d1"]);
    await state.close();
  });
});
