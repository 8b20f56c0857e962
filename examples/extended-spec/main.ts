// The ASAP spec with one message type more, from schema to a typed answer over the wire. Nothing here knows how a
// message is framed, checked or routed: the schema says it, `asap generate` writes it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsapError, connect, createAgent } from "asap-kit";
import { check } from "asap-kit/codegen";
import { serve } from "asap-kit/node";
import { extendSpec, generated } from "./extend.js";
import { protocol, type Quote } from "./generated/index.js";

const spec = await mkdtemp(join(tmpdir(), "asap-extended-spec-"));
try {
  await extendSpec(spec);
  const { changed } = await check({ spec, out: generated });
  assert.deepEqual(changed, [], "the committed code is what the extended spec gives");
  console.log("generated/ is current");
} finally {
  await rm(spec, { recursive: true });
}

const pencils = createAgent({
  id: "urn:asap:agent:pencils",
  name: "Pencils",
  version: "1.0.0",
  description: "Sells pencils.",
  protocol,
  handlers: {
    quoteRequest: ({ article_id, quantity }) => ({
      article_id,
      total: { amount: (quantity * 0.25).toFixed(2), currency: "EUR" },
      valid_until: "2027-01-01T00:00:00Z",
    }),
  },
});
const server = await serve(pencils, { port: 0 });

const peer = await connect(server.url, { protocol });
const quote: Quote = await peer.quoteRequest({ article_id: "HB", quantity: 12 });
console.log(`12 pencils cost ${quote.total.amount} ${quote.total.currency}`);
assert.deepEqual(quote.total, { amount: "3.00", currency: "EUR" });

// The new type is judged like the others: at the client before it is sent, and by the agent whoever sends it.
await assert.rejects(peer.quoteRequest({ article_id: "HB", quantity: 0 }), (error) => {
  assert.ok(error instanceof AsapError);
  console.log(`0 pencils: ${error.code}`);
  return true;
});

await peer.close();
await server.close();
