import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProtocolDefinition } from "../generated/contract.js";
import { generate } from "./index.js";
import { createBench, readJson, setIn, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const root = fileURLToPath(new URL("..", import.meta.url));
const spec = bench.copySpec();
const out = join(bench.folder, "out");
let protocol: ProtocolDefinition<{ priceQuote(payload: object): Promise<unknown> }>;

const message = (payload: string, direction: string, reply: string | null) => ({
  payload,
  emit: payload.replace(/^.*\/(.*)\.schema\.json.*$/, "$1"),
  spellings: [payload.replace(/^.*\/(.*)\.schema\.json.*$/, "$1")],
  direction,
  reply,
  needs_ack: false,
  scope: "asap:execute",
});

beforeAll(async () => {
  writeSpec(spec, "payloads/price-quote.schema.json", {
    title: "PriceQuote",
    description: "Asks for a price.",
    type: "object",
    properties: {
      lines: { type: "array", items: { $ref: "#/$defs/line-item" }, minItems: 1 },
      task: { $ref: "../entities/task.schema.json" },
    },
    required: ["lines"],
    additionalProperties: false,
    $defs: {
      "line-item": {
        type: "object",
        properties: {
          sku: { type: "string" },
          count: { type: "integer", minimum: 1, default: 1 },
          within: { $ref: "#/$defs/line-item" },
        },
        required: ["sku"],
        additionalProperties: false,
      },
    },
  });
  // The same definition of LineItem once more, its members in another order: one type.
  writeSpec(spec, "payloads/price-offer.schema.json", {
    title: "PriceOffer",
    type: "object",
    properties: {
      line: { $ref: "#/$defs/LineItem" },
      other: { $ref: "price-quote.schema.json#/%24defs/line%2Ditem" },
      cents: { type: "integer" },
    },
    required: ["cents"],
    additionalProperties: false,
    $defs: {
      LineItem: {
        additionalProperties: false,
        required: ["sku"],
        properties: {
          within: { $ref: "#/$defs/LineItem" },
          sku: { type: "string" },
          count: { default: 1, minimum: 1, type: "integer" },
        },
        type: "object",
      },
    },
  });
  setIn(
    spec,
    "protocol.json",
    ["messages", "PriceQuote"],
    message("payloads/price-quote.schema.json", "request", "PriceOffer"),
  );
  setIn(
    spec,
    "protocol.json",
    ["messages", "PriceOffer"],
    message("payloads/price-offer.schema.json", "response", null),
  );
  setIn(spec, "protocol.json", ["tolerant"], ["Manifest", "PriceQuote"]);
  setIn(spec, "errors.json", ["out_of_stock"], {
    ...readJson(spec, "errors.json")["timeout"],
    code: "shop:price/out_of_stock",
  });
  await generate({ spec, out });
  const outfile = join(bench.folder, "protocol.mjs");
  await bundle({ entryPoints: [join(out, "index.ts")], bundle: true, format: "esm", outfile, logLevel: "silent" });
  ({ protocol } = await import(pathToFileURL(outfile).href));
});

describe("an extended copy of the spec", () => {
  it("yields a protocol that knows the new message", async () => {
    const quote = protocol.messageOf("PRICE_QUOTE") ?? protocol.messageOf("price-quote");
    expect(quote).toMatchObject({ name: "PriceQuote", method: "priceQuote", emit: "price-quote", reply: "PriceOffer" });
    expect(quote?.validate({ lines: [{ sku: "a", within: { sku: "b" } }] })).toBe(true);
    expect(quote?.validate({ lines: [{ sku: "a", within: { sku: 1 } }] })).toBe(false);
    expect(quote?.validate.errors).toMatchObject([{ instancePath: "/lines/0/within/sku", keyword: "type" }]);
    expect(protocol.messageOf("task.request")?.name).toBe("TaskRequest");
    expect(protocol.errors["shop:price/out_of_stock"]).toMatchObject({ name: "out_of_stock", retryable: true });
    const client = protocol.createClient(async (name, payload) => ({ name, payload }));
    expect(await client.priceQuote({ lines: [] })).toEqual({ name: "PriceQuote", payload: { lines: [] } });
  });

  it("type-checks for its user, with equal definitions merged into one type", () => {
    const user = `
      import { createClient, type AsapHandlers, type LineItem, type MessageEnvelope, type PriceOffer, type PriceQuote } from "./out/index.js";
      import { validatePriceQuoteTolerant } from "./out/validators/price-quote-tolerant.js";
      const client = createClient(async () => ({ cents: 1 }));
      const line: LineItem = { sku: "a", count: 2, within: { sku: "b" } };
      export const offer: Promise<PriceOffer> = client.priceQuote({ lines: [line] });
      export const handlers: AsapHandlers = { priceQuote: (payload: PriceQuote) => ({ cents: payload.lines.length, other: line }) };
      export function linesOf(message: MessageEnvelope, value: unknown): number {
        if (validatePriceQuoteTolerant(value)) return value.lines.length;
        return message.payload_type === "price-quote" ? message.payload.lines.length : 0;
      }
      // @ts-expect-error A line has a sku.
      export const wrong: LineItem = { count: 1 };`;
    writeFileSync(join(bench.folder, "user.ts"), user);
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: true, rootDir: bench.folder, skipLibCheck: false, types: [] },
      include: [join(bench.folder, "user.ts"), join(out, "**/*")],
      exclude: [],
    };
    writeFileSync(join(bench.folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", join(bench.folder, "tsconfig.json")], {
      encoding: "utf8",
    });
    expect(tsc.stdout).toBe("");
  });
});
