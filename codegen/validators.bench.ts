import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { validateEnvelope } from "../generated/validators/envelope.js";
import { validateMcpToolResult } from "../generated/validators/mcp-tool-result.js";
import { validateTaskRequest } from "../generated/validators/task-request.js";
import { validateTaskResponse } from "../generated/validators/task-response.js";
import { compilerFor } from "./emit/compile.js";
import { prepare, reachable } from "./emit/prepare.js";
import { load } from "./load.js";
import { readSpec } from "./read.js";

const near = fileURLToPath(new URL("../spec/", import.meta.url));
const model = load(await readSpec(existsSync(near) ? near : fileURLToPath(new URL("../../spec/", import.meta.url))));
const types = new Map(model.types.map((type) => [type.name, type]));
const schemas = prepare(model.types);

function plain(name: string): ValidateFunction {
  const validate = compilerFor(reachable(name, types), schemas).getSchema(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

const rounds = 31;
const documents = 64;

/** A message as it arrives: an envelope of about 500 bytes around a payload. */
function textOf(payloadType: string, payload: object, at: number): string {
  return JSON.stringify({
    id: `01JD5F2Q3W4E5R6T7Y8U9I0P${String(at).padStart(2, "0")}`,
    asap_version: "0.1",
    timestamp: `2026-11-20T21:31:${String(at % 60).padStart(2, "0")}.637027Z`,
    sender: "urn:asap:agent:client",
    recipient: "urn:asap:agent:acme:echo-agent",
    payload_type: payloadType,
    payload,
    correlation_id: `01JD5F2Q3W4E5R6T7Y8U9I1Q${String(at).padStart(2, "0")}`,
    trace_id: "0123456789abcdef0123456789abcdef",
    requires_ack: at % 2 === 0,
    extensions: { nonce: `nonce-${at}-0123456789abcdef` },
  });
}

/** Nanoseconds per message, over all documents many times. */
function time<T>(messages: readonly T[], work: (message: T) => boolean): number {
  const startedAt = process.hrtime.bigint();
  let passed = 0;
  for (let turn = 0; turn < 400; turn++) for (const message of messages) if (work(message)) passed += 1;
  const took = Number(process.hrtime.bigint() - startedAt);
  if (passed !== 400 * messages.length) throw new Error("a message of the benchmark was refused");
  return took / passed;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

type Check = (value: unknown) => boolean;
interface Message {
  readonly payload: unknown;
}

let missed = 0;

function ratio(name: string, value: number, atMost: number): void {
  if (!(value <= atMost)) missed += 1;
  console.log(`ratio ${name.padEnd(34)} ${value.toFixed(2).padStart(5)} (at most ${atMost})`);
}

/** Times the emitted validators, Ajv's and JSON.parse in alternating rounds and prints the medians of their ratios. */
function compare(name: string, payloadType: string, emitted: Check, payload: object): void {
  const ajvEnvelope = plain("Envelope");
  const ajvPayload = plain(name);
  const texts = Array.from({ length: documents }, (_, at) => textOf(payloadType, payload, at));
  const messages = texts.map((text): Message => JSON.parse(text));
  const ours = (message: Message) => validateEnvelope(message) && emitted(message.payload);
  const theirs = (message: Message) => ajvEnvelope(message) === true && ajvPayload(message.payload) === true;
  const parse = (text: string) => JSON.parse(text) !== null;
  const figures: { ours: number; ajv: number; parse: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const swapped = round % 2 === 0 ? undefined : time(messages, theirs);
    const own = time(messages, ours);
    figures.push({ ours: own, ajv: swapped ?? time(messages, theirs), parse: time(texts, parse) });
  }
  const warm = figures.slice(4);
  const of = (key: keyof (typeof warm)[number]) => median(warm.map((one) => one[key])).toFixed(0);
  console.log(
    `${name}, ${texts[0]?.length} bytes: emitted ${of("ours")} ns, ajv ${of("ajv")} ns, JSON.parse ${of("parse")} ns`,
  );
  ratio("envelope+payload/ajv", median(warm.map((one) => one.ours / one.ajv)), 1.25);
  ratio("envelope+payload/JSON.parse", median(warm.map((one) => one.ours / one.parse)), 0.25);
}

compare("TaskRequest", "task.request", validateTaskRequest, {
  conversation_id: "01JD5F2Q3W4E5R6T7Y8U9I0P1B",
  parent_task_id: null,
  skill_id: "echo",
  input: { message: "hello there", count: 1, tags: ["a", "b"] },
  config: { timeout_seconds: 30 },
});
compare("TaskResponse", "TaskResponse", validateTaskResponse, {
  task_id: "01JD5F2Q3W4E5R6T7Y8U9I0P1C",
  status: "completed",
  result: { echoed: { message: "hello there" } },
  final_state: null,
  metrics: { duration_ms: 12, tokens_used: 0 },
});
compare("McpToolResult", "McpToolResult", validateMcpToolResult, {
  request_id: "01JD5F2Q3W4E5R6T7Y8U9I0P1D",
  success: true,
  result: { content: [{ type: "text", text: "hello there" }] },
  error: null,
});
process.exitCode = missed > 0 ? 1 : 0;
