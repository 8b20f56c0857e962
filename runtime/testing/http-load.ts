import { connect, type Socket } from "node:net";
import { ulid } from "../ulid.js";
import type { Driver } from "./measured-process.js";

/** What {@link driveHttp} sends, and to whom. */
export interface HttpLoad {
  readonly port: number;
  /** Whether every envelope has an id of its own, so that answers are stored. */
  readonly unique: boolean;
  /** Value of the Authorization header. Default: none is sent. */
  readonly authorization?: string;
  /** Told how long each answer took, in milliseconds. */
  readonly onLatency?: (ms: number) => void;
}

/** The bytes of a request; `idAt` is where a 26-character envelope id stands, for unique ids. */
function requestBytes({ unique, authorization }: HttpLoad): { readonly bytes: Buffer; readonly idAt: number } {
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
  const head = [
    "POST /asap HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    "\r\n",
  ].join("\r\n");
  return { bytes: Buffer.from(head + body), idAt: unique ? head.length + body.indexOf(envelope.id ?? "") : -1 };
}

let counter = 0;

/** Keeps one connection busy with one echo task after the other until told to stop. */
export function driveHttp(load: HttpLoad): Promise<Driver> {
  const { bytes, idAt } = requestBytes(load);
  let done = 0;
  let left = 0;
  let stopping: ((count: number) => void) | undefined;
  let sentAt = 0;
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(load.port, "127.0.0.1", () => {
      send();
      resolve({ stop: () => new Promise((stopped) => (stopping = stopped)) });
    });
    const send = () => {
      if (idAt >= 0) bytes.write(String(counter++).padStart(26, "0"), idAt, "latin1");
      if (load.onLatency !== undefined) sentAt = performance.now();
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
          socket.destroy(new Error(`The server answered ${text.slice(0, 300)}`));
          return;
        }
        left = start + Number(length) - chunk.length;
      } else left -= chunk.length;
      if (left > 0) return;
      left = 0;
      done += 1;
      load.onLatency?.(performance.now() - sentAt);
      if (stopping === undefined) send();
      else {
        socket.destroy();
        stopping(done);
      }
    });
  });
}
