import { spawnSync } from "node:child_process";
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileTokens } from "./token-file.js";
import { tokenKey } from "./token-keeper.js";
import type { TokenRequestOptions } from "./token-request.js";
import type { StoredTokens } from "./token-store.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-tokens-"));
  path = join(folder, "inner", "tokens.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tokens = (accessToken: string, more: Partial<StoredTokens> = {}): StoredTokens => ({
  accessToken,
  obtainedAtMs: 1_000,
  expiresAtMs: 601_000,
  ...more,
});
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
const inside = () => readdir(join(folder, "inner"));
/** Writes a file of tokens by other means, with a mode. */
async function written(text: string, mode = 0o600): Promise<void> {
  await fileTokens(path).set("k", tokens("a"));
  await writeFile(path, text);
  await chmod(path, mode);
}

describe("a file of tokens", () => {
  test("keeps them for the next process, in a file and a folder of its owner alone", async () => {
    const kept = tokens("a", { refreshToken: "r", scope: "x y" });
    expect(await fileTokens(path).get("k")).toBeUndefined();
    await fileTokens(path).set("k", kept);
    expect(await fileTokens(path).get("k")).toEqual(kept);
    expect([await modeOf(path), await modeOf(join(folder, "inner"))]).toEqual(["600", "700"]);
    expect(await inside()).toEqual(["tokens.json"]);
  });

  test("keeps each key apart, and deletes one alone", async () => {
    const store = fileTokens(path);
    await store.set("one", tokens("1"));
    await store.set("__proto__", tokens("2"));
    await store.set("one", tokens("3"));
    expect([(await store.get("one"))?.accessToken, (await store.get("__proto__"))?.accessToken]).toEqual(["3", "2"]);
    await store.delete("one");
    await store.delete("none");
    expect([await store.get("one"), (await store.get("__proto__"))?.accessToken]).toEqual([undefined, "2"]);
    expect(await store.get("toString")).toBeUndefined();
  });

  test("loses none of 20 that several write at once", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `k${at}`);
    await Promise.all(names.map((name) => fileTokens(path).set(name, tokens(name))));
    const store = fileTokens(path);
    expect(await Promise.all(names.map(async (name) => (await store.get(name))?.accessToken))).toEqual(names);
  });

  test.runIf(process.platform !== "win32").each([0o640, 0o604, 0o666])(
    "is refused where others can use it (mode %o), and not made private by writing",
    async (mode) => {
      await written(JSON.stringify({ version: 1, tokens: { k: tokens("canary-token") } }), mode);
      for (const work of [() => fileTokens(path).get("k"), () => fileTokens(path).set("k", tokens("b"))]) {
        const error = await work().catch((cause: unknown) => cause);
        expect(error).toMatchObject({
          code: "asap:auth/token_store_failed",
          data: { path, reason: expect.stringContaining("chmod 600") },
        });
        expect(String((error as Error).stack)).not.toContain("canary");
      }
      expect(await modeOf(path)).toBe(mode.toString(8));
    },
  );

  test.each([
    ["cut off", '{"version":1,"tokens":{"k":{"accessToken":"canary'],
    ["empty", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["without tokens", '{"version":1}'],
    ["of another version", '{"version":2,"tokens":{}}'],
    ["too large", `{"version":1,"tokens":{}}${" ".repeat(1_048_576)}`],
  ])("is refused where it is %s, and left as it is", async (_, text) => {
    await written(text);
    for (const work of [() => fileTokens(path).get("k"), () => fileTokens(path).set("k", tokens("b"))]) {
      const error = await work().catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "asap:auth/token_store_failed", data: { path } });
      expect(String((error as Error).stack)).not.toContain("canary");
    }
    expect(await readFile(path, "utf8")).toBe(text);
  });

  test("gives nothing for a member that is no tokens", async () => {
    await written(JSON.stringify({ version: 1, tokens: { k: { accessToken: 5 }, l: null } }));
    expect([await fileTokens(path).get("k"), await fileTokens(path).get("l")]).toEqual([undefined, undefined]);
  });

  describe.runIf(process.platform !== "win32")("that is not the user's own regular file", () => {
    const refused = (reason: string) => ({ code: "asap:auth/token_store_failed", data: { path, reason } });

    test.each(["a pipe", "a pipe behind a link"])("is refused without waiting: %s", async (name) => {
      await written("");
      await rm(path);
      const pipe = name === "a pipe" ? path : join(folder, "pipe");
      expect(spawnSync("mkfifo", ["-m", "600", pipe]).status).toBe(0);
      if (pipe !== path) await symlink(pipe, path);
      for (const work of [() => fileTokens(path).get("k"), () => fileTokens(path).set("k", tokens("b"))]) {
        await expect(work()).rejects.toMatchObject(refused("it is no regular file"));
      }
    });

    test("is refused where it belongs to another user", async () => {
      await written(JSON.stringify({ version: 1, tokens: { k: tokens("planted") } }));
      if (process.geteuid?.() === 0) await chown(path, 12_345, 12_345);
      else {
        await rm(path);
        await symlink("/etc/passwd", path);
      }
      await expect(fileTokens(path).get("k")).rejects.toMatchObject(refused("it belongs to another user"));
    });

    test("is taken where a link leads to it", async () => {
      await written("");
      await fileTokens(join(folder, "real.json")).set("k", tokens("a"));
      await rm(path);
      await symlink(join(folder, "real.json"), path);
      expect((await fileTokens(path).get("k"))?.accessToken).toBe("a");
    });
  });

  test("cannot lie where there is a folder, or below a file", async () => {
    await expect(fileTokens(folder).get("k")).rejects.toMatchObject({ code: "asap:auth/token_store_failed" });
    await writeFile(join(folder, "file"), "");
    const below = fileTokens(join(folder, "file", "tokens.json"));
    await expect(below.set("k", tokens("a"))).rejects.toMatchObject({ code: "asap:auth/token_store_failed" });
    expect(() => fileTokens("")).toThrow(/^path /);
  });

  test("what a crash left half written is overwritten", async () => {
    await fileTokens(path).set("k", tokens("a"));
    await writeFile(`${path}.new`, "half", { mode: 0o644 });
    await fileTokens(path).set("k", tokens("b"));
    expect((await fileTokens(path).get("k"))?.accessToken).toBe("b");
    expect([await inside(), await modeOf(path)]).toEqual([["tokens.json"], "600"]);
  });
});

