import { abortedError } from "../deadline.js";
import { AsapError } from "../error.js";
import { network } from "../network.js";
import { parseResponse } from "../reply.js";

/** One event of a stream. */
export interface StreamEvent {
  /** Its type; `message` where the stream names none. */
  readonly type: string;
  /** Its data, lines joined by line feeds. */
  readonly data: string;
}

/** Takes an event stream piece by piece. */
export interface EventStreamParser {
  /**
   * Takes the next bytes, cut anywhere, and hands over the events that they complete.
   *
   * @throws AsapError `asap:transport/invalid_response` for bytes that are not UTF-8 and for an event over the limit.
   */
  push(bytes: Uint8Array): void;
}

/** What is known of an event stream from outside. */
export interface EventStreamOptions {
  /** Where the stream comes from, for errors. */
  readonly url: string;
  /** Most characters of one event, its lines and comments included. */
  readonly maxEventCharacters: number;
}

/**
 * Makes a parser of event streams. Line ends may be LF, CR or CRLF; a byte order mark at the start and comments are
 * dropped; `id` and `retry` are read over; an event without data, or without the empty line after it, is none.
 *
 * @param options See {@link EventStreamOptions}.
 * @param onEvent Gets each event, in order.
 * @see WHATWG HTML, section 9.2.6
 */
export function createEventStreamParser(
  { url, maxEventCharacters }: EventStreamOptions,
  onEvent: (event: StreamEvent) => void,
): EventStreamParser {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const lines = createLineSplitter();
  let type = "";
  let data: string[] = [];
  let size = 0;

  const takeField = (line: string) => {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") data.push(value);
    else if (name === "event") type = value;
  };
  const takeLine = (line: string) => {
    if (line !== "") {
      size += line.length;
      if (size > maxEventCharacters) throw tooLarge(url, maxEventCharacters);
      takeField(line);
      return;
    }
    const event = { type: type === "" ? "message" : type, data: data.join("\n") };
    const isEvent = data.length > 0;
    type = "";
    data = [];
    size = 0;
    if (isEvent) onEvent(event);
  };
  return {
    push(bytes) {
      lines.push(decoded(decoder, bytes, url), takeLine);
      if (size + lines.unfinished > maxEventCharacters) throw tooLarge(url, maxEventCharacters);
    },
  };
}

/** Cuts text that comes in pieces into lines. */
function createLineSplitter() {
  let pieces: string[] = [];
  let unfinished = 0;
  let endedWithReturn = false;
  return {
    /** Characters of the line that has no end yet. */
    get unfinished() {
      return unfinished;
    },
    push(text: string, onLine: (line: string) => void) {
      let start = 0;
      if (endedWithReturn && text !== "") {
        endedWithReturn = false;
        if (text[0] === "\n") start = 1;
      }
      const ends = /\r\n|\r|\n/g;
      ends.lastIndex = start;
      for (let found = ends.exec(text); found !== null; found = ends.exec(text)) {
        const line = pieces.join("") + text.slice(start, found.index);
        pieces = [];
        unfinished = 0;
        start = ends.lastIndex;
        endedWithReturn = found[0] === "\r" && start === text.length;
        onLine(line);
      }
      if (start < text.length) {
        pieces.push(text.slice(start));
        unfinished += text.length - start;
      }
    },
  };
}

function decoded(decoder: TextDecoder, bytes: Uint8Array, url: string): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch {
    throw invalid(url, "not UTF-8");
  }
}

const tooLarge = (url: string, most: number): AsapError => invalid(url, `an event larger than ${most} characters`);

const invalid = (url: string, reason: string): AsapError =>
  new AsapError("asap:transport/invalid_response", { message: `The answer is ${reason}.`, data: { url, reason } });

const unfinished = (url: string): AsapError =>
  new AsapError("asap:transport/connection_failed", {
    message: "The stream of the answer ended before the response.",
    data: { url },
  });

/** What a stream of frames gives beside its pushes. */
export interface FrameStream extends EventStreamOptions {
  /** Takes the envelopes of pushes, not judged. */
  readonly onUpdate: (envelope: unknown) => void;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Reads the answer to a request that came as an event stream: pushes, then the response. Events of other types than
 * `message` are read over, and so is what follows the response.
 *
 * @param body The stream; it is used up, or cancelled after the response, a fault or the signal.
 * @param options See {@link FrameStream}.
 * @returns The response, parsed and not judged.
 * @throws AsapError `asap:transport/invalid_response`, `asap:transport/connection_failed` for a stream that breaks or
 * ends without a response, or the signal's reason.
 */
export async function readFrames(body: ReadableStream<Uint8Array> | null, options: FrameStream): Promise<unknown> {
  const { url, onUpdate, signal } = options;
  let response: { readonly frame: unknown } | undefined;
  const parser = createEventStreamParser(options, ({ type, data }) => {
    if (response !== undefined || signal.aborted || type !== "message") return;
    const frame = parseResponse(data, url);
    const push = pushOf(frame);
    if (push === undefined) response = { frame };
    else onUpdate(push.envelope);
  });
  const reader = (body ?? new Blob([]).stream()).getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await network(reader.read(), signal, url);
      if (signal.aborted) throw abortedError(signal);
      if (done) throw unfinished(url);
      parser.push(value);
      if (response !== undefined) return response.frame;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/**
 * The envelope of a push, a response that answers no request: it has a result and no id.
 *
 * @returns Undefined for any other frame.
 * @see ASAP 1.1, section 9.5
 */
export function pushOf(frame: unknown): { readonly envelope: unknown } | undefined {
  if (typeof frame !== "object" || frame === null) return undefined;
  const { id, result } = frame as { id?: unknown; result?: unknown };
  if (id !== null && id !== undefined) return undefined;
  if (typeof result !== "object" || result === null || !("envelope" in result)) return undefined;
  return { envelope: result.envelope };
}
