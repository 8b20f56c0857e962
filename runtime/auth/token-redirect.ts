import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AsapError } from "../error.js";

/** Where an authorization response is waited for. */
interface RedirectOptions {
  /** TCP port; 0 for a free one. */
  readonly port: number;
  /** Path of the redirect URI. */
  readonly path: string;
  /** The response must carry it; others are not answered. */
  readonly state: string;
}

/** An authorization response that came back. */
export interface AuthorizationResponse {
  /** The redirect URI with the parameters of the response. */
  readonly url: URL;
  /** Shows a text to whoever logged in, who waits until then. */
  show(status: number, text: string): void;
}

/** A receiver of one authorization response on this host. */
interface RedirectReceiver {
  readonly redirectUri: string;
  readonly response: Promise<AuthorizationResponse>;
  /** Ends the receiver once what is shown has been sent. */
  close(): Promise<void>;
}

const headers = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  connection: "close",
};

function show(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, headers).end(`${text}\n`);
}

/** The URL of a request that may be the response: GET at this host and path, with the one state that is waited for. */
function expectedUrl(request: IncomingMessage, redirectUri: string, state: string): URL | undefined {
  const { origin, host, pathname } = new URL(redirectUri);
  const target = `${origin}${request.url}`;
  if (request.method !== "GET" || request.headers.host !== host || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  if (url.origin !== origin || url.pathname !== pathname) return undefined;
  const states = url.searchParams.getAll("state");
  return states.length === 1 && states[0] === state ? url : undefined;
}

/**
 * Receives one authorization response at `http://127.0.0.1:<port><path>`. Everything else is answered with 404: other
 * methods, hosts and paths, another state, and the response that comes again.
 *
 * @throws AsapError `asap:auth/login_failed` where the port cannot be used.
 * @see RFC 8252, sections 7.3 and 8.3; RFC 9700, section 4.7.1
 */
export async function receiveRedirect({ port, path, state }: RedirectOptions): Promise<RedirectReceiver> {
  const server = createServer({ requestTimeout: 10_000, connectionsCheckingInterval: 5_000 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  }).catch(({ code }: { code?: string }) => {
    const reason = `port ${port} of 127.0.0.1 cannot be used (${code})`;
    throw new AsapError("asap:auth/login_failed", { message: `The login failed: ${reason}.`, data: { reason } });
  });
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  let waiting: ServerResponse | undefined;
  const response = new Promise<AuthorizationResponse>((resolve) => {
    server.on("request", (request: IncomingMessage, answer: ServerResponse) => {
      const url = waiting === undefined ? expectedUrl(request, redirectUri, state) : undefined;
      if (url === undefined) return show(answer, 404, "There is nothing here.");
      waiting = answer;
      resolve({ url, show: (status, text) => show(answer, status, text) });
    });
  });
  return {
    redirectUri,
    response,
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      if (waiting?.writableEnded === true && !waiting.closed) {
        await new Promise<void>((resolve) => waiting?.once("close", resolve));
      }
      server.closeAllConnections();
      await ended;
    },
  };
}
