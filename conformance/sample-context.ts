import { generateKeyPairSync } from "node:crypto";
import type { Context } from "./case.js";
import { createMint, type SigningKey } from "./tokens.js";

const key = (kid: string): SigningKey => ({ kid, alg: "ES256", ...generateKeyPairSync("ec", { namedCurve: "P-256" }) });

/** A context of fixed values, for documents that are made to be looked at and not sent. */
export const sampleContext: Context = {
  skill: "echo",
  input: { message: "hello" },
  sender: "urn:asap:agent:conformance",
  manifest: null,
  baseUrl: "http://localhost",
  clockAheadMs: 0,
  declares: new Set(),
  upgrade: null,
  burst: false,
  stops: true,
  timeoutMs: 8000,
  mint: createMint({
    issuer: "http://127.0.0.1:9000",
    audience: "https://agent.example",
    agent: "urn:asap:agent:under-test",
    scopes: ["asap:execute", "asap:read"],
    keys: { current: key("current"), next: key("next"), stranger: key("stranger") },
  }),
  callbacks: { url: (inbox) => `http://127.0.0.1:9001/${inbox}`, place: "public", retries: 1 },
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  newId: () => "01KE0ZS0000000000000000000",
};
