/** Why a body could not be read as text. */
export type BodyFault = "too_large" | "not_utf8";

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
): Promise<{ readonly text: string } | { readonly fault: BodyFault }> {
  if (response.body === null) return { text: "" };
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await discard(response);
    return { fault: "too_large" };
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.byteLength ?? 0;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      return { fault: "too_large" };
    }
    try {
      text += done ? decoder.decode() : decoder.decode(value, { stream: true });
    } catch {
      await reader.cancel().catch(() => undefined);
      return { fault: "not_utf8" };
    }
    if (done) return { text };
  }
}

/** Drops the body of a response that nobody reads. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
