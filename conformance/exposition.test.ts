import { describe, expect, it } from "vitest";
import { bucketBounds, type Exposition, histogramFault, readExposition, total } from "./exposition.js";

const page = (text: string): Exposition => {
  const read = readExposition(text);
  if (typeof read === "string") throw new Error(read);
  return read;
};
const histogram = (a: number, b: number, count: number) =>
  page(
    `# TYPE h histogram\nh_bucket{k="x",le="0.1"} ${a}\nh_bucket{k="x",le="+Inf"} ${b}\nh_sum{k="x"} 0.5\nh_count{k="x"} ${count}\n`,
  );

describe("readExposition()", () => {
  it("reads types, labels with escapes and values", () => {
    const read = page('# HELP a text\n# TYPE a counter\na{x="1,2",y="q\\"}"} 3\nb 1e3 1700000000\nc +Inf\n');
    expect(read.types.get("a")).toBe("counter");
    expect(read.samples).toEqual([
      { name: "a", labels: { x: "1,2", y: 'q\\"}' }, value: 3 },
      { name: "b", labels: {}, value: 1000 },
      { name: "c", labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });

  it("reads what is no finite number", () => {
    const { samples } = page("a -Inf\nb +Inf\nc Inf\nd NaN\n");
    expect(samples.map(({ value }) => value)).toEqual([-Infinity, Infinity, Infinity, Number.NaN]);
  });

  it("returns the line that is no sample", () => {
    expect(readExposition("a 1\n<html>\n")).toBe("<html>");
    expect(readExposition("a one\n")).toBe("a one");
  });
});

describe("histogramFault()", () => {
  it("accepts cumulative buckets that end in the count", () => {
    expect(histogramFault(histogram(1, 2, 2), "h")).toBeNull();
    expect(bucketBounds(histogram(1, 2, 2), "h")).toEqual([0.1]);
    expect(total(histogram(1, 2, 2), "h_count", { k: "x" })).toBe(2);
  });

  it("tells falling buckets, a missing +Inf and a count that differs", () => {
    expect(histogramFault(histogram(3, 2, 2), "h")).toMatch(/fall/);
    expect(histogramFault(histogram(1, 2, 5), "h")).toMatch(/\+Inf bucket of .* is 2, its count 5/);
    expect(histogramFault(page('h_bucket{le="1"} 1\nh_count 1\n'), "h")).toMatch(/no \+Inf bucket/);
  });
});
