import type { Validator } from "../generated/contract.js";
import type { Case, Context, Finding, Verdict } from "./case.js";
import { asObject } from "./documents.js";
import { headerOf } from "./http-response.js";
import type { Exchange } from "./wire.js";

/** One expectation of a case: null when it holds, otherwise what was expected and what was found. */
export type Check = (exchanges: readonly Exchange[], context: Context) => Finding | null;

/** A judge that passes when every check holds and otherwise tells the first that does not. */
export function judged(...checks: readonly Check[]): Case["judge"] {
  return (exchanges, context) => {
    for (const check of checks) {
      const finding = check(exchanges, context);
      if (finding !== null) return { outcome: "fail", ...finding };
    }
    return PASS;
  };
}

/** The passing verdict. */
export const PASS: Verdict = { outcome: "pass" };

/** A check of one exchange: `found` returns null when it is as expected, otherwise what it is instead. */
export function expect(
  at: number,
  expected: string,
  found: (exchange: Exchange, context: Context) => string | null,
): Check {
  return (exchanges, context) => {
    const exchange = exchanges[at];
    if (exchange === undefined) return { expected, found: "no such exchange", at };
    if (exchange.response === undefined) return { expected, found: exchange.failure?.message ?? "no answer", at };
    const wrong = found(exchange, context);
    return wrong === null ? null : { expected, found: wrong, at };
  };
}

/** The answer is a success: status 200 and a JSON-RPC result with an envelope in it. */
export function accepted(at: number): Check {
  return expect(at, "HTTP 200 and a JSON-RPC result with an envelope", (exchange) => {
    const answer = asObject(jsonOf(exchange));
    const envelope = answerEnvelope(exchange);
    const fits = envelope !== undefined && asObject(envelope.payload) !== undefined;
    return exchange.response?.status === 200 && fits && answer?.error == null ? null : describe(exchange);
  });
}

/** The answer is a JSON-RPC error of that code; its HTTP status is judged by a case of its own. */
export function refused(at: number, code: number): Check {
  return expect(at, `the JSON-RPC error ${code}`, (exchange) =>
    errorOf(exchange)?.code === code ? null : describe(exchange),
  );
}

/** The answer is a JSON-RPC error of any code. */
export function refusedAnyhow(at: number): Check {
  return expect(at, "a JSON-RPC error", (exchange) => (errorOf(exchange) === undefined ? describe(exchange) : null));
}

/** The answer has one of these HTTP statuses. */
export function status(at: number, ...wanted: readonly number[]): Check {
  return expect(at, `HTTP ${wanted.join(" or ")}`, (exchange) =>
    wanted.includes(exchange.response?.status ?? 0) ? null : describe(exchange),
  );
}

/** The answer has a header whose value the pattern matches. */
export function header(at: number, name: string, pattern: RegExp, expected: string): Check {
  return expect(at, `${name}: ${expected}`, (exchange) => {
    const value = headerOf(exchange.response, name);
    if (value === undefined) return `no ${name} header`;
    return pattern.test(value) ? null : `${name}: ${value}`;
  });
}

/** The answer has no body. */
export function bare(at: number): Check {
  return expect(at, "no body", ({ response }) => {
    const length = response?.body.length ?? 0;
    return length === 0 ? null : `${length} bytes of a body`;
  });
}

/** The body is JSON that the validator accepts. */
export function bodyFits(at: number, validator: Validator): Check {
  return expect(at, `a JSON body that fits ${validator.typeName}`, (exchange) => fault(validator, jsonOf(exchange)));
}

/** The body is a JSON object with these members, each of its kind; whether it is right in all is for another case. */
export function bodyHas(at: number, members: Readonly<Record<string, "string" | "object">>): Check {
  return expect(at, `a JSON object with ${Object.keys(members).join(", ")}`, (exchange) => {
    const body = asObject(jsonOf(exchange));
    const wrong = Object.entries(members).find(([name, kind]) => body?.[name] === null || typeof body?.[name] !== kind);
    return wrong === undefined ? null : `${wrong[0]} is ${show(body?.[wrong[0]])}`;
  });
}

/** What a validator finds wrong with a value, in words; null when nothing. */
export function fault(validator: Validator, value: unknown): string | null {
  if (value === undefined) return "no JSON";
  if (validator(value)) return null;
  const [first] = validator.errors ?? [];
  return `${first?.instancePath === "" ? "the document" : (first?.instancePath ?? "it")} ${first?.message ?? "does not fit"}`;
}

const parsed = new WeakMap<Exchange, { value: unknown }>();

/** The body as JSON; undefined when there is none or it is not JSON. */
export function jsonOf(exchange: Exchange | undefined): unknown {
  if (exchange === undefined) return undefined;
  const known = parsed.get(exchange);
  if (known !== undefined) return known.value;
  let value: unknown;
  try {
    value = JSON.parse(textOf(exchange));
  } catch {
    value = undefined;
  }
  parsed.set(exchange, { value });
  return value;
}

/** The body as text; empty when there is none. */
export function textOf(exchange: Exchange | undefined): string {
  return exchange?.response?.body.toString("utf8") ?? "";
}

/** The JSON-RPC error object of an answer, or undefined. */
export function errorOf(exchange: Exchange | undefined): Record<string, unknown> | undefined {
  return asObject(asObject(jsonOf(exchange))?.error);
}

/** The `data` of a JSON-RPC error, or undefined. */
export function errorData(exchange: Exchange | undefined): Record<string, unknown> | undefined {
  return asObject(errorOf(exchange)?.data);
}

/** The envelope of a successful answer, or undefined. */
export function answerEnvelope(exchange: Exchange | undefined): Record<string, unknown> | undefined {
  return asObject(asObject(asObject(jsonOf(exchange))?.result)?.envelope);
}

/** The payload of a successful answer, or undefined. */
export function answerPayload(exchange: Exchange | undefined): Record<string, unknown> | undefined {
  return asObject(answerEnvelope(exchange)?.payload);
}

/** An answer in a few words. */
export function describe(exchange: Exchange): string {
  const response = exchange.response;
  if (response === undefined) return exchange.failure?.message ?? "no answer";
  const error = errorOf(exchange);
  const first = exchange.frames === undefined ? `HTTP ${response.status} and ` : "";
  if (error !== undefined) return `${first}the JSON-RPC error ${show(error.code)} ${show(error.message)}`;
  if (answerEnvelope(exchange) !== undefined) return `${first}a JSON-RPC result`;
  return `HTTP ${response.status} with ${response.body.length === 0 ? "no body" : show(textOf(exchange), 120)}`;
}

/** A value for a message: JSON when it can be, cut to a length. */
export function show(value: unknown, length = 80): string {
  const text = value === undefined ? "nothing" : typeof value === "string" ? value : jsonText(value);
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** A value of an agent as a text that never throws: a string as it is, everything else in the words of {@link show}. */
export const asText = (value: unknown): string => (typeof value === "string" ? value : show(value));

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "a value nested too deep to show";
  }
}
