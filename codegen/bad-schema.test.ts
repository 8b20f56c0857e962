import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CodegenError, generate } from "./index.js";
import { expectFault, type Fault, refusal } from "./testing/refusal.js";
import { createBench, setIn, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const request = "payloads/task-request.schema.json";
const write = (file: string, content: unknown) => (spec: string) => writeSpec(spec, file, content);
const inRequest =
  (...path: string[]) =>
  (value: unknown) =>
  (spec: string) =>
    setIn(spec, request, path, value);

const faults: Fault[] = [
  [
    "an empty enum",
    inRequest("properties", "skill_id", "enum")([]),
    request,
    "/properties/skill_id/enum",
    /list a value/,
  ],
  [
    "a value like a reference",
    inRequest("properties", "input", "const")({ a: [{ $ref: "#" }] }),
    request,
    "/properties/input/const",
    /reference/,
  ],
  [
    "text that is not JSON",
    write("entities/skill.schema.json", '{"title":'),
    "entities/skill.schema.json",
    "",
    /not JSON/,
  ],
  [
    "bytes that are not UTF-8",
    (spec) => writeFileSync(join(spec, request), Buffer.from([0x22, 0xff, 0x22])),
    request,
    "",
    /UTF-8/,
  ],
  [
    "a member given twice",
    write("x.schema.json", '{"title":"X","type":"object","type":"string"}'),
    "x.schema.json",
    "/type",
    /given twice/,
  ],
  [
    "a member named __proto__",
    write("x.schema.json", '{"title":"X","type":"object","properties":{"__proto__":{}}}'),
    "x.schema.json",
    "/properties/__proto__",
    /__proto__/,
  ],
  ["half a character", inRequest("description")("\ud800"), request, "/description", /half a character/],
  ["half a character in a name", inRequest("properties", "\ud800")({}), request, "/properties", /half a character/],
  [
    "JSON nested too deep",
    write("x.schema.json", `{"title":"X","default":${"[".repeat(5000)}${"]".repeat(5000)}}`),
    "x.schema.json",
    "",
    /nested/,
  ],
  [
    "schemas nested too deep",
    write("x.schema.json", `{"title":"X","type":"string","not":${'{"not":'.repeat(70)}{}${"}".repeat(70)}}`),
    "x.schema.json",
    "/not",
    /deep/,
  ],
  ["a schema without a title", write("x.schema.json", { type: "string" }), "x.schema.json", "", /title/],
  ["a title that names no type", inRequest("title")("task request"), request, "/title", /cannot name a type/],
  [
    "a title that holds code",
    inRequest("title")("X{};globalThis.hacked=1;type Y"),
    request,
    "/title",
    /cannot name a type/,
  ],
  [
    "a title that generated code uses",
    write("x.schema.json", { title: "Promise", type: "string" }),
    "x.schema.json",
    "/title",
    /itself/,
  ],
  [
    "a title that is the name of a generated file",
    write("x.schema.json", { title: "Index", type: "string" }),
    "x.schema.json",
    "/title",
    /itself/,
  ],
  [
    "a title that is the name of a generated file in another letter case",
    write("x.schema.json", { title: "FAULTS", type: "string" }),
    "x.schema.json",
    "/title",
    /itself/,
  ],
  [
    "names that differ in letter case",
    write("x.schema.json", { title: "TASKRequest", type: "string" }),
    request,
    "",
    /letter case/,
  ],
  [
    "two definitions of one name",
    write("x.schema.json", { title: "TaskStatus", type: "string" }),
    "x.schema.json",
    "",
    /differently/,
  ],
  ["another dialect", inRequest("$schema")("http://json-schema.org/draft-07/schema#"), request, "/$schema", /2020-12/],
  [
    "an unknown keyword",
    inRequest("properties", "input", "tsType")("any; evil()"),
    request,
    "/properties/input/tsType",
    /not a keyword/,
  ],
  [
    "a keyword that is not supported",
    inRequest("unevaluatedProperties")(false),
    request,
    "/unevaluatedProperties",
    /not a keyword/,
  ],
  ["$id", inRequest("$id")("https://example.com/x"), request, "/$id", /not a keyword/],
  [
    "a keyword with a wrong value",
    inRequest("properties", "skill_id", "minLength")("one"),
    request,
    "/properties/skill_id/minLength",
    /integer/,
  ],
  [
    "an unknown type",
    inRequest("properties", "skill_id", "type")("text"),
    request,
    "/properties/skill_id/type",
    /must be one of/,
  ],
  [
    "an unknown format",
    inRequest("properties", "skill_id", "format")("mood"),
    request,
    "/properties/skill_id/format",
    /mood/,
  ],
  [
    "a pattern that is none",
    inRequest("properties", "skill_id", "pattern")("(["),
    request,
    "/properties/skill_id/pattern",
    /regular expression/,
  ],
  ["a required member that is not defined", inRequest("required", "2")("inptu"), request, "/required/2", /inptu/],
  [
    "a keyword for another type",
    inRequest("properties", "input", "maxLength")(3),
    request,
    "/properties/input",
    /maxLength/,
  ],
  [
    "a keyword beside $ref",
    write("x.schema.json", { title: "X", $ref: request, minProperties: 1 }),
    "x.schema.json",
    "/minProperties",
    /beside \$ref/,
  ],
  [
    "a discriminator without oneOf",
    inRequest("discriminator")({ propertyName: "type" }),
    request,
    "/discriminator",
    /oneOf/,
  ],
  [
    "a discriminator with a mapping",
    write("x.schema.json", {
      title: "X",
      type: "object",
      discriminator: { propertyName: "a", mapping: { b: "#" } },
      oneOf: [{ properties: { a: { const: "b" } }, required: ["a"] }],
    }),
    "x.schema.json",
    "/discriminator",
    /nothing else/,
  ],
  ["$defs below the root", inRequest("properties", "input", "$defs")({}), request, "/properties/input/$defs", /root/],
  [
    "a reference that reaches no file",
    inRequest("properties", "input")({ $ref: "gone.schema.json" }),
    request,
    "/properties/input/$ref",
    /gone/,
  ],
  [
    "a reference that reaches no definition",
    inRequest("properties", "input")({ $ref: "#/$defs/Gone" }),
    request,
    "/properties/input/$ref",
    /no definition/,
  ],
  [
    "a reference into a definition",
    inRequest("properties", "input")({ $ref: "#/properties/config" }),
    request,
    "/properties/input/$ref",
    /into a definition/,
  ],
  [
    "a reference out of the folder",
    inRequest("properties", "input")({ $ref: "../../../etc/passwd" }),
    request,
    "/properties/input/$ref",
    /leads out/,
  ],
  [
    "an encoded reference out of the folder",
    inRequest("properties", "input")({ $ref: "..%2f..%2f..%2fpasswd" }),
    request,
    "/properties/input/$ref",
    /leads out/,
  ],
  [
    "a reference with a backslash",
    inRequest("properties", "input")({ $ref: "config\\..\\x.schema.json" }),
    request,
    "/properties/input/$ref",
    /leads out/,
  ],
  ["text in place of a schema", inRequest("properties", "input")("text"), request, "/properties/input", /be a schema/],
  [
    "a reference to the network",
    inRequest("properties", "input")({ $ref: "https://example.com/a.json" }),
    request,
    "/properties/input/$ref",
    /leads out/,
  ],
  [
    "a reference to an absolute path",
    inRequest("properties", "input")({ $ref: "/etc/passwd" }),
    request,
    "/properties/input/$ref",
    /leads out/,
  ],
  [
    "a type defined by itself",
    write("x.schema.json", { title: "X", anyOf: [{ $ref: "#" }, { type: "null" }] }),
    "x.schema.json",
    "",
    /itself/,
  ],
  [
    "a type that asks itself about the same value",
    write("x.schema.json", { title: "X", type: "object", if: { not: { $ref: "#" } }, else: { minProperties: 1 } }),
    "x.schema.json",
    "",
    /without end/,
  ],
];

describe("a bad schema is refused with file, pointer and reason, and nothing is written", () => {
  it.each(faults)("%s", async (_title, make, file, pointer, reason) => {
    const spec = bench.copySpec();
    make(spec);
    expectFault(await refusal(spec), file, pointer, reason);
  });

  it("tells of every problem at once, in order", async () => {
    const spec = bench.copySpec();
    inRequest("properties", "input")({ $ref: "gone.schema.json" })(spec);
    setIn(spec, "protocol.json", ["colour"], "red");
    setIn(spec, "errors.json", ["timeout", "http"], 7);
    const error = await refusal(spec);
    expect(error.problems.map(({ file }) => file)).toEqual(["errors.json", request, "protocol.json"]);
    expect([error.file, error.pointer, error.reason]).toEqual(Object.values(error.problems[0] ?? {}));
  });

  it("names a schema at fault once, however many types refer to it", async () => {
    const spec = bench.copySpec();
    setIn(spec, "entities/agent-urn.schema.json", ["type"], "integer");
    const { problems } = await refusal(spec);
    expect(problems.map(({ file }) => file)).toEqual(["entities/agent-urn.schema.json"]);
  });

  it("leaves an earlier output as it was", async () => {
    const spec = bench.copySpec();
    const out = join(bench.folder, "kept");
    const { files } = await generate({ spec, out });
    const before = files.map((file) => readFileSync(join(out, file), "utf8"));
    inRequest("properties", "input")({ $ref: "gone.schema.json" })(spec);
    await expect(generate({ spec, out })).rejects.toThrow(CodegenError);
    expect(files.map((file) => readFileSync(join(out, file), "utf8"))).toEqual(before);
  });

  it("refuses a spec that is not there, and does not follow links out of it", async () => {
    await expect(generate({ spec: join(bench.folder, "gone"), out: join(bench.folder, "gone-out") })).rejects.toThrow(
      /cannot be read/,
    );
    const spec = bench.copySpec();
    writeFileSync(join(bench.folder, "outside.schema.json"), JSON.stringify({ title: "Outside", type: "string" }));
    symlinkSync(join(bench.folder, "outside.schema.json"), join(spec, "outside.schema.json"));
    inRequest("properties", "skill_id")({ $ref: "../outside.schema.json" })(spec);
    expect((await refusal(spec)).reason).toMatch(/no file/);
  });
});
