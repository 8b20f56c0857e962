import { describe, expect, it } from "vitest";
import { BaselineError, isLive, readBaseline } from "./baseline.js";

const entry = { id: "task.echo", reason: "Under way", expires: "2027-01-31" };
const text = (...cases: readonly unknown[]) => JSON.stringify({ cases });

function faultOf(document: string): [member: string, message: string] {
  try {
    readBaseline(document);
  } catch (cause) {
    if (cause instanceof BaselineError) return [cause.member, cause.message];
    throw cause;
  }
  throw new Error("it was taken");
}

describe("readBaseline()", () => {
  it("reads entries with and without what may be left out", () => {
    const whole = { ...entry, id: "task.other", issue: "https://issues.example/7", flaky: true };
    const document = JSON.stringify({ $schema: "./baseline.schema.json", cases: [entry, whole] });
    expect(readBaseline(`\ufeff${document}`)).toEqual([entry, whole]);
    expect(readBaseline(text())).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "", /^the baseline is not JSON: /],
    ["an array", "[]", "", /^the baseline must be a JSON object$/],
    ["no entries", "{}", "cases", /^cases must be an array of entries$/],
    ["another member", '{"cases":[],"skip":1}', "skip", /^skip is no member of a baseline: \$schema, cases$/],
    ["an entry that is a text", text("task.echo"), "cases[0]", /^cases\[0\] must be an object$/],
    ["no id", text({ ...entry, id: undefined }), "cases[0].id", /^cases\[0\]\.id is missing$/],
    ["a pattern", text({ ...entry, id: "task.*" }), "cases[0].id", /must be the id of one case, without patterns/],
    [
      "no reason",
      text(entry, { ...entry, id: "a.b", reason: undefined }),
      "cases[1].reason",
      /is missing \(entry a\.b\)$/,
    ],
    ["an empty reason", text({ ...entry, reason: " " }), "cases[0].reason", /not empty \(entry task\.echo\)$/],
    ["no day", text({ ...entry, expires: undefined }), "cases[0].expires", /is missing \(entry task\.echo\)$/],
    ["a time", text({ ...entry, expires: "2027-01-31T00:00:00Z" }), "cases[0].expires", /a day written YYYY-MM-DD/],
    ["a day that is none", text({ ...entry, expires: "2027-02-30" }), "cases[0].expires", /a day written YYYY-MM-DD/],
    ["a month that is none", text({ ...entry, expires: "2027-13-01" }), "cases[0].expires", /a day written YYYY-MM-DD/],
    ["an issue that is a number", text({ ...entry, issue: 7 }), "cases[0].issue", /must be a text/],
    ["flaky as a text", text({ ...entry, flaky: "yes" }), "cases[0].flaky", /must be true or false/],
    ["a misspelt member", text({ ...entry, expiry: "2027-01-31" }), "cases[0].expiry", /is no member of an entry: id/],
    ["the same case twice", text(entry, entry), "cases[1].id", /repeats cases\[0\]\.id \(task\.echo\)$/],
  ])("refuses %s", (_, document, member, words) => {
    const [at, message] = faultOf(document);
    expect(at).toBe(member);
    expect(message).toMatch(words);
  });
});

describe("isLive()", () => {
  it("counts the last day in", () => {
    expect(["2027-01-30", "2027-01-31", "2027-02-01"].map((day) => isLive(entry, day))).toEqual([true, true, false]);
  });
});
