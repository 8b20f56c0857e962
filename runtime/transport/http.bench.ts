import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { ulid } from "../ulid.js";
import { serve } from "./node.js";

const connections = 50;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 7);
const roundMs = 1_000;

type Kind = "bare" | "asap";

/** A node:http server that parses JSON and answers with the same JSON. */
function serveBare(): Promise<number> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      const body = JSON.stringify(JSON.parse(text));
      response.writeHead(200, ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))]);
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

async function serveAsap(): Promise<number> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id: "urn:asap:agent:bench", skills: { echo } });
  return (await serve(agent, { port: 0, rateLimit: "off" })).port;
}

async function child(kind: Kind): Promise<void> {
  const port = await (kind === "bare" ? serveBare() : serveAsap());
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.on("disconnect", () => process.exit(0));
  process.send?.(port);
}

interface Subject {
  readonly process: ChildProcess;
  readonly port: number;
}

const next = <T>(from: ChildProcess): Promise<T> =>
  new Promise((resolve) => from.once("message", (value) => resolve(value as T)));

async function start(kind: Kind): Promise<Subject> {
  const process = fork(fileURLToPath(import.meta.url), [kind]);
  return { process, port: await next<number>(process) };
}

async function cpuMicroseconds(subject: Subject): Promise<number> {
  const answer = next<NodeJS.CpuUsage>(subject.process);
  subject.process.send("cpu");
  const { user, system } = await answer;
  return user + system;
}

/** The bytes of a request; `idAt` is where a 26-character envelope id stands, for unique ids. */
function requestBytes(unique: boolean): { readonly bytes: Buffer; readonly idAt: number } {
  const envelope = {
    ...(unique ? { id: ulid() } : {}),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: "urn:asap:agent:bench",
    payload_type: "task.request",
    payload: { conversation_id: "conv_01HX5K3MQVN8", skill_id: "echo", input: { message: "hello there" } },
    requires_ack: false,
  };
  const body = JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "req-1" });
  const head = `POST /asap HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return { bytes: Buffer.from(head + body), idAt: unique ? head.length + body.indexOf(envelope.id ?? "") : -1 };
}

let counter = 0;

/** Keeps one connection busy with one request after the other until told to stop. */
function drive(port: number, unique: boolean, latencies: number[] | undefined): Promise<{ stop(): Promise<number> }> {
  const { bytes, idAt } = requestBytes(unique);
  let done = 0;
  let left = 0;
  let stopping: ((count: number) => void) | undefined;
  let sentAt = 0;
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1", () => {
      send();
      resolve({ stop: () => new Promise((stopped) => (stopping = stopped)) });
    });
    const send = () => {
      if (idAt >= 0) bytes.write(String(counter++).padStart(26, "0"), idAt, "latin1");
      if (latencies !== undefined) sentAt = performance.now();
      socket.write(bytes);
    };
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      if (left === 0) {
        const text = chunk.toString("latin1");
        const start = text.indexOf("\r\n\r\n") + 4;
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        if (!text.startsWith("HTTP/1.1 200") || length === undefined || text.includes('"error"')) {
          reject(new Error(`The server answered ${text.slice(0, 300)}`));
          return;
        }
        left = start + Number(length) - chunk.length;
      } else left -= chunk.length;
      if (left > 0) return;
      left = 0;
      done += 1;
      latencies?.push(performance.now() - sentAt);
      if (stopping === undefined) send();
      else {
        socket.destroy();
        stopping(done);
      }
    });
  });
}

interface Measure {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function measure(subject: Subject, unique: boolean, latencies?: number[]): Promise<Measure> {
  const drivers = await Promise.all(Array.from({ length: connections }, () => drive(subject.port, unique, latencies)));
  const cpuBefore = await cpuMicroseconds(subject);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, roundMs));
  const counts = await Promise.all(drivers.map((driver) => driver.stop()));
  const seconds = (performance.now() - startedAt) / 1000;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { perSecond: total / seconds, cpuMicroseconds: ((await cpuMicroseconds(subject)) - cpuBefore) / total };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

async function compare(label: string, unique: boolean, atLeast: number): Promise<boolean> {
  const bare = await start("bare");
  const asap = await start("asap");
  for (const subject of [bare, asap]) for (let warm = 0; warm < 2; warm++) await measure(subject, unique);
  const rates: number[] = [];
  const cpus: number[] = [];
  const figures: Measure[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? bare : asap;
    const a = await measure(first, unique);
    const b = await measure(first === bare ? asap : bare, unique);
    const [base, ours] = first === bare ? [a, b] : [b, a];
    rates.push(ours.perSecond / base.perSecond);
    cpus.push(base.cpuMicroseconds / ours.cpuMicroseconds);
    figures.push(base, ours);
  }
  const latencies: number[] = [];
  await measure(asap, unique, latencies);
  bare.process.disconnect();
  asap.process.disconnect();
  latencies.sort((a, b) => a - b);
  const shown = (pick: (measure: Measure) => number, ours: boolean) =>
    median(figures.filter((_, index) => index % 2 === (ours ? 1 : 0)).map(pick));
  const ratio = median(cpus);
  console.log(`${label}, ${connections} connections, ${rounds} alternated rounds of ${roundMs / 1000} s`);
  console.log(
    `  bare node:http  ${shown((m) => m.perSecond, false).toFixed(0)}/s  ${shown((m) => m.cpuMicroseconds, false).toFixed(1)} us of CPU each`,
  );
  console.log(
    `  asap-kit        ${shown((m) => m.perSecond, true).toFixed(0)}/s  ${shown((m) => m.cpuMicroseconds, true).toFixed(1)} us of CPU each`,
  );
  console.log(
    `  latency         p50 ${(latencies[Math.floor(latencies.length * 0.5)] ?? 0).toFixed(2)} ms  p95 ${(latencies[Math.floor(latencies.length * 0.95)] ?? 0).toFixed(2)} ms (at most 50 ms)`,
  );
  console.log(
    `  ratio ${label}: ${ratio.toFixed(2)} by CPU, ${median(rates).toFixed(2)} by rate (at least ${atLeast})`,
  );
  return Math.max(ratio, median(rates)) >= atLeast;
}

const [kind] = process.argv.slice(2);
if (kind === "bare" || kind === "asap") await child(kind);
else {
  const held = [
    await compare("echo task, fixed body", false, 0.75),
    await compare("echo task, unique ids and stored answers", true, 0.65),
  ];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
