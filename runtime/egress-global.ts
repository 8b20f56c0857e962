import type { EgressBounds, EgressPolicy } from "./egress.js";

/** The platform's `fetch`: browsers and edge platforms decide themselves which addresses a program reaches. */
export function guardedFetch(_policy: EgressPolicy = {}, _bounds: EgressBounds = {}): typeof fetch {
  return (input, init) => fetch(input, init);
}
