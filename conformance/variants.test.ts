import { describe, expect, it } from "vitest";
import type { Validator } from "../generated/contract.js";
import { validateEnvelope } from "../generated/validators/envelope.js";
import { fullEnvelope } from "./documents.js";
import { sampleContext } from "./sample-context.js";
import { variantsOf } from "./variants.js";

const variants = variantsOf({ ...fullEnvelope(sampleContext) }, validateEnvelope);
const valid = (member: string) => variants.filter((one) => one.member === member && one.valid).map(({ name }) => name);
const invalid = (member: string) =>
  variants.filter((one) => one.member === member && !one.valid).map(({ name }) => name);

describe("variantsOf()", () => {
  it("lets the validator say what is still valid", () => {
    expect(valid("sender")).toEqual(["two-segments", "longest"]);
    expect(invalid("requires_ack")).toEqual(["null", "number", "array", "number-one", "word-yes"]);
    expect(valid("timestamp")).toContain("no-offset");
    expect(invalid("timestamp")).toContain("no-such-day");
    expect(invalid("surprise")).toEqual(["extra"]);
  });

  it("leaves out every member in turn", () => {
    const without = variants.filter(({ name }) => name === "missing");
    expect(without.map(({ member }) => member)).toEqual(Object.keys(fullEnvelope(sampleContext)));
    expect(without.filter((one) => !one.valid).map(({ member }) => member)).toEqual([
      "asap_version",
      "sender",
      "recipient",
      "payload_type",
      "payload",
    ]);
  });

  it("changes with the type", () => {
    const lax = Object.assign((_: unknown): _ is unknown => true, {
      typeName: "Lax",
      errors: null,
    }) as unknown as Validator;
    expect(variantsOf({ a: "x" }, lax).every((one) => one.valid)).toBe(true);
  });

  it("refuses to start from a document that is not valid", () => {
    expect(() => variantsOf({ id: 7 }, validateEnvelope)).toThrow("the starting document does not fit Envelope");
  });
});
