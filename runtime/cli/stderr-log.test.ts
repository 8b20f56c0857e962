import { describe, expect, test } from "vitest";
import { memoryIo } from "../testing/memory-io.js";
import { createStderrLog } from "./stderr-log.js";

describe("createStderrLog()", () => {
  const lineOf = (fields: Record<string, unknown>, env: Record<string, string> = {}) => {
    const io = memoryIo({ env });
    createStderrLog(io).info?.("asap.event", fields);
    return io.err().replace(/\d{4}-\S+Z/, "TIME");
  };

  test("writes plain words as they are, everything else as JSON", () => {
    const fields = { id: "urn:asap:agent:a", text: "two words", empty: "", none: undefined, n: 5, list: ["a"] };
    expect(lineOf(fields)).toBe(
      'TIME info asap.event id=urn:asap:agent:a text="two words" empty="" none=undefined n=5 list=["a"]\n',
    );
  });

  test.each([
    ["text", {}],
    ["json", { ASAP_LOG_FORMAT: "json" }],
  ])("keeps what comes from outside on its line and harmless to terminals, as %s", (_, env) => {
    const type = "x\n2026-01-01T00:00:00Z error forged\r\u001b[2J\u009b2J\u2028\u007f";
    const line = lineOf({ type, error: new Error(type) }, env);
    expect(line.trimEnd()).toMatch(/^[\u0020-\u007e]+$/);
    expect(line).toContain(String.raw`x\n2026-01-01T00:00:00Z error forged\r\u001b[2J\u009b2J\u2028\u007f`);
  });
});
