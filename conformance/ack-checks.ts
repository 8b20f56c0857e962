import type { Case, Context } from "./case.js";
import { type Check, show } from "./checks.js";
import {
  ackedId,
  answers,
  answersTo,
  describeTalk,
  envelopeSaid,
  heard,
  isAck,
  type Said,
  saidBy,
  sayTask,
  type Talk,
  talking,
} from "./conversation.js";
import type { Changes } from "./documents.js";
import type { Exchange } from "./wire.js";

/** A case about acknowledgements. */
export const acks = (from: Talk): Case => talking(from, "acks");

/** Changes that make a request require an ack. */
export const asking = (changes: Changes = {}): Changes => ({
  ...changes,
  envelope: { requires_ack: true, ...changes.envelope },
});
/** Sends a task that requires an ack, and waits for its answer. */
export const askedTask = (context: Context, changes: Changes = {}) => [sayTask(context, asking(changes)), answers(1)];

/** The acks that name the envelope sent under a JSON-RPC id. */
export const acksOf = (exchange: Exchange, id: unknown): Said[] => {
  const sent = envelopeSaid(exchange, id)?.id;
  return saidBy(exchange).filter((said) => isAck(said) && ackedId(said) === sent);
};

/** The agent acknowledged the envelope sent under a JSON-RPC id, that often, before it answered. */
export function acked(id: unknown = "task", times = 1, at = 0): Check {
  const words = times === 1 ? "one ack" : `${times} acks`;
  return heard(at, `${words} of the envelope sent under the id ${show(id)}, before its answer`, (exchange) => {
    const found = acksOf(exchange, id);
    const first = answersTo(exchange, id)[0];
    const before = first === undefined || (found[0]?.at ?? Number.POSITIVE_INFINITY) < first.at;
    return found.length === times && before ? null : describeTalk(exchange);
  });
}

/** The agent sent that many acks in all. */
export const ackCount = (wanted: number): Check =>
  heard(0, wanted === 0 ? "no ack" : `${wanted} acks`, (exchange) =>
    saidBy(exchange).filter(isAck).length === wanted ? null : describeTalk(exchange),
  );
