// The ASAP spec with one message type more, from schema to a typed answer over the wire. Nothing here knows how a
// message is framed, checked or routed: the schemas in additions/ say it, extend.mjs generates the code for it.
import assert from "node:assert/strict";
import { AsapError, connect, createAgent } from "asap-kit";
import { serve } from "asap-kit/node";
import { protocol, type Quote } from "./generated/index.js";
import { validateQuote } from "./generated/validators/quote.js";

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

// The client holds the new type against its schema before anything is sent.
const refused = await peer.quoteRequest({ article_id: "HB", quantity: 0 }).catch((error: unknown) => error);
assert.ok(refused instanceof AsapError && refused.code === "asap:protocol/invalid_payload");
console.log(`0 pencils, at the client: ${refused.code}`);

// So does the agent, whoever sends it.
const envelope = {
  asap_version: "0.1",
  sender: "urn:asap:agent:somebody",
  recipient: pencils.id,
  payload_type: "quote_request",
  payload: { article_id: "HB", quantity: 0 },
};
const response = await fetch(`${server.url}/asap`, {
  method: "POST",
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "asap.send", params: { envelope } }),
});
const { error } = (await response.json()) as { error: { code: number; data: { code: string } } };
assert.equal(error.code, -32602);
console.log(`0 pencils, at the agent: ${error.data.code}`);

// A validator works alone: a type guard that keeps the faults of its last call.
const doubtful: unknown = { article_id: "HB", total: "free" };
if (validateQuote(doubtful)) console.log(doubtful.total.amount);
else console.log(`not a quote: ${validateQuote.errors?.map((fault) => fault.message).join(", ")}`);
assert.ok(validateQuote.errors !== null);

await peer.close();
await server.close();
