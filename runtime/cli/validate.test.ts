import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MemoryIoOptions, memoryIo } from "../testing/memory-io.js";
import { run } from "./run.js";

async function asap(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo(options);
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

interface Verdict {
  readonly valid: boolean;
  readonly errors: readonly {
    readonly type: string;
    readonly loc: readonly (string | number)[];
    readonly msg: string;
  }[];
}

const verdicts = (out: string): Verdict[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const good = '{"status":"ok"}';
const bad = '{"status":"down"}';

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "asap-validate-"));
});
afterAll(() => rm(cwd, { recursive: true }));

describe("asap validate", () => {
  test("judges one document, in text and in JSON", async () => {
    expect(await asap(["validate", "--type", "Liveness", "-"], { stdin: good })).toEqual({
      code: 0,
      out: "stdin: valid\n",
      err: "",
    });
    const text = await asap(["validate", "--type", "Liveness", "-"], { stdin: bad });
    expect(text).toEqual({ code: 1, out: expect.stringMatching(/^stdin: invalid: status: .+\n$/), err: "" });
    const json = await asap(["validate", "--type", "Liveness", "-", "--json"], { stdin: bad });
    expect(json.code).toBe(1);
    expect(verdicts(json.out)).toEqual([
      { valid: false, errors: [{ type: "literal_error", loc: ["status"], msg: expect.any(String) }] },
    ]);
  });

  test("judges a file line by line, skipping blank lines and taking CRLF", async () => {
    await writeFile(join(cwd, "lines.jsonl"), `${good}\r\n\n  \n${bad}\n{"status":\n${good}`);
    const text = await asap(["validate", "--type", "liveness", "--jsonl", "lines.jsonl"], { cwd });
    expect(text.code).toBe(1);
    expect(text.out.split("\n").map((line) => line.split(":").slice(0, 2).join(":"))).toEqual([
      "line 1: valid",
      "line 4: invalid",
      "line 5: invalid",
      "line 6: valid",
      "",
    ]);
    const json = await asap(["validate", "--type", "liveness", "--jsonl", "--json", "lines.jsonl"], { cwd });
    expect(verdicts(json.out).map(({ valid }) => valid)).toEqual([true, false, false, true]);
    expect(verdicts(json.out)[2]?.errors).toMatchObject([{ type: "json_invalid", loc: [] }]);
  });

  test("ends with 0 when all lines are valid, and when there is none", async () => {
    expect((await asap(["validate", "--type", "Liveness", "--jsonl", "-"], { stdin: `${good}\n${good}\n` })).code).toBe(
      0,
    );
    expect(await asap(["validate", "--type", "Liveness", "--jsonl", "--json", "-"])).toEqual({
      code: 0,
      out: "",
      err: "",
    });
  });

  test("takes bytes that are not UTF-8, and a byte order mark, for documents that are not JSON", async () => {
    for (const stdin of [new Uint8Array([0x22, 0xff, 0x22]), `\uFEFF${good}`]) {
      const { code, out } = await asap(["validate", "--type", "Liveness", "--jsonl", "--json", "-"], { stdin });
      expect(code).toBe(1);
      expect(verdicts(out)).toMatchObject([{ valid: false, errors: [{ type: "json_invalid" }] }]);
    }
  });

  test("judges lines longer than a chunk and bears deep nesting", async () => {
    const envelope = {
      asap_version: "0.1",
      sender: "urn:asap:agent:a",
      recipient: "urn:asap:agent:b",
      payload_type: "x",
      payload: { text: "\u00e9".repeat(200_000) },
    };
    const deep = JSON.stringify({ ...envelope, payload: { deep: "DEEP" } }).replace(
      '"DEEP"',
      "[".repeat(100_000) + "]".repeat(100_000),
    );
    await writeFile(join(cwd, "long.jsonl"), `${JSON.stringify(envelope)}\n${deep}\n`);
    const { code, out } = await asap(["validate", "--type", "envelope", "--jsonl", "--json", "long.jsonl"], { cwd });
    expect(code).toBe(0);
    expect(verdicts(out)).toEqual([
      { valid: true, errors: [] },
      { valid: true, errors: [] },
    ]);
  });

  test.each(["TaskCancel", "taskcancel", "task.cancel", "task_cancel", "TASK-CANCEL"])(
    "takes %s for the type TaskCancel",
    async (type) => {
      expect((await asap(["validate", "--type", type, "-"], { stdin: '{"task_id":"t"}' })).code).toBe(0);
      expect((await asap(["validate", "--type", type, "-"], { stdin: "{}" })).code).toBe(1);
    },
  );

  test("accepts unknown members with --tolerant where readers ignore them, and only there", async () => {
    const health =
      '{"status":"healthy","agent_id":"urn:asap:agent:a","version":"1.0.0","uptime_seconds":1,"load":{"active_tasks":0,"queue_depth":0}}';
    const manifest = JSON.stringify({
      id: "urn:asap:agent:a",
      name: "A",
      version: "1.0.0",
      description: "",
      capabilities: { more: 1 },
      endpoints: { asap: "https://a.example/asap" },
      more: true,
    });
    expect((await asap(["validate", "--type", "Health", "--tolerant", "-"], { stdin: health })).code).toBe(0);
    expect((await asap(["validate", "--type", "Manifest", "-"], { stdin: manifest })).code).toBe(1);
    expect((await asap(["validate", "--type", "Manifest", "--tolerant", "-"], { stdin: manifest })).code).toBe(0);
    expect(
      (await asap(["validate", "--type", "TaskCancel", "--tolerant", "-"], { stdin: '{"task_id":"t","more":1}' })).code,
    ).toBe(1);
  });

  test.each([[["none.json"]], [["--jsonl", "none.jsonl"]], [["."]], [["--jsonl", "."]]])(
    "ends with 2 when %j cannot be read",
    async (rest) => {
      const { code, out, err } = await asap(["validate", "--type", "Envelope", ...rest], { cwd });
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^asap: cannot read \S+: [^\n]+ \(asap:config\/invalid_option\)\n$/);
    },
  );

  const samples = fileURLToPath(new URL("../../spec/samples/", import.meta.url));
  const kinds = existsSync(join(samples, "valid")) ? readdirSync(join(samples, "valid")).sort() : [];
  describe.skipIf(kinds.length === 0)("over the samples of the spec", () => {
    const read = (kind: "valid" | "invalid", type: string): unknown[] => {
      const folder = join(samples, kind, type);
      if (!existsSync(folder)) return [];
      return readdirSync(folder)
        .sort()
        .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
    };
    const isWrapped = (value: unknown): value is { document: unknown } =>
      typeof value === "object" && value !== null && "document" in value && "rule" in value;

    test.each(kinds.length > 0 ? kinds : ["none"])("judges every sample of %s right", async (type) => {
      const valid = read("valid", type);
      const invalid = read("invalid", type).map((sample) => (isWrapped(sample) ? sample.document : sample));
      const stdin = [...valid, ...invalid].map((sample) => `${JSON.stringify(sample)}\n`).join("");
      const { out } = await asap(["validate", "--type", type, "--jsonl", "--json", "-"], { stdin });
      expect(verdicts(out).map((verdict) => verdict.valid)).toEqual([
        ...valid.map(() => true),
        ...invalid.map(() => false),
      ]);
      for (const verdict of verdicts(out)) expect(verdict.errors.length > 0).toBe(!verdict.valid);
    });
  });
});
