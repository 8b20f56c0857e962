import { abortedError } from "../deadline.js";
import type { AsapError } from "../error.js";
import type { ClientMessage, ClientReply } from "./transport.js";
import type { Channel } from "./websocket-channel.js";

/** Who sent a message. */
export interface PendingUser {
  readonly resume: boolean;
  readonly failsWhileDown: boolean;
  /** Lets go of a message whose caller gave up. */
  drop(pending: Pending, error: AsapError): void;
}

/** One message until its answer: it waits for a connection or is outstanding on one. */
export class Pending {
  readonly message: ClientMessage;
  readonly user: PendingUser;
  readonly promise: Promise<ClientReply>;
  /** The connection it was sent on. */
  channel: Channel | undefined;
  /** JSON-RPC id of the latest transmission, and those of earlier ones on the same connection. */
  id = "";
  olderIds: string[] | undefined;
  /** How often it was sent. */
  transmissions = 0;
  /** How many waits for its acknowledgement ran out. */
  ackTimeouts = 0;
  /** When the present wait for its acknowledgement runs out. */
  dueAt = 0;
  isOver = false;
  #resolve: (reply: ClientReply) => void = () => {};
  #reject: (error: AsapError) => void = () => {};

  constructor(message: ClientMessage, user: PendingUser) {
    this.message = message;
    this.user = user;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    message.signal.addEventListener("abort", this);
  }

  /** The caller gave up. */
  handleEvent(): void {
    this.user.drop(this, abortedError(this.message.signal));
  }

  answer(response: unknown, id: string): void {
    this.#over();
    this.#resolve({ response, id });
  }

  fail(error: AsapError): void {
    this.#over();
    this.#reject(error);
  }

  #over(): void {
    this.isOver = true;
    this.message.signal.removeEventListener("abort", this);
  }
}
