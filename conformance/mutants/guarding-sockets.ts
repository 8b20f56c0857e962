import { type GuardMutant, identifies } from "./guard-edit.js";
import { closesWith } from "./socket-edit.js";

/** Agents that are wrong about the token of a WebSocket. */
export const guardingSockets: readonly GuardMutant[] = [
  {
    name: "lets every upgrade through",
    killedBy: [
      ...["none", "query", "form.word", "form.empty-signature", "signature.stranger", "signature.claims-changed"],
      ...["algorithm.none", "algorithm.hmac", "header.crit", "claims.iss.another", "claims.aud.another"],
      ...["claims.exp.past", "claims.exp.missing", "claims.nbf.ahead", "claims.sub.empty"],
      ...["scope.missing", "agent.another", "agent.missing", "expiry", "status", "detail"],
    ].map((name) => `websocket.${name}`),
    guard: (guard) => ({ scopeOfRoute: (route) => (route.name === "websocket" ? null : guard.scopeOfRoute(route)) }),
  },
  {
    name: "refuses every upgrade with 403",
    killedBy: ["websocket.status"],
    wire: { socket: { head: (head) => head.replace(/^HTTP\/1\.1 401 \w+/, "HTTP/1.1 403 Forbidden") } },
  },
  {
    name: "refuses an upgrade without a word",
    killedBy: ["websocket.detail"],
    wire: { socket: { head: (head) => head.replace(/content-length: \d+/i, "Content-Length: 0") } },
  },
  identifies("keeps a WebSocket after its token", ["websocket.expiry"], () => ({
    expiresAtMs: Number.POSITIVE_INFINITY,
  })),
  {
    name: "closes with 1000 after the token",
    killedBy: ["websocket.expiry"],
    wire: { socket: closesWith(1008, 1000) },
  },
];
