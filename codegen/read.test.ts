import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSpec } from "./read.js";
import { createBench, setIn, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

describe("readSpec()", () => {
  it("sees no difference in a byte order mark, in line ends, and in files that generation does not depend on", async () => {
    const spec = bench.copySpec();
    const before = await readSpec(spec);
    const text = readFileSync(join(spec, "states.json"), "utf8");
    writeFileSync(join(spec, "states.json"), `\uFEFF${text.replaceAll("\n", "\r\n")}`);
    for (const folder of ["samples", "node_modules", "entities/.drafts"]) {
      mkdirSync(join(spec, folder));
      writeSpec(spec, `${folder}/x.schema.json`, { title: "X" });
    }
    rmSync(join(spec, "requirements.json"));
    expect(await readSpec(spec)).toEqual(before);
  });

  it("gives another hash when a file says something else", async () => {
    const spec = bench.copySpec();
    const { hash } = await readSpec(spec);
    setIn(spec, "protocol.json", ["version"], "1.1.1");
    expect((await readSpec(spec)).hash).not.toBe(hash);
  });
});
