/**
 * Reads a stream of bytes to its end, or until it is over a size; then the rest is cancelled.
 *
 * @param stream The stream; null is empty.
 * @param maxBytes Most bytes to read.
 * @returns The bytes, or how many had come when they were too many.
 * @throws What the stream fails with.
 */
export async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | number> {
  if (stream === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      return size;
    }
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** The text of bytes in UTF-8, a byte order mark included; undefined where they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads the body of a response as UTF-8 text and stops at a size, also where no length was declared. A byte order
 * mark stays in the text.
 *
 * @param response The response; its body is used up, or cancelled when it is too large.
 * @param maxBytes Largest body, in bytes after content decoding.
 * @returns The text, or why there is none.
 * @throws What the platform throws when the connection breaks.
 */
export async function readText(
  response: Response,
  maxBytes: number,
): Promise<{ readonly text: string } | { readonly fault: string }> {
  const tooLarge = { fault: `larger than ${maxBytes} bytes` };
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await discard(response);
    return tooLarge;
  }
  const bytes = await readBytes(response.body, maxBytes);
  if (typeof bytes === "number") return tooLarge;
  const text = utf8Text(bytes);
  return text === undefined ? { fault: "not UTF-8" } : { text };
}

/** Drops the body of a response that nobody reads. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** The value of a JSON text, or undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
