import type { Command } from "commander";
import { utf8Text } from "../body.js";

/** A parsed JSON document, or why the bytes are none. */
export type JsonDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/**
 * Parses the bytes of a JSON document: UTF-8 without a byte order mark.
 *
 * @param bytes the document
 */
export function parseDocument(bytes: Uint8Array): JsonDocument {
  const text = utf8Text(bytes);
  if (text === undefined) return { ok: false, reason: "not UTF-8" };
  if (text.startsWith("\uFEFF")) return { ok: false, reason: "not JSON: it begins with a byte order mark" };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (cause) {
    return { ok: false, reason: `not JSON: ${(cause as Error).message}` };
  }
}

/**
 * The JSON object that was given on the command line; anything else ends the command as wrong usage.
 *
 * @param name how the error names what was given
 * @param bytes the document
 */
export function objectGiven(command: Command, name: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const document = parseDocument(bytes);
  if (!document.ok) return command.error(`${name} is ${document.reason}`);
  const { value } = document;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  return command.error(`${name} is not a JSON object such as {"message":"hi"}`);
}
