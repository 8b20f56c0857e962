/** Label of the hosts that have no series of their own. */
export const otherHosts = "other";

/** How many hosts are weighed for each that has a series. */
const weighedPerSeries = 32;
/** How much busier than the quietest one with a series a host must be to take its place. */
const advantage = 2;

/** Counts by host, with a series for the busiest ones and one for all others; each series only grows while it is there. */
export class BusyHosts {
  readonly #most: number;
  readonly #series = new Map<string, number>();
  #weights = new Map<string, number>();
  #others = 0;

  /** @param most Most series beside the one of all others. */
  constructor(most: number) {
    this.#most = most;
  }

  add(host: string): void {
    const weight = (this.#weights.get(host) ?? 0) + 1;
    this.#weights.set(host, weight);
    if (this.#weights.size > this.#most * weighedPerSeries) this.#thin();
    if (!this.#series.has(host) && !this.#admit(host, weight)) this.#others += 1;
    else this.#series.set(host, (this.#series.get(host) ?? 0) + 1);
  }

  /** Count of each series, that of all others too where there is something in it. */
  entries(): readonly (readonly [host: string, count: number])[] {
    return this.#others === 0 ? [...this.#series] : [...this.#series, [otherHosts, this.#others]];
  }

  #admit(host: string, weight: number): boolean {
    if (this.#series.size < this.#most) return true;
    let quietest: readonly [host: string, weight: number] | undefined;
    for (const known of this.#series.keys()) {
      const own = this.#weights.get(known) ?? 0;
      if (quietest === undefined || own < quietest[1]) quietest = [known, own];
    }
    if (quietest === undefined || weight <= quietest[1] * advantage || host === otherHosts) return false;
    this.#series.delete(quietest[0]);
    return true;
  }

  /** Halves the weights, and forgets those that are next to nothing. */
  #thin(): void {
    const halves = [...this.#weights].map(([host, weight]) => [host, weight / 2] as const);
    this.#weights = new Map(halves.filter(([, weight]) => weight > 1));
  }
}
