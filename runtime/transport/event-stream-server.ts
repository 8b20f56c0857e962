import type { ServerResponse } from "node:http";
import type { UpdateSink } from "../updates.js";

/** Media type of server-sent events. */
export const eventStreamType = "text/event-stream";

/** Headers of a stream of events. */
export const eventStreamHeaders = ["content-type", eventStreamType, "cache-control", "no-store"] as const;

/** Whether an Accept header asks for a stream of events: it names one, and not after a JSON answer by its order. */
export function wantsEventStream(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes(eventStreamType)) return false;
  const qualityOf = (type: string): number => {
    const item = accept.split(",").find((each) => each.split(";")[0]?.trim().toLowerCase() === type);
    return item === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(item)?.[1] ?? 1);
  };
  const streamed = qualityOf(eventStreamType);
  return streamed > 0 && streamed >= qualityOf("application/json");
}

/** The text of one event that carries a frame; frames hold no line ends. */
export const eventText = (frame: string): string => `data: ${frame}\n\n`;

/** How often a stream without events gets a comment, so that nothing between here and the peer gives it up. */
export const keepAliveMs = 15_000;
export const keepAliveText = ": alive\n\n";

/** The updates of a task as server-sent events on an HTTP response; opens with the first of them. */
export class EventStreamSink implements UpdateSink {
  readonly #response: ServerResponse;
  #isOpen = false;
  #alive: ReturnType<typeof setInterval> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Whether an event was sent, so that the answer is to be one too. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  push(frame: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      response.writeHead(200, [...eventStreamHeaders]);
      this.#alive = setInterval(() => response.write(keepAliveText), keepAliveMs);
      response.once("close", () => clearInterval(this.#alive));
    }
    response.write(eventText(frame));
  }

  ready(): Promise<void> | undefined {
    const response = this.#response;
    if (!response.writableNeedDrain || response.destroyed) return undefined;
    this.#waiting ??= new Promise<void>((resolve) => {
      const done = () => {
        response.removeListener("drain", done);
        response.removeListener("close", done);
        this.#waiting = undefined;
        resolve();
      };
      response.once("drain", done);
      response.once("close", done);
    });
    return this.#waiting;
  }

  /** Sends the answer as the last event. */
  end(answer: string): void {
    clearInterval(this.#alive);
    this.#response.end(eventText(answer));
  }
}

/** The updates of a task as the body of a web response; opens with the first of them. */
export class EventStreamBody implements UpdateSink {
  /** Resolves with the first event. */
  readonly opened: Promise<void>;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #open: () => void = () => {};
  #alive: ReturnType<typeof setInterval> | undefined;
  #waiting: Promise<void> | undefined;
  #resume: (() => void) | undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#go(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 64 },
    );
  }

  push(frame: string): void {
    if (this.#alive === undefined && this.#controller !== undefined) {
      this.#alive = setInterval(() => this.#write(keepAliveText), keepAliveMs);
      this.#open();
    }
    this.#write(eventText(frame));
  }

  ready(): Promise<void> | undefined {
    if (this.#controller === undefined || (this.#controller.desiredSize ?? 0) > 0) return undefined;
    this.#waiting ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
    return this.#waiting;
  }

  /** Sends the answer as the last event. */
  end(answer: string): void {
    const controller = this.#controller;
    this.#write(eventText(answer));
    this.#stop();
    controller?.close();
  }

  /** Breaks the stream off. */
  fail(): void {
    const controller = this.#controller;
    this.#stop();
    controller?.error(new Error("The answer could not be made"));
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #go(): void {
    this.#resume?.();
    this.#resume = undefined;
    this.#waiting = undefined;
  }

  #stop(): void {
    clearInterval(this.#alive);
    this.#controller = undefined;
    this.#go();
  }
}
