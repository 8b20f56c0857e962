import fc from "fast-check";
import { expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { connect } from "./client.js";
import { isAsapError } from "./error.js";
import type { Peer } from "./peer.js";
import { skill } from "./skill.js";
import { type Fate, type FrameProxy, frameProxy, type PassingFrame } from "./testing/frame-proxy.js";
import { type Server, serve } from "./transport/node.js";

/** What the peer was asked to do. */
interface Model {
  asked: number;
}

/** An agent behind a proxy that can be told to harm, and a peer that speaks to it. */
class World {
  /** Runs of the skill, by life of the server and input. */
  readonly runs = new Map<string, number>();
  readonly outcomes = new Map<number, string[]>();
  readonly pending: Promise<void>[] = [];
  harm: "none" | "requests" | "acks" | "answers" | "twice" = "none";
  #life = 0;
  #server: Server | undefined;
  #proxy: FrameProxy | undefined;
  #peer: Peer | undefined;

  static async start(): Promise<World> {
    const world = new World();
    await world.restart();
    world.#proxy = await frameProxy(
      () => world.#server?.port ?? 1,
      (frame) => world.#fateOf(frame),
    );
    world.#peer = await connect(world.#proxy.url, {
      transport: "websocket",
      recipient: "urn:asap:agent:server",
      timeoutMs: 3_000,
      websocket: {
        reconnect: { baseMs: 5, maxMs: 20 },
        initialAttempts: 50,
        ack: { timeoutMs: 20, maxRetries: 1 },
        breaker: { failures: 1, resetMs: 30, circuits: new Map() },
        maxInFlight: 4,
        maxConnections: 2,
      },
    });
    return world;
  }

  #fateOf({ to, text }: PassingFrame): Fate {
    if (this.harm === "requests") return to === "server" && text !== "" ? "drop" : "pass";
    if (this.harm === "acks") return text.includes('"asap.ack"') ? "drop" : "pass";
    if (this.harm === "answers") return to === "client" && text.includes('"id":"ws-') ? "drop" : "pass";
    return this.harm === "twice" && text !== "" ? "twice" : "pass";
  }

  /** Ends the server, as a crash does, and starts another. */
  async restart(): Promise<void> {
    const old = this.#server;
    this.#life += 1;
    const life = this.#life;
    const run = async (input: Readonly<Record<string, unknown>>) => {
      const key = `${life}:${String(input["name"])}`;
      this.runs.set(key, (this.runs.get(key) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, Number(input["ms"])));
      return { name: input["name"] };
    };
    const agent = createAgent({
      id: "urn:asap:agent:server",
      skills: { work: skill({ description: "Works", run }) },
    });
    this.#server = await serve(agent, { port: 0, rateLimit: "off", drainMs: 0 });
    this.kill();
    await old?.close();
  }

  kill(): void {
    this.#proxy?.killAll();
  }

  ask(name: number, ms: number): void {
    const noted: string[] = [];
    this.outcomes.set(name, noted);
    const asked = this.#peer?.run("work", { name, ms }) ?? Promise.reject(new Error("no peer"));
    this.pending.push(
      asked.then(
        (result) => void noted.push(result["name"] === name ? "result" : "the result of another"),
        (error: unknown) => void noted.push(isAsapError(error) ? error.code : `untyped: ${String(error)}`),
      ),
    );
  }

  async settle(): Promise<void> {
    this.harm = "none";
    await Promise.all(this.pending);
  }

  async close(): Promise<void> {
    await this.#peer?.close();
    await this.#proxy?.[Symbol.asyncDispose]();
    await this.#server?.close();
  }
}

type Step = fc.AsyncCommand<Model, World>;

const step = (text: string, run: (model: Model, world: World) => unknown): Step => ({
  check: () => true,
  run: async (model, world) => void (await run(model, world)),
  toString: () => text,
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const asks = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 30 })).map(([count, ms]) =>
  step(`ask ${count} times, ${ms} ms each`, (model, world) => {
    for (let number = 0; number < count; number += 1) world.ask(++model.asked, ms);
  }),
);
const harms = fc.constantFrom("none", "requests", "acks", "answers", "twice").map((harm) =>
  step(`harm ${harm}`, (_model, world) => {
    world.harm = harm as World["harm"];
  }),
);
const kills = fc.constant(step("cut every connection", (_model, world) => world.kill()));
const restarts = fc.constant(step("restart the server", (_model, world) => world.restart()));
const waits = fc.integer({ min: 1, max: 80 }).map((ms) => step(`wait ${ms} ms`, () => wait(ms)));

const starves = fc.integer({ min: 50, max: 90 }).map((ms) =>
  step(`let nothing through, ask, wait ${ms} ms, ask again`, async (model, world) => {
    world.harm = "requests";
    world.ask(++model.asked, 0);
    await wait(ms);
    world.ask(++model.asked, 0);
  }),
);

/** Outcomes a call may have beside its result. */
const typed = new Set([
  "result",
  "asap:transport/ack_timeout",
  "asap:transport/circuit_open",
  "asap:transport/connection_failed",
  "asap:transport/timeout",
  "asap:transport/remote_error",
]);

test("whatever is lost, doubled or restarted: one outcome a call, one run a life of the server", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.commands([asks, asks, harms, kills, restarts, waits, starves], { maxCommands: 14 }),
      async (commands) => {
        const world = await World.start();
        try {
          await fc.asyncModelRun(() => ({ model: { asked: 0 }, real: world }), commands);
          await world.settle();
          await wait(20);
          for (const [name, outcomes] of world.outcomes) {
            expect(outcomes, `outcomes of ${name}`).toHaveLength(1);
            expect([...typed], `outcome of ${name}`).toContain(outcomes[0]);
            seen.set(String(outcomes[0]), (seen.get(String(outcomes[0])) ?? 0) + 1);
            const ran = [...world.runs.keys()].some((key) => key.endsWith(`:${name}`));
            if (outcomes[0] === "result") expect(ran, `${name} was run`).toBe(true);
          }
          expect([...world.runs].filter(([, count]) => count > 1)).toEqual([]);
        } finally {
          await world.close();
        }
      },
    ),
    { numRuns: 80 },
  );
  const counts = [...seen].sort(([, one], [, other]) => other - one).map(([outcome, count]) => `${count} ${outcome}`);
  for (const outcome of ["result", "asap:transport/ack_timeout", "asap:transport/circuit_open"])
    expect([...seen.keys()]).toContain(outcome);
  process.stdout.write(`outcomes of calls: ${counts.join(", ")}\n`);
}, 120_000);
