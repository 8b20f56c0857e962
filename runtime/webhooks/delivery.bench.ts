import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bePart, compare, pin, startSubject } from "../testing/measured-process.js";
import { beSender, type Round, type Task } from "./testing/bench-sender.js";
import { startSink } from "./testing/bench-sink.js";

const concurrency = 64;
const deliveries = 20_000;
const atOnce = [100, 500, 1_000, 5_000, 10_000];
const mebibyte = 1_048_576;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** A sender in a process of its own. */
interface Sender {
  readonly pid: number | undefined;
  run(task: Task): Promise<Round>;
  stop(): void;
}

async function startSender(): Promise<Sender> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ["sender"]);
  await once(child, "message");
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the sender has ended")));
  ended.catch(() => {});
  return {
    pid: child.pid,
    async run(task) {
      const answer = once(child, "message");
      child.send(task);
      const [round] = (await Promise.race([answer, ended])) as [Round];
      return round;
    },
    stop: () => child.disconnect(),
  };
}

async function ratio(ports: readonly number[]): Promise<boolean> {
  const senders = [await startSender(), await startSender()] as const;
  for (const { pid } of senders) pin(pid, 0);
  const side = (name: string, kind: "bare" | "durable", sender: Sender) => ({
    name,
    measure: () => sender.run({ kind, count: deliveries, concurrency, ports, path: "now" }),
  });
  const holds = await compare(
    `delivery over ${ports.length} origins, ${concurrency} at a time, of ${deliveries} to a bare pool`,
    [
      side("bare undici pool and HMAC", "bare", senders[0]),
      side("asap-kit, SQLite FULL, history", "durable", senders[1]),
    ],
    0.55,
    15,
  );
  for (const sender of senders) sender.stop();
  return holds;
}

async function many(ports: readonly number[], count: number): Promise<boolean> {
  const sender = await startSender();
  const warm = { kind: "durable", count: 100, concurrency: 100, ports, path: "now" } as const;
  await sender.run(warm);
  const round = await sender.run({ kind: "durable", count, concurrency: count, ports, path: "later" });
  sender.stop();
  const { perSecond, cpuMicroseconds, latencies, delivered, memory } = round;
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const success = delivered / count;
  print(
    `  ${String(count).padStart(6)} at once  ${perSecond.toFixed(0)}/s  p50 ${at(0.5).toFixed(0)} ms  ` +
      `p95 ${at(0.95).toFixed(0)} ms (under 5,000)  p99 ${at(0.99).toFixed(0)} ms  ` +
      `${cpuMicroseconds.toFixed(0)} us of CPU each  ${(memory / mebibyte).toFixed(0)} MiB over idle  ` +
      `${(success * 100).toFixed(3)} % delivered (over 99.9 %)`,
  );
  return success > 0.999 && at(0.95) < 5_000;
}

async function pending(ports: readonly number[]): Promise<boolean> {
  const sender = await startSender();
  await sender.run({ kind: "durable", count: 100, concurrency: 100, ports, path: "now" });
  const task = { kind: "pending", count: 10_000, concurrency: 512, ports, path: "never" } as const;
  const { memory } = await sender.run(task);
  sender.stop();
  print(`  10,000 pending, 512 of them under way: ${(memory / mebibyte).toFixed(0)} MiB over idle (under 100)`);
  return memory < 100 * mebibyte;
}

const [role] = process.argv.slice(2);
if (role === "sink") bePart(await startSink());
else if (role === "sender") beSender();
else {
  const sink = await startSubject<readonly number[]>(import.meta.url, "sink");
  pin(sink.pid, 1);
  const held = [await ratio(sink.facts)];
  print("webhooks at once, answered after 100 ms, one in ten with 503 and tried again after a second");
  for (const count of atOnce) held.push(await many(sink.facts, count));
  held.push(await pending(sink.facts));
  sink.stop();
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
