import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAsapError } from "../../error.js";
import { snapshot } from "../contract/snapshots.js";
import { postgresState } from "./open.js";
import { canStartServer, type OwnServer, startOwnServer } from "./testing/own-server.js";

describe.runIf(canStartServer)("a PostgreSQL server that asks for a password", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer();
  });
  afterAll(() => server.remove());

  const options = () => ({ host: "127.0.0.1", port: server.port, user: server.user, database: "postgres" });

  test("lets nobody in with a wrong password or without one, and no error repeats it", async () => {
    const wrong = "s3cret-canary";
    const attempts = [
      { ...options(), password: wrong },
      { ...options(), password: async () => wrong },
      { url: `postgres://${server.user}:${wrong}@127.0.0.1:${server.port}/postgres` },
      options(),
    ];
    for (const attempt of attempts) {
      const fault = await postgresState(attempt).catch((cause: unknown) => cause);
      expect(fault).toMatchObject({ code: "asap:state/access_denied", data: { backend: "postgres" } });
      expect(`${fault} ${JSON.stringify(fault)}`).not.toContain(wrong);
    }
  });

  test("a crash costs nothing that was saved, and the store works once the server is back", async () => {
    const store = await postgresState({ ...options(), password: server.password });
    const saved: number[] = [];
    const faults: unknown[] = [];
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let version = writer + 1; !isOver; version += 8) {
        await store.snapshots.save(snapshot("task", version)).then(
          () => saved.push(version),
          (cause: unknown) => faults.push(cause),
        );
      }
    });
    while (saved.length < 100) await new Promise(setImmediate);
    await server.crash();
    await expect(store.snapshots.get("task")).rejects.toMatchObject({ code: "asap:state/unavailable" });
    isOver = true;
    await Promise.all(writers);
    await server.start();

    const kept = new Set(await store.snapshots.listVersions("task"));
    expect(saved.filter((version) => !kept.has(version))).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(isAsapError(fault) && fault.code).toBe("asap:state/unavailable");
    await store.snapshots.save(snapshot("task", 1_000_000));
    expect((await store.snapshots.get("task"))?.version).toBe(1_000_000);
    await store.close();
  });
});
