import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { type AddressInfo, connect } from "node:net";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { ulid } from "../ulid.js";
import { serve } from "./node.js";

const connections = 10;
const inFlight = 5;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 7);
const roundMs = 1_000;

type Kind = "bare" | "asap";

/** A ws server that parses JSON and answers with the same JSON. */
function serveBare(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (data) => socket.send(JSON.stringify(JSON.parse(String(data)))));
  });
  return new Promise((resolve) => server.on("listening", () => resolve((server.address() as AddressInfo).port)));
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

/** Keeps a process on one processor where the system can, so that the load and the server do not take turns. */
function pin(pid: number | undefined, processor: number): void {
  if (availableParallelism() > 1) spawnSync("taskset", ["-acp", String(processor), String(pid)], { stdio: "ignore" });
}

const next = <T>(from: ChildProcess): Promise<T> =>
  new Promise((resolve) => from.once("message", (value) => resolve(value as T)));

async function start(kind: Kind): Promise<Subject> {
  const process = fork(fileURLToPath(import.meta.url), [kind]);
  const port = await next<number>(process);
  pin(process.pid, 0);
  return { process, port };
}

async function cpuMicroseconds(subject: Subject): Promise<number> {
  const answer = next<NodeJS.CpuUsage>(subject.process);
  subject.process.send("cpu");
  const { user, system } = await answer;
  return user + system;
}

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const idLength = 26;

/** A masked text frame that holds a request; `idAt` is where its envelope id stands. */
function requestFrame(requiresAck: boolean): { readonly bytes: Buffer; readonly idAt: number } {
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: "urn:asap:agent:bench",
    payload_type: "task.request",
    payload: { conversation_id: "conv_01HX5K3MQVN8", skill_id: "echo", input: { message: "hello there" } },
    requires_ack: requiresAck,
  };
  const text = JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "req-1" });
  const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff, ...mask]);
  const body = Buffer.from(text).map((byte, at) => byte ^ (mask[at & 3] as number));
  return { bytes: Buffer.concat([head, body]), idAt: head.length + text.indexOf(envelope.id) };
}

let counter = 0;

/** Writes the next number, in decimal and masked, where the envelope id of a frame stands. */
function renumber(bytes: Buffer, idAt: number, headAt: number): void {
  let left = counter++;
  for (let at = idAt + idLength - 1; at >= idAt; at -= 1) {
    bytes[at] = (0x30 + (left % 10)) ^ (mask[(at - headAt) & 3] as number);
    left = Math.floor(left / 10);
  }
}

/** Counts the frames in what a server sends, and refuses error frames: those with an `e` where `result` begins. */
class FrameCounter {
  #left = 0;
  #rest: Buffer | undefined;

  /** Frames that end in a chunk. */
  endingIn(chunk: Buffer): number {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let frames = this.#left > 0 && bytes.length >= this.#left ? 1 : 0;
    let at = this.#left;
    while (at < bytes.length) {
      if (bytes.length - at < 24) {
        this.#rest = bytes.subarray(at);
        this.#left = 0;
        return frames;
      }
      if (bytes[at] !== 0x81 || bytes[at + 1] !== 126 || bytes[at + 22] === 0x65) {
        throw new Error(`The server sent ${bytes.subarray(at, at + 300).toString("latin1")}`);
      }
      at += 4 + bytes.readUInt16BE(at + 2);
      if (at <= bytes.length) frames += 1;
    }
    this.#left = at - bytes.length;
    return frames;
  }
}

interface Load {
  readonly requiresAck: boolean;
  readonly framesPerRequest: number;
}

/** Keeps some requests under way on one connection until told to stop. */
function drive(port: number, load: Load): Promise<{ stop(): Promise<number> }> {
  const { bytes, idAt } = requestFrame(load.requiresAck);
  const batch = Buffer.concat(Array.from({ length: inFlight }, () => bytes));
  const counted = new FrameCounter();
  let frames = 0;
  let answered = 0;
  let isOpen = false;
  let owed = 0;
  let stopping: ((count: number) => void) | undefined;
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const send = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const at = index * bytes.length;
        renumber(batch, at + idAt, at + 8);
      }
      socket.write(Buffer.from(batch.subarray(0, count * bytes.length)));
    };
    const pay = () => {
      send(owed);
      owed = 0;
    };
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.write(
      `GET /asap/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.on("data", (chunk: Buffer) => {
      if (!isOpen) {
        if (!chunk.toString("latin1").startsWith("HTTP/1.1 101")) reject(new Error("The upgrade was refused"));
        isOpen = true;
        send(inFlight);
        resolve({ stop: () => new Promise((stopped) => (stopping = stopped)) });
        return;
      }
      frames += counted.endingIn(chunk);
      const done = Math.floor(frames / load.framesPerRequest) - answered;
      if (done === 0) return;
      answered += done;
      if (stopping === undefined) {
        if (owed === 0) setImmediate(pay);
        owed += done;
      } else {
        socket.destroy();
        stopping(answered);
      }
    });
  });
}

interface Measure {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function measure(subject: Subject, load: Load): Promise<Measure> {
  const drivers = await Promise.all(Array.from({ length: connections }, () => drive(subject.port, load)));
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

async function compare(label: string, requiresAck: boolean, atLeast: number): Promise<boolean> {
  const bare = await start("bare");
  const asap = await start("asap");
  const loads = new Map<Subject, Load>([
    [bare, { requiresAck, framesPerRequest: 1 }],
    [asap, { requiresAck, framesPerRequest: requiresAck ? 2 : 1 }],
  ]);
  const run = (subject: Subject) => measure(subject, loads.get(subject) as Load);
  for (const subject of [bare, asap]) for (let warm = 0; warm < 2; warm++) await run(subject);
  const rates: number[] = [];
  const cpus: number[] = [];
  const figures: Measure[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? bare : asap;
    const a = await run(first);
    const b = await run(first === bare ? asap : bare);
    const [base, ours] = first === bare ? [a, b] : [b, a];
    rates.push(ours.perSecond / base.perSecond);
    cpus.push(base.cpuMicroseconds / ours.cpuMicroseconds);
    figures.push(base, ours);
  }
  bare.process.disconnect();
  asap.process.disconnect();
  const shown = (pick: (measure: Measure) => number, ours: boolean) =>
    median(figures.filter((_, index) => index % 2 === (ours ? 1 : 0)).map(pick));
  const ratio = median(cpus);
  console.log(
    `${label}, ${connections} connections with ${inFlight} in flight, ${rounds} alternated rounds of ${roundMs / 1000} s`,
  );
  for (const ours of [false, true]) {
    const rate = shown((m) => m.perSecond, ours).toFixed(0);
    const cpu = shown((m) => m.cpuMicroseconds, ours).toFixed(1);
    console.log(`  ${ours ? "asap-kit" : "bare ws "}        ${rate}/s  ${cpu} us of CPU each`);
  }
  console.log(
    `  ratio ${label}: ${ratio.toFixed(2)} by CPU, ${median(rates).toFixed(2)} by rate (at least ${atLeast})`,
  );
  return Math.max(ratio, median(rates)) >= atLeast;
}

const [kind] = process.argv.slice(2);
if (kind === "bare" || kind === "asap") await child(kind);
else {
  pin(process.pid, 1);
  const held = [
    await compare("echo task over WebSocket", false, 0.65),
    await compare("echo task over WebSocket with acknowledgement", true, 0.55),
  ];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
