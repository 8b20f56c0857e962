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
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, reason: "not UTF-8" };
  }
  if (text.startsWith("\uFEFF")) return { ok: false, reason: "not JSON: it begins with a byte order mark" };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (cause) {
    return { ok: false, reason: `not JSON: ${(cause as Error).message}` };
  }
}
