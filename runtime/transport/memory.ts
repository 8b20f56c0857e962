import { createConnection } from "../connection.js";
import { parseResponse } from "../reply.js";
import { requestText } from "../request.js";
import type { UpdateSink } from "../updates.js";
import { pushOf } from "./event-stream.js";
import type { ClientMessage, ClientTransport } from "./transport.js";

/** What a receiver knows of a message beside its text. */
export interface ReceiveContext {
  readonly idempotencyKey?: string;
  readonly authorization?: string;
  /** Takes the updates of the task. There where the caller asks for them. */
  readonly updates?: UpdateSink;
}

/** What takes messages without a network in between; an agent does. */
export interface Receiver {
  /** Takes the text of a JSON-RPC request and answers with that of the response. */
  receive(text: string, context: ReceiveContext): string | Promise<string>;
}

/**
 * Makes the way to an agent in the same process. Messages pass as text, judged on both sides as on a network.
 *
 * @param agent The agent.
 * @param authorization Value an Authorization header would have. Default: none.
 * @returns The transport. Closing it does not close the agent.
 */
export function memoryTransport(agent: Receiver, authorization?: string): ClientTransport {
  const credentials = authorization === undefined ? {} : { authorization };
  const connection = createConnection("memory");
  return {
    url: "memory:",
    acknowledges: false,
    connection,
    onPush: () => () => {},
    async send({ envelopeText, id, idempotencyKey, onUpdate }) {
      const text = await agent.receive(requestText(envelopeText, id, idempotencyKey), {
        idempotencyKey,
        ...credentials,
        ...(onUpdate && { updates: updatesTo(onUpdate) }),
      });
      return { response: parseResponse(text, "memory:"), id };
    },
    async close() {
      connection.set({ status: "closed" });
    },
  };
}

function updatesTo(onUpdate: NonNullable<ClientMessage["onUpdate"]>): UpdateSink {
  return {
    push: (frameText) => onUpdate(pushOf(parseResponse(frameText, "memory:"))?.envelope),
    ready: () => undefined,
  };
}
