import type { Context } from "./case.js";

/** A context of fixed values, for documents that are made to be looked at and not sent. */
export const sampleContext: Context = {
  skill: "echo",
  input: { message: "hello" },
  sender: "urn:asap:agent:conformance",
  manifest: null,
  baseUrl: "http://localhost",
  clockAheadMs: 0,
  burst: false,
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  newId: () => "01KE0ZS0000000000000000000",
};
