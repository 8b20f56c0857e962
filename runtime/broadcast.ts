import type { ProtocolDefinition } from "../generated/contract.js";
import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import { isoTime, pushFrame, quote } from "./jsonrpc.js";
import { ulid } from "./ulid.js";
import { describeIssues, issuesOf } from "./validation.js";

/** A connection that pushes reach. */
export interface Audience {
  /** Agent that speaks there, as its latest accepted message said. */
  readonly peer: string | undefined;
  /** Takes a whole frame. Never throws. */
  push(frame: string): void;
}

/** Options of a broadcast. */
export interface BroadcastOptions {
  /** Agents it goes to, by the sender their latest message named. Default: every connection. */
  readonly to?: (peer: string | undefined) => boolean;
  /** Trace the message belongs to. Default: none. */
  readonly traceId?: string;
  /** Id of the envelope that this message is about. Default: none. */
  readonly correlationId?: string;
}

/** Pushes one message to many connections. */
export type Broadcast = (name: string, payload: object, options?: BroadcastOptions) => number;

/** Recipient written where a connection has not said who speaks there. */
const unknownPeer = "urn:asap:agent:peer";

/** Makes the broadcast of an agent (wire section 9.5). */
export function createBroadcast(
  protocol: ProtocolDefinition,
  agentId: string,
  audiences: ReadonlySet<Audience>,
  now: () => number,
): Broadcast {
  const senderText = quote(agentId);
  return (name, payload, options = {}) => {
    const definition = protocol.messageOf(name);
    if (definition === undefined)
      throw invalidOption("name", `names no message of the protocol: ${name.slice(0, 100)}`);
    if (!definition.validate(payload)) {
      const issues = issuesOf(definition.validate.errors, ["payload"]);
      throw new AsapError("asap:protocol/invalid_payload", {
        message: `The payload is no ${definition.name}: ${describeIssues(issues)}.`,
        data: { payload_type: definition.name, validation_errors: issues },
      });
    }
    const payloadText = JSON.stringify(payload);
    const at = now();
    let reached = 0;
    for (const audience of audiences) {
      if (options.to !== undefined && !options.to(audience.peer)) continue;
      audience.push(
        pushFrame({
          id: ulid(at),
          timestamp: isoTime(at),
          senderText,
          payloadType: definition.emit,
          payloadText,
          request: {
            sender: audience.peer ?? unknownPeer,
            asap_version: protocol.envelopeVersion,
            trace_id: options.traceId ?? null,
          },
          correlationId: options.correlationId ?? null,
        }),
      );
      reached += 1;
    }
    return reached;
  };
}
