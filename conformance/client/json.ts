import { randomUUID } from "node:crypto";
import { asObject } from "../documents.js";
import { rawMembers } from "../raw-json.js";

/** Begins a text that stands for the digits after it. */
const mark = `digits ${randomUUID()} `;
const marked = new RegExp(`"${mark}(-?\\d+)"`, "g");
/** Ids of documents that are too large for a number, as they were written. */
const large = new WeakMap<object, string>();

/** Reads a JSON text; undefined where it is none. */
export function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const document = asObject(value);
    if (document !== undefined && Number.isInteger(document.id) && !Number.isSafeInteger(document.id)) {
      const id = rawMembers(text)?.findLast(({ name }) => name === "id")?.text ?? "";
      if (/^-?\d+$/.test(id)) large.set(document, id);
    }
    return value;
  } catch {
    return undefined;
  }
}

/** The id of a JSON-RPC document; in place of an integer too large for a number a text that {@link writeJson} writes as its digits. */
export function idOf(document: unknown): unknown {
  const object = asObject(document);
  const digits = object === undefined ? undefined : large.get(object);
  return digits === undefined ? object?.id : mark + digits;
}

/** Writes a value as JSON, with every digit of an id that {@link idOf} gave. */
export const writeJson = (value: unknown): string => JSON.stringify(value).replace(marked, "$1");
