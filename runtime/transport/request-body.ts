import { IncomingMessage, type ServerResponse } from "node:http";

/** A request with what was read of its body; its listeners are shared by all requests. */
export class BodyRequest extends IncomingMessage {
  first: Buffer | undefined = undefined;
  more: Buffer[] | undefined = undefined;
  size = 0;
  maxBytes = 0;
  done: ((body: Buffer | number) => void) | undefined = undefined;
}

function onData(this: BodyRequest, chunk: Buffer): void {
  this.size += chunk.byteLength;
  if (this.size > this.maxBytes) {
    this.removeListener("data", onData);
    this.removeListener("end", onEnd);
    this.done?.(this.size);
  } else if (this.first === undefined) this.first = chunk;
  else if (this.more === undefined) this.more = [this.first, chunk];
  else this.more.push(chunk);
}

function onEnd(this: BodyRequest): void {
  this.done?.(this.more === undefined ? (this.first ?? Buffer.alloc(0)) : Buffer.concat(this.more, this.size));
}

/** Reads a body of bounded size; gives its size so far once it is over the limit, and nothing when the peer goes away. */
export function readBody(request: BodyRequest, maxBytes: number, done: (body: Buffer | number) => void): void {
  request.maxBytes = maxBytes;
  request.done = done;
  request.on("data", onData);
  request.on("end", onEnd);
}

/** Most bytes of a refused body that are read and thrown away, so that the peer gets to read the refusal. */
const lingerBytes = 16_777_216;

/** Longest time, in milliseconds, for which a refused body is read, and the longest for which nothing of it comes. */
const lingerMs = 2_000;
const lingerIdleMs = 250;

/** Ends a response that closes the connection, once the rest of the request was read and thrown away. */
export function linger(request: IncomingMessage, response: ServerResponse): void {
  let left = lingerBytes;
  const end = () => response.end();
  const timer = setTimeout(end, lingerMs);
  const idle = setTimeout(end, lingerIdleMs);
  request.on("data", (chunk: Buffer) => {
    idle.refresh();
    left -= chunk.byteLength;
    if (left < 0) request.socket.destroy();
  });
  request.on("end", end);
  request.on("close", () => {
    clearTimeout(timer);
    clearTimeout(idle);
  });
  request.resume();
}
