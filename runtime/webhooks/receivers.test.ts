import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { signatureHeaders } from "./sign.js";
import { type ReceivedWebhook, verifyWebhook, verifyWebhookBody, WebhookVerificationError } from "./verify.js";

const secret = "a secret of the receiver";
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Starts a server that answers with what a receiver makes of a request. */
async function listen(receive: (request: IncomingMessage) => Promise<unknown>): Promise<string> {
  const server = createServer((request, response) => {
    receive(request).then(
      (verified) => response.end(JSON.stringify(verified)),
      (error: unknown) => response.writeHead(error instanceof WebhookVerificationError ? 401 : 500).end(String(error)),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The request as a `fetch` handler would get it. */
function asRequest(request: IncomingMessage): Request {
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const init = { method: "POST", headers, body: Readable.toWeb(request), duplex: "half" };
  return new Request("http://receiver.example/hook", init as object);
}

const post = (url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method: "POST", body, headers });

const receivers: [string, (request: IncomingMessage) => Promise<unknown>][] = [
  [
    "node:http, its bytes",
    async (request) => verifyWebhookBody({ headers: request.headers, body: await bytesOf(request) }, { secret }),
  ],
  [
    "node:http, its text",
    async (request) => {
      const body = (await bytesOf(request)).toString();
      return verifyWebhookBody({ headers: request.headers, body }, { secret });
    },
  ],
  [
    "a framework that keeps the raw body beside the parsed one",
    async (request) => {
      const rawBody = await bytesOf(request);
      const kept = { headers: request.headers, body: JSON.parse(rawBody.toString()) as unknown, rawBody };
      return verifyWebhookBody({ headers: kept.headers, body: kept.rawBody }, { secret });
    },
  ],
  ["fetch", (request) => verifyWebhook(asRequest(request), { secret })],
  [
    "fetch, its text read by the caller",
    async (request) => {
      const asked = asRequest(request);
      return verifyWebhookBody({ headers: asked.headers, body: await asked.text() }, { secret });
    },
  ],
];

describe("receivers", () => {
  test.each(receivers)("%s: 1,000 bodies, in both schemes, all verify", async (_, receive) => {
    const url = await listen(receive);
    const bodies = fc
      .sample(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), 1000)
      .map((event) => JSON.stringify(event));
    for (const [index, body] of bodies.entries()) {
      const profiles = [index % 2 === 0 ? ("asap" as const) : ("standard" as const)];
      const sent = {
        id: `msg_${index}`,
        timestampSeconds: Math.floor(Date.now() / 1000),
        body,
        secrets: [secret],
        profiles,
      };
      const answer = await post(url, body, signatureHeaders(sent));
      const verified = (await answer.json()) as { events: unknown[] };
      expect(verified.events).toEqual([JSON.parse(body)]);
    }
    const refused = await post(
      url,
      "{}",
      signatureHeaders({ id: "a", timestampSeconds: 0, body: "{} ", secrets: [secret], profiles: ["asap"] }),
    );
    expect(refused.status).toBe(401);
  });

  test("a body parser before it is named as what is in the way", async () => {
    const url = await listen(async (request) => {
      const parsed: unknown = JSON.parse((await bytesOf(request)).toString());
      return verifyWebhookBody({ headers: request.headers, body: parsed } as ReceivedWebhook, { secret });
    });
    const sent = { id: "a", timestampSeconds: Math.floor(Date.now() / 1000), body: "{}", secrets: [secret] };
    const answer = await post(url, "{}", signatureHeaders(sent));
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("express.raw")]);
  });
});
