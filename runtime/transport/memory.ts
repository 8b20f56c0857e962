import { createConnection } from "../connection.js";
import { parseResponse } from "../reply.js";
import { requestText } from "../request.js";
import type { ClientTransport } from "./transport.js";

/** What takes messages without a network in between; an agent does. */
export interface Receiver {
  /** Takes the text of a JSON-RPC request and answers with that of the response. */
  receive(
    text: string,
    context: { readonly idempotencyKey?: string; readonly authorization?: string },
  ): string | Promise<string>;
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
    async send({ envelopeText, id, idempotencyKey }) {
      const text = await agent.receive(requestText(envelopeText, id, idempotencyKey), {
        idempotencyKey,
        ...credentials,
      });
      return { response: parseResponse(text, "memory:"), id };
    },
    async close() {
      connection.set({ status: "closed" });
    },
  };
}
