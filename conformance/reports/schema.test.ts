import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { ConformanceBaseline, ConformanceReport } from "../../generated/index.js";
import { validateConformanceBaseline } from "../../generated/validators/conformance-baseline.js";
import { type BaselineEntry, readBaseline } from "../baseline.js";
import type { Report } from "../report.js";

/** Names of members that may be absent. */
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** A type as data: members may be written, and what may be absent is never null. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? string extends keyof T
      ? { [K in keyof T]: Plain<T[K]> }
      : { -readonly [K in Exclude<keyof T, Optional<T>>]: Plain<T[K]> } & {
            -readonly [K in Optional<T>]?: Plain<NonNullable<T[K]>>;
          } extends infer Whole
        ? { [K in keyof Whole]: Whole[K] }
        : never
    : T;

describe("the types of a report", () => {
  it("are those of its published schema, member by member", () => {
    expectTypeOf<Plain<Report>>().toEqualTypeOf<Plain<ConformanceReport>>();
    expectTypeOf<Plain<ConformanceReport>>().toEqualTypeOf<Plain<Report>>();
  });

  it("are told apart from others", () => {
    expectTypeOf<Plain<Omit<Report, "notes">>>().not.toEqualTypeOf<Plain<ConformanceReport>>();
    type Less = Omit<Report, "suite"> & { suite: Omit<Report["suite"], "version"> };
    expectTypeOf<Plain<Less>>().not.toEqualTypeOf<Plain<ConformanceReport>>();
    expectTypeOf<Plain<Omit<Report, "mode"> & { mode: string }>>().not.toEqualTypeOf<Plain<ConformanceReport>>();
  });

  it("of a baseline are those of its schema", () => {
    expectTypeOf<Plain<BaselineEntry>>().toEqualTypeOf<Plain<ConformanceBaseline["cases"][number]>>();
  });
});

/** Whether a baseline is read. */
function isRead(document: unknown): boolean {
  try {
    readBaseline(JSON.stringify(document));
    return true;
  } catch {
    return false;
  }
}

describe("the reader of baselines", () => {
  const entry = { id: "task.answer", reason: "Under repair.", expires: "2027-01-31" };
  const samples = (kind: string) => {
    const folder = new URL(`../../spec/samples/${kind}/ConformanceBaseline/`, import.meta.url);
    return readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));
  };

  it("takes and refuses what the published schema does", () => {
    const documents: unknown[] = [
      ...samples("valid"),
      ...samples("invalid").map(({ document }) => document),
      { cases: [{ ...entry, issue: null }] },
      { $schema: null, cases: [] },
      { cases: [{ ...entry, flaky: null }] },
      { cases: [{ ...entry, flaky: false }] },
      { cases: [{ ...entry, issue: "" }] },
      { cases: [{ ...entry, reason: " " }] },
      { cases: [{ ...entry, id: "task.*" }] },
      { cases: [{ ...entry, expires: "2027-02-29" }] },
      { cases: [{ ...entry, expires: "2028-02-29" }] },
      {},
      [],
      null,
    ];
    const read = documents.map(isRead);
    expect(read).toEqual(documents.map((document) => validateConformanceBaseline(document)));
    expect(read).toContain(true);
    expect(read).toContain(false);
  });
});
