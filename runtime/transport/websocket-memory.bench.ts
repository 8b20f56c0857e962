import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type WebSocket, WebSocketServer } from "ws";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { serve } from "./node.js";

const idle = 5_000;
const warm = 500;
const rounds = 3;
const atMost = 2;

type Kind = "bare" | "asap";

/** A ws server that keeps its sockets and listens to their messages. */
async function serveBare(): Promise<number> {
  const open = new Set<WebSocket>();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false, clientTracking: false });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("message", (data) => socket.send(JSON.stringify(JSON.parse(String(data)))));
    socket.on("close", () => open.delete(socket));
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function serveAsap(): Promise<number> {
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id: "urn:asap:agent:bench", skills: { echo } });
  return (await serve(agent, { port: 0, rateLimit: "off" })).port;
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
}

async function child(kind: Kind): Promise<void> {
  const port = await (kind === "bare" ? serveBare() : serveAsap());
  process.on("message", () => {
    for (let count = 0; count < 4; count += 1) globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ rss, heapUsed });
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.(port);
}

const next = async <T>(from: ChildProcess): Promise<T> => (await once(from, "message"))[0] as T;

async function memoryOf(server: ChildProcess): Promise<Memory> {
  await wait(500);
  const answer = next<Memory>(server);
  server.send("memory");
  return answer;
}

/** Opens a WebSocket and leaves it alone. */
async function openIdle(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET /asap/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const [head] = (await once(socket, "data")) as [Buffer];
  if (!head.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error("The upgrade was refused");
  return socket;
}

async function openMany(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => openIdle(port)))));
  return sockets;
}

/** What one idle connection costs a server, in bytes, after garbage collection. */
async function perConnection(kind: Kind): Promise<Memory> {
  const server = fork(fileURLToPath(import.meta.url), [kind], { execArgv: ["--expose-gc"] });
  const port = await next<number>(server);
  for (const socket of await openMany(port, warm)) socket.destroy();
  const before = await memoryOf(server);
  const sockets = await openMany(port, idle);
  const after = await memoryOf(server);
  for (const socket of sockets) socket.destroy();
  server.disconnect();
  await once(server, "exit");
  return { rss: (after.rss - before.rss) / idle, heapUsed: (after.heapUsed - before.heapUsed) / idle };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

async function compare(): Promise<boolean> {
  const measured: Record<Kind, Memory[]> = { bare: [], asap: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ["bare", "asap"] as const) measured[kind].push(await perConnection(kind));
  }
  const rss = (kind: Kind) => median(measured[kind].map((memory) => memory.rss));
  const shown = (kind: Kind) => {
    const heap = median(measured[kind].map((memory) => memory.heapUsed));
    return `${(rss(kind) / 1024).toFixed(1)} KiB resident, ${(heap / 1024).toFixed(1)} KiB of heap each`;
  };
  const ratio = rss("asap") / rss("bare");
  console.log(`${idle} idle WebSocket connections in one process, ${rounds} rounds`);
  console.log(`  bare ws    ${shown("bare")}`);
  console.log(`  asap-kit   ${shown("asap")}`);
  console.log(`  ratio idle connections: ${ratio.toFixed(2)} by resident memory (at most ${atMost})`);
  return ratio <= atMost;
}

const [kind] = process.argv.slice(2);
if (kind === "bare" || kind === "asap") await child(kind);
else process.exitCode = (await compare()) ? 0 : 1;
