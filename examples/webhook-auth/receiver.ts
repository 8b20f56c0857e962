// A receiver that takes a webhook only with an access token of its provider and a signature that is right.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyWebhookBody } from "asap-kit/webhooks/verify";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { audience } from "./provider.js";

/** A webhook that was taken. */
export interface Taken {
  readonly token: string;
  readonly event: string;
}

/** A receiver that listens. */
export interface Receiver {
  readonly url: string;
  readonly taken: readonly Taken[];
  /** Statuses it has answered with, in order. */
  readonly statuses: readonly number[];
  /** Secrets it verifies with, from now on. */
  secret: string | readonly string[];
  /** Takes a token no more, before its end. */
  revoke(token: string): void;
  close(): Promise<unknown>;
}

/** Starts the receiver. */
export async function startReceiver(issuer: string, secret: string): Promise<Receiver> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const revoked = new Set<string>();
  const taken: Taken[] = [];
  const statuses: number[] = [];

  const tokenOf = async (request: IncomingMessage): Promise<string> => {
    const [, token = ""] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    const { payload } = await jwtVerify(token, keys, { issuer, audience });
    if (payload["scope"] !== "hooks:write" || revoked.has(token)) throw new Error("the token does not do");
    return token;
  };

  const server = createServer(async (request, response) => {
    const answer = (status: number) => {
      statuses.push(status);
      response.writeHead(status).end();
    };
    const body = await buffer(request);
    try {
      const token = await tokenOf(request);
      const { events } = await verifyWebhookBody(
        { headers: request.headers, body },
        { secret: receiver.secret, requireTimestamp: true },
      );
      for (const { event } of events) taken.push({ token, event: String(event) });
      answer(204);
    } catch {
      answer(401);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    taken,
    statuses,
    secret,
    revoke: (token) => void revoked.add(token),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
  return receiver;
}
