import type { EventName } from "../../generated/models.js";

/** An event that is to be posted to one endpoint. */
export interface NewDelivery {
  /** Value of `webhook-id`: the same for every attempt, after a replay too. 1 to 128 characters. */
  readonly id: string;
  /** Subscription it belongs to; its secrets and credentials are read when it is sent. */
  readonly subscriptionId: string;
  /** Absolute URL it is posted to; rates and circuits are kept per URL, batches per subscription of a URL. */
  readonly url: string;
  readonly taskId: string;
  readonly event: EventName;
  /** Body as it is sent, JSON text. */
  readonly body: string;
  /** Deliveries of one URL with the same key are sent one after the other, in the order of their making; null for any order. */
  readonly orderKey: string | null;
  /** Most deliveries that are posted together, as one array; 1 for a body of its own. */
  readonly batchSize: number;
  /** How long it may wait for others of its batch, in milliseconds; 0 for not at all. */
  readonly batchMs: number;
  /** When it was made, in milliseconds since 1970. */
  readonly createdMs: number;
  /** From when on it is not sent any more, in milliseconds since 1970; null for never. */
  readonly expiresMs: number | null;
}

/** Where a delivery stands. */
export type DeliveryState = "pending" | "leased" | "dead";

/** A delivery as it is queued. */
export interface Delivery extends NewDelivery {
  readonly state: DeliveryState;
  /** Attempts begun since it was made or replayed. */
  readonly attempts: number;
  /** How often it was taken back from the dead letters. */
  readonly replays: number;
  /** When it is due next, in milliseconds since 1970. */
  readonly dueMs: number;
}

/** A delivery that somebody is to send. */
export interface ClaimedDelivery extends NewDelivery {
  /** Tells this claim from every other of the delivery. */
  readonly fence: number;
  /** Number of this attempt, from 1, since it was made or replayed. */
  readonly attempt: number;
  readonly replays: number;
}

/** Deliveries to one URL, to send together where they are several: those of a batch are of one subscription. */
export interface ClaimedBatch {
  readonly url: string;
  /** Whether this is the one attempt that a half-open circuit lets through. */
  readonly isProbe: boolean;
  readonly deliveries: readonly ClaimedDelivery[];
}

/** What came of one attempt. */
export interface AttemptFacts {
  /** When it began, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly elapsedMs: number;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Address that was connected to; null where there was no connection. */
  readonly address: string | null;
  /** Stable code of what went wrong; null where nothing did. */
  readonly error: string | null;
  /** What went wrong, for people, without secrets; null where nothing did. */
  readonly reason: string | null;
  /** Beginning of the answer's body, where it is kept; otherwise null. */
  readonly response: string | null;
}

/** What becomes of a delivery after an attempt. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** Due again at a moment in milliseconds since 1970. */
  | { readonly kind: "retry"; readonly atMs: number }
  | { readonly kind: "dead"; readonly reason: string }
  /** Was not sent; the attempt does not count. */
  | { readonly kind: "release" };

/** One attempt that came to its end. */
export interface Settlement {
  readonly delivery: ClaimedDelivery;
  readonly outcome: Outcome;
  /** Absent where nothing was sent, and so nothing goes into the history. */
  readonly facts?: AttemptFacts;
  /** What the attempt says of the endpoint: whether it works; absent where it says nothing. */
  readonly endpoint?: "works" | "fails";
}

/** One attempt as the history has it. */
export interface Attempt extends AttemptFacts {
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly url: string;
  readonly taskId: string;
  readonly event: EventName;
  /** Number of the attempt, from 1, since the delivery was made or replayed. */
  readonly attempt: number;
  readonly replays: number;
  readonly outcome: "delivered" | "retry" | "dead";
}

/** A delivery that was given up. */
export interface DeadLetter extends NewDelivery {
  /** Attempts since it was made or replayed. */
  readonly attempts: number;
  readonly replays: number;
  /** When it was given up, in milliseconds since 1970. */
  readonly diedMs: number;
  /** Why. */
  readonly reason: string;
  /** HTTP status of the last attempt; 0 where there was no answer. */
  readonly status: number;
}
