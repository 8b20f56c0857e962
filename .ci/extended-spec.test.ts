import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createAgent, type PeerCalls, type ProtocolDefinition } from "asap-kit";
import { generate } from "asap-kit/codegen";
import { serve } from "asap-kit/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./sources.js";

interface Extended {
  readonly protocol: ProtocolDefinition;
}

const additions = join(root, "examples/extended-spec/additions");
let folder: string;
let protocol: ProtocolDefinition;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-extended-"));
  const spec = join(folder, "spec");
  await cp(join(root, "spec"), spec, { recursive: true });
  for (const kind of ["entities", "payloads"]) await cp(join(additions, kind), join(spec, kind), { recursive: true });
  const file = join(spec, "protocol.json");
  const table = JSON.parse(await readFile(file, "utf8")) as { messages: object };
  Object.assign(table.messages, JSON.parse(await readFile(join(additions, "messages.json"), "utf8")));
  await writeFile(file, JSON.stringify(table));
  await generate({ spec, out: join(folder, "generated") });
  ({ protocol } = (await import(join(folder, "generated/protocol.ts"))) as Extended);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a payload type of an extended spec", () => {
  const request = { article_id: "HB", quantity: 2 };
  const quote = { article_id: "HB", total: { amount: "0.50", currency: "EUR" }, valid_until: "2027-01-01T00:00:00Z" };

  async function withAgent(
    answer: object,
    run: (peer: PeerCalls<object, object>, url: string) => Promise<void>,
  ): Promise<void> {
    const agent = createAgent<ProtocolDefinition>({
      id: "urn:asap:agent:pencils",
      protocol,
      handlers: { quoteRequest: () => answer },
    });
    const server = await serve(agent, { port: 0, rateLimit: "off" });
    const peer = await connect(server.url, { protocol });
    try {
      await run(peer, server.url);
    } finally {
      await peer.close();
      await server.close();
    }
  }

  test("is called and served in every spelling, with nothing written for it", async () => {
    await withAgent(quote, async (peer) => {
      for (const name of ["QuoteRequest", "quote_request", "quote.request", "QUOTEREQUEST"]) {
        expect(await peer.send(name, request)).toEqual(quote);
      }
    });
  });

  test("is validated on both sides", async () => {
    await withAgent(quote, async (peer, url) => {
      const wrong = { article_id: "HB", quantity: 0 };
      await expect(peer.send("QuoteRequest", wrong)).rejects.toMatchObject({ code: "asap:protocol/invalid_payload" });
      const envelope = {
        asap_version: "0.1",
        sender: "urn:asap:agent:client",
        recipient: "urn:asap:agent:pencils",
        payload_type: "QuoteRequest",
        payload: wrong,
      };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "asap.send", params: { envelope } });
      const answer = (await (await fetch(`${url}/asap`, { method: "POST", body })).json()) as {
        error: { code: number; data: { validation_errors: { loc: unknown }[] } };
      };
      expect(answer.error.code).toBe(-32602);
      expect(answer.error.data.validation_errors[0]?.loc).toEqual(["payload", "quantity"]);
    });
  });

  test("a reply against its schema does not leave the agent", async () => {
    await withAgent({ ...quote, total: { amount: "a lot", currency: "EUR" } }, async (peer) => {
      await expect(peer.send("QuoteRequest", request)).rejects.toMatchObject({
        code: "asap:transport/remote_error",
        data: { jsonrpc_code: -32603 },
      });
    });
  });

  test("an agent of the plain protocol refuses it by name", async () => {
    const server = await serve(createAgent({ id: "urn:asap:agent:plain" }), { port: 0 });
    const peer = await connect(server.url, { protocol });
    try {
      await expect(peer.send("QuoteRequest", request)).rejects.toMatchObject({ data: { jsonrpc_code: -32601 } });
    } finally {
      await peer.close();
      await server.close();
    }
  });
});
