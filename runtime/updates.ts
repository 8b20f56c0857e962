import type { ProtocolDefinition } from "../generated/contract.js";
import type { Envelope } from "../generated/models.js";
import { AsapError } from "./error.js";
import { type EnvelopeParts, isoTime, pushFrame } from "./jsonrpc.js";
import { ulid } from "./ulid.js";

/** What a running task reports: how far it is, and any partial results, which travel beside them. */
export interface TaskProgress {
  /** Share of the work done, from 0 to 100. */
  readonly percent?: number;
  /** What is being done, for people. */
  readonly message?: string;
  readonly [name: string]: unknown;
}

/** Takes the updates of running tasks on behalf of a caller who listens. */
export interface UpdateSink {
  /** Takes a whole frame: a response with id null whose envelope is a TaskUpdate. Never throws. */
  push(frame: string): void;
  /** A promise of the moment from which more may be pushed, while the reader is too slow; otherwise undefined. */
  ready(): Promise<void> | undefined;
}

/** What updates of every task of an agent share. */
export interface UpdateParts {
  /** JSON text of the agent's id. */
  readonly senderText: string;
  /** `payload_type` of updates. */
  readonly payloadType: string;
  readonly now: () => number;
}

/** The parts of updates for an agent; undefined for a protocol without TaskUpdate. */
export function updateParts(protocol: ProtocolDefinition, senderText: string, now: () => number) {
  const definition = protocol.messages["TaskUpdate"];
  return definition && { senderText, payloadType: definition.emit, now };
}

/** Takes updates while nobody listens. */
export const nobody: UpdateSink = { push: () => {}, ready: () => undefined };

const mostRetained = 256;
const mostRetainedCharacters = 262_144;

/** The updates of one task: numbered, pushed to whoever listens, the latest kept for a listener who comes back. */
export class UpdateFeed {
  readonly #parts: UpdateParts;
  readonly #taskId: string;
  readonly #request: Envelope;
  readonly #correlationId: string;
  readonly #retained: string[] = [];
  #characters = 0;
  #sequence = 0;
  #sink: UpdateSink;

  constructor(parts: UpdateParts, taskId: string, request: Envelope, correlationId: string, sink: UpdateSink) {
    this.#parts = parts;
    this.#taskId = taskId;
    this.#request = request;
    this.#correlationId = correlationId;
    this.#sink = sink;
  }

  /** Pushes to another listener from now on, beginning with the updates that are kept. */
  attach(sink: UpdateSink): void {
    this.#sink = sink;
    for (const frame of this.#retained) sink.push(frame);
  }

  emit(progress: TaskProgress): void {
    this.#emit(
      `{"task_id":"${this.#taskId}","update_type":"progress","status":"working","progress":${JSON.stringify(progress) ?? "null"},"input_request":null}`,
    );
  }

  /**
   * Tells that the task waits for input.
   *
   * @param requestText JSON text of what it needs.
   */
  emitInputRequest(requestText: string): void {
    this.#emit(
      `{"task_id":"${this.#taskId}","update_type":"input_required","status":"input_required","progress":null,"input_request":${requestText}}`,
    );
  }

  #emit(payloadText: string): void {
    const { senderText, payloadType, now } = this.#parts;
    const at = now();
    this.#sequence += 1;
    const parts: EnvelopeParts = {
      id: ulid(at),
      timestamp: isoTime(at),
      senderText,
      payloadType,
      payloadText,
      request: this.#request,
      correlationId: this.#correlationId,
      extensionsText: `{"sequence":${this.#sequence}}`,
    };
    const frame = pushFrame(parts);
    this.#retained.push(frame);
    this.#characters += frame.length;
    while (this.#retained.length > mostRetained || this.#characters > mostRetainedCharacters) {
      this.#characters -= this.#retained.shift()?.length ?? 0;
    }
    this.#sink.push(frame);
  }

  /** A promise of the moment from which the listener takes more; undefined when that is now. */
  ready(): Promise<void> | undefined {
    return this.#sink.ready();
  }
}

/**
 * Judges what a skill yielded.
 *
 * @throws AsapError `asap:task/invalid_output` for anything but an object, or a `percent` that is no number from 0 to 100.
 */
export function progressOf(yielded: unknown): TaskProgress {
  const refuse = (reason: string) =>
    new AsapError("asap:task/invalid_output", { message: `The skill yielded ${reason}` });
  if (typeof yielded !== "object" || yielded === null || Array.isArray(yielded)) throw refuse("what is no object");
  const { percent } = yielded as TaskProgress;
  if (percent !== undefined && !(typeof percent === "number" && percent >= 0 && percent <= 100)) {
    throw refuse("a percent that is no number from 0 to 100");
  }
  return yielded as TaskProgress;
}
