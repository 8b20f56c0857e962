// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A frame of a WebSocket, as a report of conformance shows it.
 * Defined in `conformance/frame.schema.json`.
 */
export type ConformanceFrame = {
  /** Who wrote it: `sent` is the suite. */
  direction: "sent" | "received";
  /** text, binary, continuation, close, ping, pong, or the number of another opcode. */
  kind: string;
  /** What is out of the ordinary: `not final`, `without mask`, `reserved bits 2`. */
  marks: string[];
  /** The payload, or code and reason of a close frame; cut to what a reader can use. */
  text: string;
  /** Length of the payload. */
  bytes: number;
  /** Milliseconds since the conversation began. */
  atMs: number;
};
