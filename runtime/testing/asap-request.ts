import { connect } from "node:net";
import { ulid } from "../ulid.js";

type Members = Readonly<Record<string, unknown>>;

/** What differs from a good request; a member that is undefined is left out. */
export interface Differences {
  readonly root?: Members;
  readonly params?: Members;
  readonly envelope?: Members;
  readonly payload?: Members;
  readonly input?: Members;
}

export const client = "urn:asap:agent:client";

/** A JSON-RPC request with a task request for the skill `echo`, with a fresh envelope id. */
export function taskRequest({ root, params, envelope, payload, input }: Differences = {}) {
  return {
    jsonrpc: "2.0",
    method: "asap.send",
    params: {
      envelope: {
        id: ulid(),
        asap_version: "0.1",
        sender: client,
        recipient: "urn:asap:agent:server",
        payload_type: "task.request",
        payload: { conversation_id: "conv_1", skill_id: "echo", input: { message: "hi", ...input }, ...payload },
        ...envelope,
      },
      ...params,
    },
    id: "req-1",
    ...root,
  };
}

/** The text of {@link taskRequest}. */
export const taskText = (differences: Differences = {}): string => JSON.stringify(taskRequest(differences));

/** A message of any type, as text. */
export const messageText = (payload_type: string, payload: Members, envelope: Members = {}): string =>
  taskText({ envelope: { payload_type, payload, ...envelope } });

/** A JSON-RPC response, as far as tests look into it. */
export interface RpcReply {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: {
    readonly envelope: Members & {
      readonly id: string;
      readonly payload_type: string;
      readonly payload: Members & { readonly task_id: string; readonly result: Members };
    };
  };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: Members & {
      readonly error?: string;
      readonly validation_errors?: readonly { type: string; loc: (string | number)[]; msg: string }[];
    };
  };
}

interface Receiver<Context> {
  receive(text: string, context?: Context): string | Promise<string>;
}

/** Gives an agent a text, or a good task request with differences, and reads the answer. */
export async function ask<Context>(
  agent: Receiver<Context>,
  message: string | Differences = {},
  context?: Context,
): Promise<RpcReply> {
  const text = typeof message === "string" ? message : taskText(message);
  return JSON.parse(await agent.receive(text, context)) as RpcReply;
}

/** An HTTP answer as it came over a socket. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A JSON-RPC call over HTTP, `Connection: close`. */
export const httpText = (body: string, headers = ""): string =>
  `POST /asap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

/**
 * Writes bytes to a fresh connection and reads until the other side ends it.
 *
 * @param parts What to write, one after another, each in a segment of its own where the system allows.
 */
export function overSocket(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => {
      socket.setNoDelay(true);
      let written = Promise.resolve();
      for (const part of parts) {
        written = written.then(
          () => new Promise<void>((done) => socket.write(part, () => setTimeout(done, parts.length > 1 ? 5 : 0))),
        );
      }
    });
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      if (chunks.length === 0 && cause.code !== "EPIPE") reject(cause);
    });
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** Reads the answers on a connection, of which each tells its Content-Length. */
export function answersOf(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    const split = rest.indexOf("\r\n\r\n");
    if (split === -1) throw new Error(`no HTTP answer: ${rest.toString().slice(0, 100)}`);
    const [first = "", ...lines] = rest.subarray(0, split).toString().split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const end = split + 4 + Number(headers["content-length"] ?? 0);
    const status = Number(first.split(" ")[1]);
    if (status !== 100) answers.push({ status, headers, body: rest.subarray(split + 4, end).toString() });
    rest = rest.subarray(status === 100 ? split + 4 : end);
  }
  return answers;
}
