import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openState } from "../state/open-state.js";
import { isServerExpected, onServer } from "../state/postgres/testing/server.js";
import { testClient } from "../state/redis/testing/redis-place.js";
import { asap } from "../testing/asap-command.js";
import { hasRedis, hasSqlite } from "../testing/services.js";
import { placeKinds, prefixPlace, type StatePlace, schemaPlace } from "../testing/state-places.js";

const at = (second: number): string => `2026-01-02T03:04:0${second}+00:00`;

const task = (id: string, status: "working" | "completed", second: number) => ({
  task: { id, conversation_id: "c", status, created_at: at(second), updated_at: at(second) },
  agent: "agent",
  owner: "urn:asap:agent:client",
  version: 2,
  envelopeId: `envelope-${id}`,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
  lease: status === "working" ? { holder: "host/1", untilMs: 5 } : null,
});

const snapshot = (version: number, taskId = "task-1") => ({
  id: `snap-${version}`,
  task_id: taskId,
  version,
  data: { step: version },
  checkpoint: version === 2,
  created_at: at(version),
});

const event = {
  task_id: "task-1",
  agent_id: "urn:asap:agent:server",
  consumer_id: "urn:asap:agent:client",
  metrics: { tokens_in: 5 },
  timestamp: at(1),
};

async function fill(location: string): Promise<void> {
  const store = await openState(location);
  await store.tasks.put(task("task-1", "working", 1));
  await store.tasks.put(task("task-2", "completed", 2));
  for (const version of [1, 2]) await store.snapshots.save(snapshot(version));
  await store.snapshots.save(snapshot(1, "no-task"));
  await store.metering.put({ id: "u1", event });
  await store.close();
}

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

for (const { name, isThere, fresh } of placeKinds) {
  describe.skipIf(!isThere)(`what is in a store of ${name}`, () => {
    let place: StatePlace;
    let flags: readonly string[] = [];
    beforeAll(async () => {
      place = fresh();
      flags = ["--storage", place.location];
      await fill(place.location);
    });
    afterAll(() => place.remove());

    const listed = (...words: string[]) => asap(["state", "list", ...words, ...flags]);

    test("is listed in columns, the latest task first (STATE-005)", async () => {
      expect(await listed()).toEqual({
        code: 0,
        out: [
          `task-2\tcompleted\t${at(2)}\turn:asap:agent:client\t-`,
          `task-1\tworking\t${at(1)}\turn:asap:agent:client\thost/1`,
          "",
        ].join("\n"),
        err: "",
      });
    });

    test("is listed by status, by kind and up to a number of lines", async () => {
      expect((await listed("--status", "working")).out).toMatch(/^task-1\t[^\n]*\n$/);
      expect((await listed("--status", "failed")).out).toBe("");
      expect((await listed("--limit", "1")).out).toMatch(/^task-2\t[^\n]*\n$/);
      expect((await listed("--kind", "snapshots")).out.split("\n")).toEqual([
        `no-task\t1\tsnap-1\t-\t${at(1)}`,
        `task-1\t1\tsnap-1\t-\t${at(1)}`,
        `task-1\t2\tsnap-2\tcheckpoint\t${at(2)}`,
        "",
      ]);
      expect((await listed("--kind", "snapshots", "--limit", "2")).out.split("\n")).toHaveLength(3);
      expect((await listed("--kind", "usage")).out).toMatch(
        /^\S+\turn:asap:agent:server\turn:asap:agent:client\ttask-1\t\{"tokens_in":5,.*\}\n$/,
      );
    });

    test("is listed as a JSON document a line", async () => {
      const { out } = await listed("--json");
      expect(jsonLines(out)).toEqual([task("task-2", "completed", 2), task("task-1", "working", 1)]);
      expect(jsonLines((await listed("--json", "--kind", "snapshots")).out)[2]).toEqual(snapshot(2));
      expect(jsonLines((await listed("--json", "--kind", "usage")).out)).toMatchObject([
        { id: "u1", event: { task_id: "task-1" } },
      ]);
    });

    test("is shown: a task with the versions of its snapshots, and one snapshot", async () => {
      const show = async (...words: string[]) => {
        const { code, out } = await asap(["state", "show", ...words, ...flags]);
        return [code, JSON.parse(out)];
      };
      expect(await show("task-1")).toEqual([0, { ...task("task-1", "working", 1), snapshots: [1, 2] }]);
      expect(await show("no-task")).toEqual([0, { snapshots: [1] }]);
      expect(await show("task-1", "--snapshot")).toEqual([0, snapshot(2)]);
      expect(await show("task-1", "--snapshot", "1", "--json")).toEqual([0, snapshot(1)]);
    });

    test("and is not there is said in one line, with exit code 1", async () => {
      const said = (what: string) => ({ code: 1, out: "", err: `asap: there is no ${what} (asap:task/not_found)\n` });
      const show = (...words: string[]) => asap(["state", "show", ...words, ...flags]);
      expect(await show("nobody")).toEqual(said("task nobody in the store"));
      expect(await show("nobody", "--snapshot")).toEqual(said("snapshot of a task nobody in the store"));
      expect(await show("task-1", "--snapshot", "3")).toEqual(said("snapshot of a task task-1 in the store"));
    });

    test("is exported, a JSON document a line", async () => {
      const { code, out, err } = await asap(["state", "export", ...flags]);
      expect([code, err]).toEqual([0, ""]);
      const lines = jsonLines(out);
      expect(lines.map(({ kind }) => kind)).toEqual(["task", "task", "snapshot", "snapshot", "snapshot", "usage"]);
      expect(lines[0].record).toEqual(task("task-2", "completed", 2));
      expect(lines[4].record).toEqual(snapshot(2));
    });
  });
}

