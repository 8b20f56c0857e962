import type { Envelope, MessageSend } from "../generated/models.js";
import { messagesOf, recordedMessage } from "./state/messages.js";
import type { StateStore } from "./state/state-store.js";

/** What came in answer to a task that asked for input. */
export interface TaskInput {
  /** The message. Its parts are ids; what they stand for travels elsewhere. */
  readonly message: MessageSend;
  /** The envelope that carried it; its extensions may hold more. */
  readonly envelope: Envelope;
}

/** First and longest wait between looks for messages that other instances took, in milliseconds. */
const firstLookMs = 50;
const longestLookMs = 1_000;

/** A task's wait for a message: handed over in the process, or found in the store where another instance took it. */
export class InputWait {
  readonly input: Promise<TaskInput>;
  readonly #known: ReadonlySet<number>;
  readonly #taken: Set<string>;
  readonly #signal: AbortSignal;
  #settle: (input: TaskInput) => void = () => {};
  #isOver = false;

  /**
   * @param known Numbers of the messages that came before, which answer nothing.
   * @param taken Ids of the envelopes that answered the task before; that of the one that answers now is added.
   * @param signal Ends the wait; its reason is what `input` rejects with.
   */
  constructor(known: ReadonlySet<number>, taken: Set<string>, signal: AbortSignal) {
    this.#known = known;
    this.#taken = taken;
    this.#signal = signal;
    this.input = new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#isOver = true;
        reject(signal.reason);
      };
      this.#settle = (input) => {
        this.#isOver = true;
        signal.removeEventListener("abort", onAbort);
        resolve(input);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    });
    this.input.catch(() => undefined);
  }

  /**
   * Hands a message over.
   *
   * @param version Its number in the store, where it is kept.
   * @returns Whether it was waited for.
   */
  offer(input: TaskInput, version?: number): boolean {
    if (this.#isOver || (version !== undefined && this.#known.has(version))) return false;
    const { id } = input.envelope;
    if (id && this.#taken.has(id)) return false;
    if (id) this.#taken.add(id);
    this.#settle(input);
    return true;
  }

  /** Looks for messages in the store until one has come; a store that does not answer is asked again. */
  async watch(store: StateStore, taskId: string): Promise<void> {
    const seen = new Set(this.#known);
    for (let lookMs = firstLookMs; !this.#isOver; lookMs = Math.min(lookMs * 2, longestLookMs)) {
      await pause(lookMs, this.#signal);
      if (this.#isOver) return;
      await this.#look(store, taskId, seen).catch(() => undefined);
    }
  }

  async #look(store: StateStore, taskId: string, seen: Set<number>): Promise<void> {
    for (const version of await store.snapshots.listVersions(messagesOf(taskId))) {
      if (this.#isOver || seen.has(version)) continue;
      const envelope = await recordedMessage(store, taskId, version, "MessageSend");
      seen.add(version);
      if (envelope !== undefined) this.offer({ message: envelope.payload as MessageSend, envelope });
    }
  }
}

/** Waits, but not past an abort; keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener("abort", end);
  });
}
