import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { asObject } from "../documents.js";
import { eventIn } from "../receiver.js";
import { type Json, objectOf } from "./edit.js";
import { envelopeIn, envelopeOf, hearing } from "./socket-edit.js";
import type { SocketMutant } from "./tunnel.js";
import { type Asked, bodyOf } from "./wrap.js";

/** A delivery on its way from an agent to a receiver. */
export interface Posting {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly event: unknown;
  /** Secret of its callback. */
  readonly secret: string | undefined;
  /** Whether its task was asked for over a WebSocket. */
  readonly isOverSocket: boolean;
  /** Name of its callback. */
  readonly inbox: string;
  /** Number of the attempt, or of the deliveries of that event to that callback, from 1. */
  readonly attempt: number;
}

/** Answer of a receiver. */
export interface Replied {
  readonly status: number;
  readonly location?: string;
}

/** Hands a delivery on, with changes; to another path where one is given. */
export type Forward = (changes?: Partial<Posting> & { readonly path?: string }) => Promise<Replied>;

/** What becomes of a delivery, and what the agent is answered. */
export type RelayEdit = (posting: Posting, forward: Forward) => Promise<Replied>;

/** A relay between an agent and the receivers of its deliveries. */
export interface Relay {
  /** Has a request name the relay in place of the receiver. */
  ask(asked: Asked): Asked;
  /** Does the same over a WebSocket. */
  readonly socket: SocketMutant;
  close(): Promise<void>;
}

const receiverForm = /^http:\/\/127\.0\.0\.1:(\d+)\/(\w+)$/;

/** Starts a relay that changes the deliveries of an agent. */
export async function startRelay(edit: RelayEdit): Promise<Relay> {
  const secrets = new Map<string, string>();
  const overSocket = new Set<string>();
  const attempts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const [, port = "", inbox = ""] = /^\/(\d+)\/(\w+)/.exec(incoming.url ?? "") ?? [];
    const handle = async () => {
      const body = await bodyOf(incoming);
      const event = eventIn(body);
      const key = `${inbox} ${String(event)}`;
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, `${value}`]));
      const posting = {
        method: "POST",
        headers,
        body,
        event,
        secret: secrets.get(inbox),
        isOverSocket: overSocket.has(inbox),
        inbox,
        attempt,
      };
      const forward: Forward = (changes) =>
        post(Number(port), changes?.path ?? `/${inbox}`, { ...posting, ...changes });
      const { status, location } = await edit(posting, forward);
      outgoing.writeHead(status, location === undefined ? {} : { Location: location }).end();
    };
    handle().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const routed = (json: Json, isOverSocket = false): Json | undefined => {
    const envelope = envelopeIn(json);
    const payload = asObject(envelope?.payload);
    const config = asObject(payload?.config);
    const [, target, inbox] = receiverForm.exec(String(config?.callback_url)) ?? [];
    if (inbox === undefined || typeof config?.callback_url !== "string") return undefined;
    if (typeof config.callback_secret === "string") secrets.set(inbox, config.callback_secret);
    if (isOverSocket) overSocket.add(inbox);
    const own = { ...config, callback_url: `http://127.0.0.1:${port}/${target}/${inbox}` };
    return envelopeOf(json, { payload: { ...payload, config: own } });
  };
  return {
    ask(asked) {
      const changed = asked.body.length > 100_000 ? undefined : routed(objectOf(asked.body));
      return changed === undefined ? asked : { ...asked, body: Buffer.from(JSON.stringify(changed)) };
    },
    socket: hearing(() => (json) => routed(json, true)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function post(port: number, path: string, { method, headers, body }: Posting): Promise<Replied> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, "transfer-encoding": ___, ...kept } = headers;
    const own = { ...kept, "content-length": String(body.length) };
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: own, agent: false }, (response) => {
      response.resume();
      const { statusCode = 0, headers: back } = response;
      resolve({ status: statusCode, ...(back.location === undefined ? {} : { location: back.location }) });
    });
    request.on("error", reject).end(body);
  });
}
