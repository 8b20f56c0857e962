import { isBuiltin } from "node:module";
import { describe, expect, test } from "vitest";
import { filesOf, type Import, importsOf, loadedBy } from "./sources.js";

const rooms = ["codegen", "generated", "runtime", "conformance"] as const;
const imports = filesOf(rooms, /\.(ts|js)$/)
  .filter((path) => !path.endsWith(".d.ts"))
  .flatMap(importsOf);
const isTest = (item: Import) => /\.(test|bench)\.ts$/.test(item.from);
const roomOf = (path: string) => rooms.find((room) => path.startsWith(`${room}/`));
const packageOf = (name: string) => name.split("/", name.startsWith("@") ? 2 : 1).join("/");
const line = (item: Import) => `${item.from} imports ${item.name} (${item.kind})`;

/** The code of one room, tests and benchmarks apart. */
const code = (room: string) => imports.filter((item) => item.from.startsWith(`${room}/`) && !isTest(item));

describe("who may import whom", () => {
  test("the rooms are there to be read", () => {
    for (const room of rooms) expect(code(room).length, room).toBeGreaterThan(0);
  });

  test("generated imports only generated", () => {
    expect(
      code("generated")
        .filter((item) => roomOf(item.target) !== "generated")
        .map(line),
    ).toEqual([]);
  });

  test("codegen imports no other room", () => {
    const wrong = code("codegen").filter((item) => !["codegen", undefined].includes(roomOf(item.target)));
    expect(wrong.map(line)).toEqual([]);
  });

  test("runtime imports itself and generated; the command line loads codegen and conformance, and only on demand", () => {
    const wrong = code("runtime").filter((item) => {
      const room = roomOf(item.target);
      if (room === undefined || room === "runtime" || room === "generated") return false;
      return !(item.from.startsWith("runtime/cli/") && item.kind !== "static");
    });
    expect(wrong.map(line)).toEqual([]);
  });

  test("conformance imports itself and generated, never the runtime; its mutants may", () => {
    const wrong = code("conformance").filter((item) => {
      const room = roomOf(item.target);
      if (room === undefined || room === "conformance" || room === "generated") return false;
      return !item.from.startsWith("conformance/mutants/");
    });
    expect(wrong.map(line)).toEqual([]);
  });

  test("no room imports the examples, the project tests or what was built", () => {
    const outside = imports.filter((item) => item.name.startsWith(".") && roomOf(item.target) === undefined);
    expect(outside.filter((item) => !/\.json$|^spec(\/|$)/.test(item.target) && !isTest(item)).map(line)).toEqual([]);
  });

  test("a relative import names the file with its ending", () => {
    const relative = imports.filter((item) => item.name.startsWith("."));
    expect(relative.filter((item) => !/\.(js|json)$/.test(item.name)).map(line)).toEqual([]);
  });

  test("a builtin is imported with the node: prefix", () => {
    expect(imports.filter((item) => isBuiltin(item.name) && !item.name.startsWith("node:")).map(line)).toEqual([]);
  });
});

describe("packages", () => {
  const usersOf = (name: string) => [
    ...new Set(
      rooms
        .flatMap(code)
        .filter((item) => item.kind !== "type" && packageOf(item.name) === name)
        .map((item) => item.from),
    ),
  ];

  test("ts-morph, json-schema-to-typescript and the ajv compiler stay in codegen", () => {
    for (const name of ["ts-morph", "json-schema-to-typescript"]) {
      expect(usersOf(name).filter((file) => !file.startsWith("codegen/"))).toEqual([]);
    }
  });

  test("a driver or a server library is imported by one file alone, and a driver on demand", () => {
    for (const name of ["better-sqlite3", "pg", "redis", "prom-client"]) {
      const users = usersOf(name).filter((file) => !file.includes("/testing/"));
      expect(users.length, `${name}: ${users.join(", ")}`).toBeLessThanOrEqual(1);
    }
    const drivers = rooms.flatMap(code).filter((item) => ["better-sqlite3", "pg", "redis", "ws"].includes(item.name));
    expect(drivers.filter((item) => item.kind === "static" && !item.from.includes("/testing/")).map(line)).toEqual([]);
  });

  test("commander is known to the command line alone", () => {
    expect(usersOf("commander").filter((file) => !file.startsWith("runtime/cli/"))).toEqual([]);
  });
});

