/** One sample of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metrics page in the Prometheus text format 0.0.4. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)(?: +-?\d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/**
 * Reads a metrics page.
 *
 * @returns the page, or the first line that is not of the format
 */
export function readExposition(text: string): Exposition | string {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const row of text.split("\n")) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(row);
    if (type !== null) types.set(String(type[1]), String(type[2]));
    if (row === "" || row.startsWith("#")) continue;
    const sample = line.exec(row);
    if (sample === null) return row;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (sample[2] ?? "").matchAll(label)) labels[String(name)] = String(value);
    const value = Number(String(sample[3]).replace(/^([+-]?)inf(inity)?$/i, "$1Infinity"));
    if (Number.isNaN(value) && !/^nan$/i.test(String(sample[3]))) return row;
    samples.push({ name: String(sample[1]), labels, value });
  }
  return { types, samples };
}

/** Sum of the samples of a name whose labels include these. */
export function total(page: Exposition, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return page.samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, sample) => sum + sample.value, 0);
}

/** What is wrong with a histogram: buckets that fall, no `+Inf`, or a `+Inf` that is not the count. Null when nothing is. */
export function histogramFault(page: Exposition, name: string): string | null {
  const series = new Map<string, { le: number; value: number }[]>();
  for (const { name: full, labels, value } of page.samples) {
    if (full !== `${name}_bucket`) continue;
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    series.set(key, [...(series.get(key) ?? []), { le: Number(String(le).replace("+Inf", "Infinity")), value }]);
  }
  for (const [key, buckets] of series) {
    const rising = [...buckets].sort((one, two) => one.le - two.le);
    if (rising.some((bucket, at) => at > 0 && bucket.value < (rising[at - 1]?.value ?? 0)))
      return `the buckets of ${key} fall`;
    const last = rising.at(-1);
    const count = total(page, `${name}_count`, JSON.parse(key));
    if (last?.le !== Number.POSITIVE_INFINITY) return `${key} has no +Inf bucket`;
    if (last.value !== count) return `the +Inf bucket of ${key} is ${last.value}, its count ${count}`;
  }
  return null;
}

/** Upper bounds of a histogram's buckets, without `+Inf`, in rising order. */
export function bucketBounds(page: Exposition, name: string): number[] {
  const bounds = page.samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map((sample) => Number(sample.labels.le));
  return [...new Set(bounds.filter(Number.isFinite))].sort((one, two) => one - two);
}
