import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** A server in a process of its own, so that its use of the processor can be told from that of the load. */
export interface Subject<Facts> {
  readonly pid: number | undefined;
  /** What the process told when it was ready. */
  readonly facts: Facts;
  /** Time of processors it has used so far, in microseconds. */
  cpuMicroseconds(): Promise<number>;
  stop(): void;
}

const next = <T>(from: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The process under measure ended with ${code}`));
    from.once("exit", ended);
    from.once("message", (value) => {
      from.off("exit", ended);
      resolve(value as T);
    });
  });

/**
 * Starts a program in a process of its own.
 *
 * @param program URL of the module, which calls {@link bePart} when it is started with the word.
 * @param word Its only argument.
 */
export async function startSubject<Facts>(program: string, word: string): Promise<Subject<Facts>> {
  const child = fork(fileURLToPath(program), [word]);
  return {
    pid: child.pid,
    facts: await next<Facts>(child),
    async cpuMicroseconds() {
      const answer = next<NodeJS.CpuUsage>(child);
      child.send("cpu");
      const { user, system } = await answer;
      return user + system;
    },
    stop: () => child.disconnect(),
  };
}

/** The other side of {@link startSubject}: tells its facts, then answers until it is left alone. */
export function bePart(facts: unknown): void {
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.on("disconnect", () => process.exit(0));
  process.send?.(facts);
}

/** Keeps a process on one processor where the system can, so that the load and the server do not take turns. */
export function pin(pid: number | undefined, processor: number): void {
  if (availableParallelism() > 1) spawnSync("taskset", ["-acp", String(processor), String(pid)], { stdio: "ignore" });
}

/** What one round of load came to. */
export interface Measure {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/** Load that runs until it is stopped; then it tells how many requests were answered. */
export interface Driver {
  stop(): Promise<number>;
}

/** Puts load on a server for a second. */
export async function measure(
  subject: Subject<unknown>,
  drive: () => Promise<Driver>,
  times: number,
): Promise<Measure> {
  const drivers = await Promise.all(Array.from({ length: times }, drive));
  const cpuBefore = await subject.cpuMicroseconds();
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const counts = await Promise.all(drivers.map((driver) => driver.stop()));
  const seconds = (performance.now() - startedAt) / 1_000;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { perSecond: total / seconds, cpuMicroseconds: ((await subject.cpuMicroseconds()) - cpuBefore) / total };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The value in the middle. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** One of two that are compared. */
export interface Side {
  readonly name: string;
  readonly measure: () => Promise<Measure>;
}

/**
 * Compares two by rounds that alternate, after two of each to warm up, and prints what they came to.
 *
 * @param label What is measured.
 * @param atLeast Ratio of the second to the first that it is held to, by time of processors or by rate. Default: none,
 * the figures are for information.
 * @param usual How many rounds, unless BENCH_ROUNDS says. Default: 7.
 * @returns Whether it holds.
 */
export async function compare(
  label: string,
  sides: readonly [Side, Side],
  atLeast?: number,
  usual = 7,
): Promise<boolean> {
  const rounds = Number(process.env["BENCH_ROUNDS"] ?? usual);
  for (const side of sides) for (let warm = 0; warm < 2; warm += 1) await side.measure();
  const figures: (readonly [Measure, Measure])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [base, ours] = sides;
    if (round % 2 === 0) figures.push([await base.measure(), await ours.measure()]);
    else {
      const second = await ours.measure();
      figures.push([await base.measure(), second]);
    }
  }
  print(`${label}, ${rounds} alternated rounds of 1 s`);
  const width = Math.max(...sides.map(({ name }) => name.length));
  for (const [index, { name }] of sides.entries()) {
    const rate = median(figures.map((pair) => pair[index as 0 | 1].perSecond)).toFixed(0);
    const cpu = median(figures.map((pair) => pair[index as 0 | 1].cpuMicroseconds)).toFixed(1);
    print(`  ${name.padEnd(width)}  ${rate}/s  ${cpu} us of CPU each`);
  }
  const byCpu = median(figures.map(([base, ours]) => base.cpuMicroseconds / ours.cpuMicroseconds));
  const byRate = median(figures.map(([base, ours]) => ours.perSecond / base.perSecond));
  const bound = atLeast === undefined ? "for information" : `at least ${atLeast}`;
  print(`  ratio ${label}: ${byCpu.toFixed(2)} by CPU, ${byRate.toFixed(2)} by rate (${bound})`);
  return atLeast === undefined || Math.max(byCpu, byRate) >= atLeast;
}
