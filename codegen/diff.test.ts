import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "./diff.js";

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** What a diff makes of the text it begins from; throws when the diff does not belong to it. */
function applied(before: readonly string[], diff: string): string[] {
  const after: string[] = [];
  let at = 0;
  for (const line of diff.split("\n").slice(2, -1)) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === "0" ? 0 : 1);
      while (at < start) after.push(before[at++] ?? "");
      if (after.length !== Number(hunk[3]) - (hunk[4] === "0" ? 0 : 1)) throw new Error(`misplaced: ${line}`);
    } else if (line.startsWith("+")) after.push(line.slice(1));
    else {
      if (before[at] !== line.slice(1)) throw new Error(`unlike: ${line}`);
      if (line.startsWith(" ")) after.push(line.slice(1));
      at += 1;
    }
  }
  return [...after, ...before.slice(at)];
}

describe("unifiedDiff()", () => {
  it("is empty for equal texts", () => {
    expect(unifiedDiff("a.ts", "x\n", "x\n")).toBe("");
  });

  it("shows three lines around each change, and changes far apart in hunks of their own", () => {
    const before = Array.from({ length: 30 }, (_, at) => `line ${at + 1}`);
    const after = before.map((line, at) => (at === 4 || at === 24 ? `${line}!` : line));
    const diff = unifiedDiff("a.ts", text(before), text(after));
    expect(diff.split("\n").slice(0, 6)).toEqual([
      "--- a.ts",
      "+++ a.ts",
      "@@ -2,7 +2,7 @@",
      " line 2",
      " line 3",
      " line 4",
    ]);
    expect(diff).toContain("@@ -22,7 +22,7 @@\n");
    expect(diff).toContain("-line 5\n+line 5!\n");
  });

  it("leads from the one text to the other", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "", "- d", "+ e"), { maxLength: 40 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(applied(before, unifiedDiff("a", text(before), text(after)))).toEqual(after);
      }),
    );
  });

  it("replaces very large texts whole", () => {
    const many = (mark: string) => Array.from({ length: 2500 }, (_, at) => `${mark}${at}`);
    expect(applied(many("a"), unifiedDiff("a", text(many("a")), text(many("b"))))).toEqual(many("b"));
  });
});
