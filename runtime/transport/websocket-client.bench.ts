import { type ChildProcess, fork } from "node:child_process";
import { type EventEmitter, once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAgent } from "../agent.js";
import { connect } from "../client.js";
import type { Connection } from "../connection.js";
import { skill } from "../skill.js";
import { serve } from "./node.js";
import { createWebSocket } from "./websocket-node.js";
import type { CreateWebSocket } from "./websocket-socket.js";

const recipient = "urn:asap:agent:bench";
const opened = 100;
const messages = 2_000;
const inFlight = 20;
const clients = 200;
const reconnectMs = 30_000;

async function child(port: number): Promise<void> {
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const server = await serve(createAgent({ id: recipient, skills: { echo } }), { port, rateLimit: "off" });
  process.on("disconnect", () => process.exit(0));
  process.send?.(server.port);
}

async function start(port: number): Promise<{ readonly server: ChildProcess; readonly port: number }> {
  const server = fork(fileURLToPath(import.meta.url), ["serve", String(port)]);
  return { server, port: (await once(server, "message"))[0] as number };
}

let missed = 0;

function figure(name: string, value: number, unit: string, isHeld: boolean, bound: string): void {
  if (!isHeld) missed += 1;
  console.log(`  ${name.padEnd(52)} ${value.toFixed(unit === "%" ? 2 : 1).padStart(8)} ${unit} (${bound})`);
}

const share = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;

const times = (name: string, took: readonly number[], atMost: number): void => {
  for (const part of [0.5, 0.95]) {
    const value = share(took, part);
    figure(`${name} p${part * 100}`, value, "ms", value < atMost, `under ${atMost} ms`);
  }
};

/** Milliseconds from now until a connection is open. */
async function untilOpen(connection: Connection): Promise<number> {
  const startedAt = performance.now();
  if (connection.state.status !== "open") {
    await new Promise<void>((resolve) => {
      const stop = connection.watch(({ status }) => {
        if (status !== "open") return;
        stop();
        resolve();
      });
    });
  }
  return performance.now() - startedAt;
}

const asking = new Set<string>();
const acknowledged = new Set<string>();

/** A WebSocket that notes which envelopes ask for an acknowledgement, and which get one. */
const counting: CreateWebSocket = async (url, init) => {
  const socket = await createWebSocket(url, init);
  const send = socket.send.bind(socket);
  socket.send = (text) => {
    const { envelope } = JSON.parse(text).params ?? {};
    if (envelope?.requires_ack === true) asking.add(envelope.id);
    send(text);
  };
  (socket as unknown as EventEmitter).on("message", (data: Buffer) => {
    const { method, params } = JSON.parse(String(data));
    if (method === "asap.ack") acknowledged.add(params.envelope.payload.original_envelope_id);
  });
  return socket;
};

async function connections(url: string): Promise<void> {
  const took: number[] = [];
  for (let count = 0; count < opened; count += 1) {
    await using peer = await connect(url, { recipient });
    const open = untilOpen(peer.connection);
    await peer.run("echo", { message: "hello" });
    took.push(await open);
  }
  times(`connection open, ${opened} one after the other,`, took, 500);
}

async function exchanges(url: string): Promise<void> {
  await using peer = await connect(url, { recipient, websocket: { createWebSocket: counting } });
  const run = async (took: number[]) => {
    const startedAt = performance.now();
    await peer.run("echo", { message: "hello" });
    took.push(performance.now() - startedAt);
  };
  const alone: number[] = [];
  for (let count = 0; count < messages / 4; count += 1) await run(alone);
  times("message, one at a time,", alone, 50);
  const together: number[] = [];
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let count = 0; count < messages / inFlight; count += 1) await run(together);
    }),
  );
  times(`message, ${inFlight} in flight,`, together, 50);
  const percent = (100 * [...asking].filter((id) => acknowledged.has(id)).length) / asking.size;
  figure(`acknowledged, of ${asking.size} messages`, percent, "%", percent > 99, "over 99 %");
}

async function reconnections(url: string, first: ChildProcess, port: number): Promise<ChildProcess> {
  const peers = await Promise.all(Array.from({ length: clients }, () => connect(url, { recipient })));
  await Promise.all(peers.map((peer) => peer.run("echo", {})));
  const lost = peers.map(
    ({ connection }) =>
      new Promise<void>((resolve) => {
        const stop = connection.watch(({ status }) => {
          if (status === "open") return;
          stop();
          resolve();
        });
      }),
  );
  first.kill("SIGKILL");
  await Promise.all(lost);
  const { server } = await start(port);
  const came = await Promise.all(
    peers.map(({ connection }) =>
      Promise.race([untilOpen(connection), wait(reconnectMs, Number.POSITIVE_INFINITY, { ref: false })]),
    ),
  );
  const back = came.filter((ms) => ms < reconnectMs);
  const percent = (100 * back.length) / clients;
  figure(`open again within 30 s, of ${clients} after a restart`, percent, "%", percent > 99, "over 99 %");
  console.log(`  ${"open again p95".padEnd(52)} ${share(came, 0.95).toFixed(1).padStart(8)} ms`);
  await Promise.all(peers.map((peer) => peer.run("echo", {})));
  await Promise.all(peers.map((peer) => peer.close()));
  return server;
}

const [role, asked] = process.argv.slice(2);
if (role === "serve") await child(Number(asked));
else {
  const { server, port } = await start(0);
  const url = `ws://127.0.0.1:${port}/asap/ws`;
  console.log("calls over WebSocket, with acknowledgement");
  await connections(url);
  await exchanges(url);
  const last = await reconnections(url, server, port);
  last.disconnect();
  process.exitCode = missed === 0 ? 0 : 1;
}
