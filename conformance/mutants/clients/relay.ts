import { createServer, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tunnel } from "../tunnel.js";
import type { Answered, Asked } from "../wrap.js";
import { type ClientFault, type Exchange, type Forward, type Reply, reset } from "./mutant.js";

/** A relay in front of the agent of the suite. It keeps no process alive by itself. */
export interface ClientRelay {
  readonly url: string;
  /** Puts the relay in place of the agent in a text. */
  readonly renamed: (text: string) => string;
}

const hopHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);
const callbackPath = /^\/-callback\/(\d+)(\/.*)$/;
const plain: Exchange = (_, forward) => forward();

/**
 * Starts a relay between a client and the agent of the suite. It hands on requests, answers and WebSockets, with its own
 * address in place of the agent's in what the client reads and the other way round. Requests that follow one another go over
 * one connection.
 *
 * @param agentUrl URL of the agent
 * @param fault what goes wrong on the way
 */
export async function startClientRelay(agentUrl: string, fault: ClientFault): Promise<ClientRelay> {
  const agent = new URL(agentUrl);
  const onward = new HttpAgent({ keepAlive: true });
  const serve = async (incoming: IncomingMessage): Promise<Reply> => {
    const { method = "GET", url: path = "/", socket, headers } = incoming;
    const [, port, rest] = callbackPath.exec(path) ?? [];
    const isCallback = port !== undefined && rest !== undefined;
    const body = await bodyOf(incoming);
    const given: Asked = { method, path: isCallback ? rest : path, headers, body };
    const asked = isCallback ? given : toAgent(given);
    const end = new AbortController();
    const stop = () => end.abort();
    socket.once("close", stop);
    const host = isCallback ? `127.0.0.1:${port}` : agent.host;
    const forward: Forward = async (changes) => {
      const own = { ...asked, ...changes };
      const reply = await send(host, own, onward, end.signal);
      return reply === reset || isCallback ? reply : toClient(reply);
    };
    try {
      return await (isCallback ? (fault.callback ?? plain) : (fault.exchange ?? plain))(asked, forward);
    } finally {
      socket.removeListener("close", stop);
      stop();
    }
  };
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, outgoing) => {
    serve(incoming)
      .then((reply) => {
        if (reply === reset) return void incoming.socket.resetAndDestroy();
        const own = Object.entries(reply.headers).filter(
          ([name, value]) => value !== undefined && !hopHeaders.has(name),
        );
        const length = reply.status === 304 ? {} : { "content-length": String(reply.body.length) };
        outgoing.writeHead(reply.status, { ...(Object.fromEntries(own) as Record<string, string>), ...length });
        outgoing.end(incoming.method === "HEAD" ? undefined : reply.body);
      })
      .catch(() => incoming.socket.destroy());
  });
  server.on("connection", (socket) => socket.unref());
  server.on("upgrade", (incoming, socket, early) => {
    const { headers } = toAgent({ method: "GET", path: "/", headers: incoming.headers, body: Buffer.alloc(0) });
    Object.assign(incoming.headers, headers);
    tunnel(agent, incoming.url ?? "/", incoming, socket, early, fault.socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  const own = `127.0.0.1:${port}`;
  const renamed = (text: string) => swapped(text, agent.host, own);
  const toClient = ({ headers, body, ...rest }: Answered): Answered => {
    return { ...rest, headers: inHeaders(headers, renamed), body: inBytes(body, renamed) };
  };
  const toAgent = ({ headers, body, ...rest }: Asked): Asked => {
    const back = (text: string) => routed(swapped(text, own, agent.host));
    return { ...rest, headers: inHeaders(headers, back), body: inBytes(body, back) };
  };
  const routed = (text: string) =>
    fault.callback === undefined
      ? text
      : text.replace(/("callback_url"\s*:\s*"http:\/\/)127\.0\.0\.1:(\d+)/g, `$1${own}/-callback/$2`);
  return { url: `http://${own}`, renamed };
}

/** Puts one address in place of another, in forms too. */
const swapped = (text: string, from: string, to: string): string =>
  text.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to));

const inBytes = (bytes: Buffer, change: (text: string) => string): Buffer =>
  Buffer.from(change(bytes.toString("latin1")), "latin1");

function inHeaders<Value extends string | string[] | number | undefined>(
  headers: Readonly<Record<string, Value>>,
  change: (text: string) => string,
): Record<string, Value> {
  const changed = (value: Value) =>
    (Array.isArray(value) ? value.map(change) : typeof value === "string" ? change(value) : value) as Value;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, changed(value)]));
}

function send(host: string, asked: Asked, agent: HttpAgent, signal: AbortSignal): Promise<Reply> {
  const kept = Object.entries(asked.headers).filter(([name, value]) => value !== undefined && !hopHeaders.has(name));
  const length = asked.body.length > 0 || asked.method === "POST" ? { "content-length": asked.body.length } : {};
  const headers = { ...(Object.fromEntries(kept) as Record<string, string | string[]>), host, ...length };
  const [hostname, port] = host.split(":");
  return new Promise((resolve) => {
    const { method, path } = asked;
    const request = httpRequest({ hostname, port, method, path, headers, signal, agent }, (response) => {
      const { statusCode: status = 0, headers: back } = response;
      bodyOf(response).then(
        (body) => resolve({ status, headers: back, body }),
        () => resolve(reset),
      );
    });
    request.on("error", () => resolve(reset)).end(asked.body);
  });
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
