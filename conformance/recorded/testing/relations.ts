import { isDeepStrictEqual } from "node:util";
import { newUlid } from "../../ids.js";
import { type Span, spansOf } from "./json-spans.js";
import type { Kind } from "./kind.js";

/** A request and an answer to it as they were recorded, both of them JSON. */
export interface Pair {
  readonly kind: Kind;
  readonly answer: string;
}

/** Which member of an answer repeats which member of its request, for each class of answers. */
export type Relations = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** The member that is at fault in a request, and its name. */
const fault = "@fault";
const faultName = "@fault name";

/** Members that say the same in every answer, whatever was asked. */
const fixed = new Set(["jsonrpc", "method", "error.code", "error.message", "result.envelope.payload_type"]);

const cut = (text: unknown) => (typeof text === "string" ? text.replace(/:.*/s, "") : "");

/** The class of an answer: what it is, apart from what it repeats. */
export function classOf(spans: ReadonlyMap<string, Span>): string {
  const of = (path: string) => spans.get(path)?.value;
  if (of("method") !== undefined) return String(of("method"));
  if (spans.has("result")) return `result ${String(of("result.envelope.payload_type"))}`;
  if (spans.has("error.code")) return `error ${String(of("error.code"))} ${cut(of("error.data.error"))}`;
  return `body ${cut(of("detail"))}`;
}

/**
 * Learns from recordings what answers repeat. A member repeats another one when it was ever equal to it and never differed
 * from it while both were there.
 */
export function learn(pairs: readonly Pair[]): Relations {
  const equal = new Map<string, Map<string, Set<string>>>();
  const against = new Set<string>();
  for (const { kind, answer } of pairs) {
    const spans = spansOf(answer);
    if (spans === null) continue;
    const name = classOf(spans);
    const paths = equal.get(name) ?? new Map<string, Set<string>>();
    equal.set(name, paths);
    const asked = membersOf(kind);
    for (const { path, value } of spans.values()) {
      if (path === "" || fixed.has(path) || !mayRepeat(path, value)) continue;
      if (path.includes("validation_errors") && kind.member === undefined) continue;
      const isUnheard =
        path === "id" && (value === "" || !["string", "number"].includes(typeof asked.get("id")?.value));
      if (isUnheard) continue;
      const froms = paths.get(path) ?? new Set();
      paths.set(path, froms);
      for (const [from, one] of asked) {
        if (isDeepStrictEqual(one.value, value)) froms.add(from);
        else if (one.value !== null) against.add(`${name} ${path} ${from}`);
      }
    }
  }
  return new Map(
    [...equal].map(([name, paths]) => [
      name,
      new Map(
        [...paths].map(([path, froms]) => [path, [...froms].filter((from) => !against.has(`${name} ${path} ${from}`))]),
      ),
    ]),
  );
}

const mayRepeat = (path: string, value: unknown) =>
  value !== null && (["string", "object"].includes(typeof value) || path === "id" || path.endsWith(".input"));

/** Members of a request by their paths, with those of the one at fault. */
function membersOf({ text, member }: Kind): ReadonlyMap<string, { readonly value: unknown; readonly text: string }> {
  const members = new Map<string, { readonly value: unknown; readonly text: string }>();
  if (text === null) return members;
  for (const { path, value, start, end } of spansOf(text)?.values() ?? [])
    members.set(path, { value, text: typeof value === "number" ? text.slice(start, end) : JSON.stringify(value) });
  const at = member === undefined ? undefined : members.get(member);
  if (at !== undefined) members.set(fault, at);
  const name = member?.split(".").at(-1);
  if (name !== undefined) members.set(faultName, { value: name, text: JSON.stringify(name) });
  return members;
}

/** What an answer is filled with where it is volatile. */
export interface Fresh {
  /** Milliseconds since 1970 for what is stamped. */
  readonly nowMs: number;
  /** False keeps ids and times as they were recorded. */
  readonly renews: boolean;
}

const ulid = /^((?:.*_)?)[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A recorded answer as it is to another request of its kind: what it repeats is repeated, ids and times are new. */
export function fill(recorded: Pair, relations: Relations, kind: Kind, { nowMs, renews }: Fresh): string {
  const spans = spansOf(recorded.answer);
  if (spans === null) return recorded.answer;
  const own = relations.get(classOf(spans));
  const [before, now] = [membersOf(recorded.kind), membersOf(kind)];
  const edits: { readonly span: Span; readonly text: string }[] = [];
  for (const span of [...spans.values()].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = edits.at(-1);
    if (span.path === "" || (last !== undefined && span.start < last.span.end)) continue;
    const froms = own?.get(span.path) ?? [];
    const from = froms.find((one) => now.has(one) && isDeepStrictEqual(before.get(one)?.value, span.value));
    const value = String(span.value);
    if (from !== undefined) {
      if (now.get(from)?.text !== before.get(from)?.text) edits.push({ span, text: now.get(from)?.text ?? "null" });
    } else if (renews && ulid.test(value))
      edits.push({ span, text: JSON.stringify(value.replace(ulid, `$1${newUlid(nowMs)}`)) });
    else if (renews && span.path.endsWith("envelope.timestamp"))
      edits.push({ span, text: JSON.stringify(new Date(nowMs).toISOString().replace("Z", "000Z")) });
  }
  return edits.reduceRight(
    (text, { span, text: value }) => text.slice(0, span.start) + value + text.slice(span.end),
    recorded.answer,
  );
}

/** An answer without what differs from one request of its kind to the next: two that agree say the same. */
export function gist(answer: string, relations: Relations): string {
  const spans = spansOf(answer);
  if (spans === null) return answer;
  const own = relations.get(classOf(spans));
  const leaves = [...spans.values()].filter(
    ({ path, value }) => (typeof value !== "object" || value === null) && !path.includes("validation_errors"),
  );
  return leaves
    .filter(({ path, value }) => !(own?.get(path) ?? []).length && !ulid.test(String(value)) && value !== null)
    .filter(
      ({ path }) => ![...(own?.entries() ?? [])].some(([from, to]) => to.length > 0 && path.startsWith(`${from}.`)),
    )
    .filter(({ path }) => !/timestamp|details|sender|^id$/.test(path))
    .map(
      ({ path, value }) => `${path}=${cut(value).replace(/\d+/g, "#") || (path.endsWith("code") ? String(value) : "")}`,
    )
    .sort()
    .join(" ");
}
