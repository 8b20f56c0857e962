import type { Area, Case, Context, Level, Step } from "./case.js";
import { accepted, type Check, errorData, expect, judged, refused, show } from "./checks.js";
import { twin } from "./documents.js";

/** What a case about one refused request is made from. */
export interface Refusal {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly requirements: readonly string[];
  readonly level?: Level;
  /** Expected JSON-RPC error code. */
  readonly code: number;
  /** Expected `data.error`, when the rule fixes it. */
  readonly says?: string | RegExp;
  readonly request: (context: Context) => Step;
  /** Further checks; the refused exchange is number 1. */
  readonly checks?: readonly Check[];
}

/**
 * A case about a request that must be refused. Its first exchange is the same request without the fault, which must be
 * accepted, so that an agent that refuses everything passes none of them.
 */
export function refusal(from: Refusal): Case {
  const { says } = from;
  const told: Check[] = says === undefined ? [] : [dataError(1, says)];
  return {
    id: from.id,
    title: from.title,
    area: from.area,
    level: from.level ?? "MUST",
    requirements: from.requirements,
    steps: (context) => [twin(context), from.request(context)],
    judge: judged(accepted(0), refused(1, from.code), ...told, ...(from.checks ?? [])),
  };
}

/** The error's `data.error` is that text, or matches that pattern. */
export function dataError(at: number, wanted: string | RegExp): Check {
  const words = typeof wanted === "string" ? `"${wanted}"` : `a text like ${wanted.source}`;
  return expect(at, `${words} in error.data.error`, (exchange) => {
    const text = errorData(exchange)?.error;
    const fits = typeof text === "string" && (typeof wanted === "string" ? text === wanted : wanted.test(text));
    return fits ? null : `data.error is ${show(text)}`;
  });
}

/** The error tells the faults, one at least. */
export function faultsTold(at: number): Check {
  return expect(at, "error.data.validation_errors with the faults", (exchange) => {
    const faults = errorData(exchange)?.validation_errors;
    return Array.isArray(faults) && faults.length > 0 ? null : `validation_errors is ${show(faults)}`;
  });
}

/** A case about a request that must be carried out. */
export function acceptance(
  from: Omit<Refusal, "code" | "says" | "request"> & { request: (context: Context) => Step },
): Case {
  return {
    id: from.id,
    title: from.title,
    area: from.area,
    level: from.level ?? "MUST",
    requirements: from.requirements,
    steps: (context) => [from.request(context)],
    judge: judged(accepted(0), ...(from.checks ?? [])),
  };
}
