/**
 * Compresses bytes with gzip, where the platform can.
 *
 * @param bytes What to compress.
 * @returns The compressed bytes, or undefined when the platform has no CompressionStream or they are not smaller.
 * @see ASAP 1.1, section 16
 */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const compressed = new Uint8Array(await new Response(stream).arrayBuffer());
  return compressed.byteLength < bytes.byteLength ? compressed : undefined;
}
