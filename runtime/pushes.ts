import type { Envelope } from "../generated/models.js";
import { AsapError } from "./error.js";
import { judgePush, type MessageRules } from "./reply.js";
import type { ClientTransport } from "./transport/transport.js";

/** What taking pushes needs. */
export interface PushParts {
  readonly protocol: MessageRules;
  readonly transport: Pick<ClientTransport, "url" | "onPush">;
  /** Told of pushes that do not fit and of listeners that throw; what it throws is dropped. */
  readonly onFault?: ((error: AsapError) => void) | undefined;
}

/** Pushes of a peer on their way to listeners. */
export interface Pushes {
  /** Takes an envelope that was not judged yet. Never throws. */
  readonly take: (envelope: unknown) => void;
  /** @returns Stops listening. */
  readonly onMessage: (listener: (envelope: Envelope) => void) => () => void;
}

/**
 * Judges what a transport's peer pushes and hands it to listeners. Listens to the transport while it has some.
 *
 * @param parts See {@link PushParts}.
 * @see ASAP 1.1, section 9.5
 */
export function createPushes({ protocol, transport, onFault }: PushParts): Pushes {
  const { url } = transport;
  const listeners = new Set<(envelope: Envelope) => void>();
  const tell = (error: AsapError) => {
    try {
      onFault?.(error);
    } catch {
      return;
    }
  };
  const hand = (listener: (envelope: Envelope) => void, envelope: Envelope) => {
    try {
      listener(envelope);
    } catch (cause) {
      tell(new AsapError("asap:rpc/internal_error", { message: "A listener of messages threw.", cause }));
    }
  };
  const take = (given: unknown) => {
    let envelope: Envelope;
    try {
      envelope = judgePush(given, { protocol, url });
    } catch (error) {
      tell(AsapError.from(error));
      return;
    }
    for (const listener of [...listeners]) hand(listener, envelope);
  };
  let stop: (() => void) | undefined;
  return {
    take,
    onMessage(listener) {
      const own = (envelope: Envelope) => listener(envelope);
      listeners.add(own);
      stop ??= transport.onPush(take);
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}
