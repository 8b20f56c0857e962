import type { WireFrame } from "../socket-frames.js";

/** Headers as they were written, in order. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** What the peer answers to a request. */
export interface Answer {
  readonly status: number;
  /** Header values by name; a list writes the header once for each of its values. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A text or bytes are sent as they are; anything else as JSON. */
  readonly body?: unknown;
  /** Milliseconds to wait before answering; 0 unless set. */
  readonly afterMs?: number;
  /** Ends the connection in place of an answer. */
  readonly reset?: boolean;
  /** Never answers; the connection stays open. */
  readonly silent?: boolean;
}

/** An answer as it was sent. */
export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Milliseconds since the session began. */
  readonly atMs: number;
}

/** A request of the client. */
export interface Received {
  /** Position among the requests of the session. */
  readonly at: number;
  readonly method: string;
  /** Target as it was written: the path and what follows it. */
  readonly target: string;
  readonly headers: Headers;
  /** The body without its transfer coding, as it was sent; at most 10 MiB of it are read. */
  readonly body: Buffer;
  /** The body without its content coding, as text; null where that cannot be undone. */
  readonly text: string | null;
  /** The text as JSON, undefined where it is none. */
  readonly document: unknown;
  /** Number of the TCP connection that it came on, counted from 0. */
  readonly connection: number;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  /** Milliseconds since 1970. */
  readonly clockMs: number;
  /** What was answered; undefined where nothing was. */
  sent?: Sent;
  /** What went over the WebSocket that it opened, in order; their times count from the beginning of the session. */
  frames?: readonly WireFrame[];
  /** Milliseconds since the session began when that WebSocket began to end, before the client could see it. */
  endedAtMs?: number;
}

/** A request that the peer made, as to a callback that the client named. */
export interface Posted {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** HTTP status of the answer, null where none came. */
  readonly status: number | null;
  /** The answer as it was read, or why there is none. */
  readonly answer: string;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly elapsedMs: number;
}

/** How the process of the client ended. */
export interface End {
  /** Exit code, null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it was ended because its time was over. */
  readonly timedOut: boolean;
  /** Whether processes that it had started were left, and were ended. */
  readonly leftBehind: boolean;
  readonly elapsedMs: number;
  /** The end of what it wrote to standard output and standard error, without secrets. */
  readonly output: string;
}

/** What was recorded of one scenario. The same session gives the same verdicts. */
export interface Session {
  /** Absolute URL of the peer, without a slash at the end. */
  readonly url: string;
  /** In the order in which they arrived. */
  readonly requests: readonly Received[];
  readonly posted: readonly Posted[];
  /** Variables that the scenario set for the client. */
  readonly env: Readonly<Record<string, string>>;
  readonly end: End;
  /** What the client sent, in words, where that was more than a session keeps; absent otherwise. */
  readonly tooMuch?: string;
}