const code = "(asap:state/unavailable)";
const readers = (location: string): readonly (readonly string[])[] => [
  ["list", "--storage", location],
  ["show", "task", "--storage", location],
  ["export", "--storage", location],
  ["migrate", location, "memory:"],
];

describe.skipIf(!hasSqlite)("asap state", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "asap-state-cli-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("takes paths from the folder of the run, and the store that the environment names (STATE-004)", async () => {
    await fill(`sqlite:${join(folder, "here.db")}`);
    for (const location of ["sqlite:here.db", "sqlite:./here.db"]) {
      expect((await asap(["state", "list", "--storage", location], { cwd: folder })).out).toContain("task-1");
    }
    const env = { ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: "here.db" };
    expect((await asap(["state", "list"], { cwd: folder, env })).out).toContain("task-1");
  });

  test("looks into no store that ends with the process, as the one that nothing names", async () => {
    for (const words of [["list"], ["show", "task"], ["export"], ["list", "--storage", "MEMORY:"]]) {
      const { code, out, err } = await asap(["state", ...words]);
      expect([code, out]).toEqual([64, ""]);
      expect(err).toMatch(/^asap: storage must name a store that outlives its process: [^\n]+\n$/);
    }
  });

  test("lets nothing of a store move a terminal", async () => {
    const location = `sqlite:${join(folder, "hostile.db")}`;
    const hostile = "a\u001b]0;title\u0007b\u001b[2Jc\rd\u009b2Je\u0008f\ng\u2028h\u007f";
    const store = await openState(location);
    await store.tasks.put({ ...task(hostile, "working", 1), owner: hostile });
    await store.snapshots.save({ ...snapshot(1, hostile), id: hostile, data: { [hostile]: hostile } });
    await store.metering.put({ id: hostile, event: { ...event, agent_id: hostile } });
    await store.close();
    const flags = ["--storage", location];
    const kinds = ["tasks", "snapshots", "usage"];
    const runs = [
      ...kinds.flatMap((kind) => [
        ["list", "--kind", kind],
        ["list", "--kind", kind, "--json"],
      ]),
      ["show", hostile],
      ["show", hostile, "--snapshot", "--json"],
      ["show", `${hostile} is not there`],
      ["export"],
    ];
    for (const words of runs) {
      const { out, err } = await asap(["state", ...words, ...flags]);
      const shown = (out + err).replace(/[\t\n]/g, "");
      expect([words.join(" "), shown]).toEqual([words.join(" "), expect.stringMatching(/^\P{Cc}+$/u)]);
      if (!words.includes("show")) expect(out.trimEnd().split("\n").length).toBe(words[0] === "export" ? 3 : 1);
    }
    const { out } = await asap(["state", "show", hostile, "--snapshot", "--json", ...flags]);
    expect(JSON.parse(out).id).toBe(hostile);
  });

  test.each(["state.db", "mysql://me:canary@db.example/x", "sqlite:", "redis:me:canary@db.example"])(
    "answers the wrong location %s with 64 and one line that does not repeat it",
    async (location) => {
      for (const words of [["list"], ["show", "task"], ["export"]]) {
        const { code, out, err } = await asap(["state", ...words, "--storage", location]);
        expect([code, out]).toEqual([64, ""]);
        expect(err).toMatch(/^asap: [^\n]+ \(asap:config\/invalid_option\)\n$/);
        expect(err).not.toContain("canary");
      }
    },
  );

  test.each(["postgres", "redis"])("tells of a %s server that is not there with 2 and one line", async (scheme) => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { readonly port: number };
    await new Promise((resolve) => server.close(resolve));
    const location = `${scheme}://me:canary@127.0.0.1:${port}/0`;
    for (const words of [["list"], ["show", "task", "--json"], ["export"]]) {
      const { code, out, err } = await asap(["state", ...words, "--storage", location]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^asap: [^\n]+ \(asap:state\/unavailable\)\n$/);
      expect(err).not.toContain("canary");
    }
  });

  test.each(["sqlite:nowhere.db", "file:///nowhere/state.db"])("reads no %s into being", async (location) => {
    for (const words of [["list"], ["show", "task"], ["export"]]) {
      expect(await asap(["state", ...words, "--storage", location], { cwd: folder })).toEqual({
        code: 2,
        out: "",
        err: "asap: The sqlite store cannot be used: there is no such file. (asap:state/unavailable)\n",
      });
    }
    expect(await readdir(folder)).not.toContain("nowhere.db");
  });

  test.skipIf(!isServerExpected)("reads no schema of PostgreSQL into being", async () => {
    const place = schemaPlace.fresh();
    const schema = new URL(place.location).searchParams.get("schema");
    const find = `SELECT FROM pg_namespace WHERE nspname = '${schema}'`;
    try {
      for (const words of readers(place.location)) {
        expect(await asap(["state", ...words], { cwd: folder })).toEqual({
          code: 2,
          out: "",
          err: `asap: The postgres store cannot be used: there are no tables of a store in the schema. ${code}\n`,
        });
      }
      expect(await onServer(find)).toEqual([]);
      await (await openState(place.location)).close();
      expect((await onServer(find)).length).toBe(1);
      expect((await asap(["state", "list", "--storage", place.location])).code).toBe(0);
    } finally {
      await place.remove();
    }
  });

  test.skipIf(!hasRedis)("reads no keys of Redis into being", async () => {
    const place = prefixPlace.fresh();
    const prefix = new URL(place.location).searchParams.get("prefix");
    const client = await testClient();
    try {
      for (const words of readers(place.location)) {
        expect(await asap(["state", ...words], { cwd: folder })).toEqual({
          code: 2,
          out: "",
          err: `asap: The redis store cannot be used: there are no keys of a store. ${code}\n`,
        });
      }
      expect(await client.keys(`{${prefix}}:*`)).toEqual([]);
      await (await openState(place.location)).close();
      expect((await asap(["state", "list", "--storage", place.location])).code).toBe(0);
    } finally {
      client.destroy();
      await place.remove();
    }
  });

  test("tells of a file that is no database with 2", async () => {
    const path = join(folder, "no.db");
    await writeFile(path, "no database at all, but as long as one would be at least".repeat(20));
    const { code, err } = await asap(["state", "list", "--storage", `sqlite:${path}`]);
    expect(code).toBe(2);
    expect(err).toMatch(/^asap: [^\n]+ \(asap:state\/corrupt\)\n$/);
  });

  test.each([
    ["better-sqlite3", "sqlite:here.db"],
    ["pg", "postgres://me:canary@127.0.0.1/x"],
    ["redis", "redis://me:canary@127.0.0.1/0"],
  ])("without %s says in one line how to install it", async (name, location) => {
    vi.doMock(name, () => {
      throw Object.assign(new Error("absent"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    try {
      const { code, err } = await asap(["state", "list", "--storage", location], { cwd: folder });
      expect(code).toBe(2);
      expect(err).toMatch(/^asap: [^\n]+; npm install [a-z0-9-]+ \(asap:config\/missing_package\)\n$/);
      expect(err).toContain(`npm install ${name}`);
      expect(err).not.toContain("canary");
    } finally {
      vi.doUnmock(name);
    }
  });

  test.each([
    [["--kind", "task"], "Did you mean tasks?"],
    [["--status", "workin"], "Did you mean working?"],
    [["--limit", "0"], "It must be a whole number from 1 to 1000000"],
  ])("answers %j with 64 and what would be right", async (words, right) => {
    const { code, err } = await asap(["state", "list", ...words]);
    expect(code).toBe(64);
    expect(err).toContain(right);
  });
});
