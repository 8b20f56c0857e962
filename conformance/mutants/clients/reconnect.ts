import type { ClientMutant } from "./mutant.js";
import { elsewhere, late, openAnother, opensAfterAnswer, own, socketMutantsOf } from "./socket-faults.js";

const once = socketMutantsOf("reconnect");
const waits = socketMutantsOf("reconnect-waits");
const longest = socketMutantsOf("reconnect-longest-wait");
const codes = socketMutantsOf("reconnect-codes");
const policy = socketMutantsOf("reconnect-policy");

/** Clients that are wrong about connections that end. */
export const reconnectClients: readonly ClientMutant[] = [
  once("elsewhere", "A client that opens a lost WebSocket at another path", ["completed", "opened"], () =>
    elsewhere("/asap/ws/again", 2),
  ),
  once("at-once", "A client that opens a lost WebSocket again without a wait", "wait", () => opensAfterAnswer(1)),
  once("late", "A client that waits much longer than a second before it opens a lost WebSocket", "wait", () =>
    late(2, 2500),
  ),
  waits("elsewhere", "A client that gives up when a WebSocket is refused", "completed", () =>
    elsewhere("/asap/ws/again", 5),
  ),
  waits("no-pause", "A client that tries again at once when a WebSocket is refused", "doubled", () => {
    let isFirst = true;
    return {
      head(head) {
        if (isFirst && head.startsWith("HTTP/1.1 503")) {
          isFirst = false;
          openAnother();
        }
        return head;
      },
    };
  }),
  waits("no-start-over", "A client whose waits grow on after a success", "start-over", () => late(5, 1500)),
  longest("gives-up", "A client that gives up when a WebSocket was refused five times", "completed", () =>
    elsewhere("/asap/ws/again", 7),
  ),
  longest("no-cap", "A client whose waits grow beyond the longest one", "waits", () => ({
    env: { ASAP_CONFORMANCE_RECONNECT_MAX_MS: "30000" },
  })),
  codes("elsewhere", "A client that opens a closed WebSocket at another path", ["completed", "opened"], () =>
    elsewhere("/asap/ws/again", 3),
  ),
  codes("no-close", "A client that does not answer a close frame", "closes", () => own("close", () => [])),
  policy("elsewhere", "A client that opens a WebSocket that was closed with 1008 at another path", "completed", () =>
    elsewhere("/asap/ws/again", 2),
  ),
  policy("at-once", "A client that opens a WebSocket that was closed with 1008 again without a wait", "opened", () =>
    opensAfterAnswer(1),
  ),
];