describe("turns", () => {
  test("work for one key runs one at a time, for another key beside it", async () => {
    const log: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = (): void => undefined;
    const isIn = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const first = fileTokens(path).exclusive?.("k", async () => {
      entered();
      await held;
      log.push("first");
    });
    await isIn;
    const second = fileTokens(path).exclusive?.("k", async () => log.push("second"));
    await fileTokens(path).exclusive?.("other", async () => log.push("other"));
    release();
    await Promise.all([first, second]);
    expect(log).toEqual(["other", "first", "second"]);
    expect(await inside()).toEqual([]);
  });

  test("work that throws gives its turn back", async () => {
    const store = fileTokens(path);
    await expect(store.exclusive?.("k", () => Promise.reject(new Error("thrown")))).rejects.toThrow("thrown");
    expect(await store.exclusive?.("k", async () => "done")).toBe("done");
  });

  /** Leaves the lock of a key behind, as somebody else's. */
  async function leftLock(holder: string, ageMs = 0): Promise<string> {
    let name = "";
    await fileTokens(path).exclusive?.("k", async () => {
      [name = ""] = await inside();
    });
    const lock = join(folder, "inner", name);
    await writeFile(lock, holder);
    const at = new Date(Date.now() - ageMs);
    await utimes(lock, at, at);
    return lock;
  }
  const endedPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

  test.each([
    ["of a process that has ended", () => leftLock(`${endedPid()} ${hostname()} x`)],
    ["of another host, not touched for a minute", () => leftLock("1 elsewhere.example x", 60_000)],
    ["of this process, not touched for a minute", () => leftLock(`${process.pid} ${hostname()} x`, 60_000)],
    ["that names nobody, a minute old", () => leftLock("", 60_000)],
  ])("a lock %s is taken over, by one alone", async (_, leave) => {
    await leave();
    let inWork = 0;
    let most = 0;
    const work = async () => {
      inWork += 1;
      most = Math.max(most, inWork);
      await stat(folder);
      inWork -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => fileTokens(path).exclusive?.("k", work)));
    expect([most, await inside()]).toEqual([1, []]);
  });

  test("a lock that somebody took over meanwhile is left to them", async () => {
    await fileTokens(path).exclusive?.("k", async () => {
      const [name = ""] = await inside();
      await writeFile(join(folder, "inner", name), "another");
    });
    expect(await inside()).toHaveLength(1);
  });

  test("a lock of somebody who is there is waited for", async () => {
    const lock = await leftLock(`${process.pid} ${hostname()} x`);
    const log: string[] = [];
    const waiting = fileTokens(path).exclusive?.("k", async () => log.push("worked"));
    await fileTokens(path).exclusive?.("other", async () => log.push("lock is held"));
    log.push(await readFile(lock, "utf8"));
    await rm(lock);
    await waiting;
    expect(log).toEqual(["lock is held", `${process.pid} ${hostname()} x`, "worked"]);
  });
});

describe("the key of tokens", () => {
  const base: TokenRequestOptions = { issuer: "https://i.example", clientId: "c", scope: "a b", audience: "x" };
  const keyOf = (more: Partial<TokenRequestOptions> = {}) => tokenKey("client", { ...base, ...more });

  test.each<[string, Partial<TokenRequestOptions>]>([
    ["issuer", { issuer: "https://i.example/" }],
    ["client", { clientId: "d" }],
    ["scope", { scope: "a" }],
    ["audience", { audience: "y" }],
    ["resource", { resource: "https://r.example" }],
    ["further parameters", { parameters: { tenant: "t" } }],
  ])("differs by %s", (_, more) => {
    expect(keyOf(more)).not.toBe(keyOf());
  });

  test("differs by grant, but not by the order of scopes and resources, nor by secrets", () => {
    expect(tokenKey("user", base)).not.toBe(keyOf());
    expect(keyOf({ scope: ["b", "a", "a"] })).toBe(keyOf());
    expect(keyOf({ resource: ["r", "s"] })).toBe(keyOf({ resource: ["s", "r"] }));
    expect(keyOf({ parameters: { a: "1", b: "2" } })).toBe(keyOf({ parameters: { b: "2", a: "1" } }));
    expect(keyOf({ clientSecret: "canary" })).toBe(keyOf());
  });
});
