// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ConformanceArrival } from "./conformance-arrival.js";
import type { ConformanceFrame } from "./conformance-frame.js";
import type { ConformanceToken } from "./conformance-token.js";

/**
 * One request and its answer, cut to what a reader can use; secrets are replaced by `***`. `sent` is what the suite
 * wrote and `received` what it read: to an agent that is judged the suite sends the request, to a client the answer.
 * Defined in `conformance/exchange.schema.json`.
 */
export type ConformanceExchange = {
  /** What the suite wrote. */
  sent: string;
  /** What the suite read; empty when nothing came. */
  received: string;
  /** The token that the suite made for it. */
  token?: ConformanceToken | null;
  /** What went over the WebSocket that the request opened, in order. */
  frames?: ConformanceFrame[] | null;
  /** What had arrived at the callback that the request names, in order. */
  arrived?: ConformanceArrival[] | null;
  /** HTTP status, null when there was no answer. */
  status: number | null;
  /** Milliseconds since the run began. */
  atMs: number;
  /** Milliseconds the exchange took. */
  elapsedMs: number;
};