describe("what an entry loads", () => {
  const heavy = [
    "ts-morph",
    "ajv",
    "ajv-formats",
    "json-schema-to-typescript",
    "better-sqlite3",
    "pg",
    "redis",
    "commander",
    "ws",
  ];
  const identity = ["jose", "openid-client", "undici", "ipaddr.js"];
  const foreign = (entry: string) => [...loadedBy(entry)].filter((path) => roomOf(path) === undefined);

  test.each([
    ["asap-kit", "runtime/index.ts"],
    ["asap-kit/registry", "runtime/registry.ts"],
    ["asap-kit/protocol", "generated/index.ts"],
    ["asap-kit/conformance", "conformance/index.ts"],
    ["asap-kit/node", "runtime/node.ts"],
  ])("%s loads no compiler, no validator compiler, no driver and no other room's code", (_, entry) => {
    expect(
      foreign(entry)
        .map(packageOf)
        .filter((name) => [...heavy, ...identity].includes(name)),
    ).toEqual([]);
    expect([...loadedBy(entry)].filter((path) => path.startsWith("codegen/"))).toEqual([]);
  });

  test.each([
    ["asap-kit", "runtime/index.ts"],
    ["asap-kit/protocol", "generated/index.ts"],
    ["asap-kit/webhooks/verify", "runtime/webhooks/verify.ts"],
  ])("%s reaches no Node builtin, so it runs in a browser and at the edge", (_, entry) => {
    expect(foreign(entry).filter(isBuiltin)).toEqual([]);
  });
});

test("the verifier of webhooks imports nothing at all, types included", () => {
  expect(imports.filter((item) => item.from === "runtime/webhooks/verify.ts").map(line)).toEqual([]);
});

/** Folders of the runtime whose files are leaves (one transport, store or provider each), and their contracts. */
const leaves: Readonly<Record<string, readonly string[]>> = {
  "runtime/transport/": [
    "transport.ts",
    "refusal.ts",
    "http-service.ts",
    "fetch.ts",
    "origin.ts",
    "credentials.ts",
    "request-body.ts",
    "upgrade.ts",
    "event-stream.ts",
    "event-stream-server.ts",
  ],
  "runtime/state/": [
    "state-store.ts",
    "snapshot-store.ts",
    "metering-store.ts",
    "nonce-store.ts",
    "task-store.ts",
    "page.ts",
    "records.ts",
    "task-row.ts",
    "task-rules.ts",
    "where.ts",
    "purge.ts",
    "tasks.ts",
    "stored-task.ts",
    "engine.ts",
  ],
  "runtime/auth/": [
    "guard.ts",
    "basic.ts",
    "challenge.ts",
    "token-source.ts",
    "metadata.ts",
    "refreshed.ts",
    "jwks.ts",
    "jwt.ts",
    "json-members.ts",
    "identity.ts",
    "introspection.ts",
    "verified-tokens.ts",
    "unavailable.ts",
  ],
};

/** What the files of one leaf share: a folder of their own, or the first word of their names. */
const familyOf = (path: string, home: string): string => path.slice(home.length).replace(/(?:\/|[-.]).*$/, "");

describe("leaves of the runtime", () => {
  test.each(Object.keys(leaves))("files of %s load contracts of the leaf folders and no other leaf", (folder) => {
    const own = code("runtime").filter((item) => item.from.startsWith(folder));
    expect(own.length).toBeGreaterThan(0);
    const wrong = own.filter((item) => {
      const home = Object.keys(leaves).find((name) => item.target.startsWith(name));
      if (home === undefined || item.kind !== "static") return false;
      if (home === folder && familyOf(item.from, home) === familyOf(item.target, home)) return false;
      return !leaves[home]?.includes(item.target.slice(home.length));
    });
    expect(wrong.map(line)).toEqual([]);
  });
});
