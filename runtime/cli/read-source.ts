import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ownWord } from "../egress.js";
import { AsapError } from "../error.js";
import type { CliIo } from "./output.js";

const maxBytes = 64 * 1024 * 1024;
const fetchTimeoutMs = 30_000;

/** Whether a word of the command line is a URL that is fetched, not a file. */
export const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read",
  EISDIR: "it is a folder",
};

/** The error of a source that could not be read. */
export function unreadable(source: string, cause: unknown): AsapError {
  const { code, message } = cause as { code?: string; message?: string };
  const reason = reasons[code ?? ""] ?? message ?? "it could not be read";
  return new AsapError("asap:config/invalid_option", {
    message: `cannot read ${source}: ${reason}`,
    data: { option: source, reason },
    cause,
  });
}

async function collect(chunks: AsyncIterable<Uint8Array>, source: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maxBytes) throw unreadable(source, new Error(`it is over ${maxBytes} bytes`));
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(fetchTimeoutMs);
  try {
    const { guardedFetch } = await import("#egress");
    const get = guardedFetch(ownWord(url));
    const response = await get(url, { signal, headers: { accept: "application/json" } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new AsapError("asap:transport/http_status", {
        message: `cannot read ${url}: it answered with status ${response.status}`,
        data: { url, status: response.status },
      });
    }
    return response.body ? await collect(response.body, url) : new Uint8Array();
  } catch (cause) {
    if (cause instanceof AsapError) throw cause;
    const timedOut = signal.aborted;
    throw new AsapError(timedOut ? "asap:transport/timeout" : "asap:transport/connection_failed", {
      message: `cannot read ${url}: ${timedOut ? "it did not answer in time" : "it could not be reached"}`,
      data: timedOut ? { url, timeout_ms: fetchTimeoutMs } : { url },
      cause,
    });
  }
}

/**
 * Reads a whole source, at most 64 MiB.
 *
 * @param source `-` for standard input, an http or https URL, or the path of a file
 * @throws AsapError when it could not be read
 */
export async function readSource(source: string, io: CliIo): Promise<Uint8Array> {
  if (source === "-") return collect(io.stdin(), "standard input");
  if (isUrl(source)) return fetchBytes(source);
  const path = resolve(io.cwd, source);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new Error(`it is over ${maxBytes} bytes`);
    return await readFile(path);
  } catch (cause) {
    throw unreadable(source, cause);
  }
}
