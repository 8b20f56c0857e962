import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/security-model.md").replace(/\s+/g, " ");

describe("docs/security-model.md", () => {
  test.each([
    ["a token is used by whoever has it", "tokens are *bearer* tokens, not bound to their sender"],
    ["the caller may be dishonest", "prove that the caller is honest"],
    ["the agent itself may misuse what it was sent", "an agent can spend what it was sent until it ends"],
    ["any sender may be claimed", "A caller whose token names no agent may claim any sender"],
    ["the issuer may fall", "is every agent and every caller"],
    ["the subject map is weaker", "Such a token was not issued for this agent"],
    ["lenient takes everything", "**`lenient` turns the binding off** for tokens without a claim"],
    ["revocation is late", "Nothing asks the issuer about a JWT."],
    [
      "an answer about an opaque token must name an audience",
      "such a token holds at every agent that asks that issuer",
    ],
    ["TLS is somebody else's", "Without TLS on the whole way a token is read on the way"],
  ])("BIND-005: says what the binding does not protect against: %s", (_, said) => {
    expect(page).toContain(said);
  });

  test.each([
    ["auth/verified-tokens.ts", "const longestMs = 60_000;", "60 s: what is known of a token is kept that long"],
    ["auth/jwks.ts", "maxAgeSeconds = 600, staleSeconds = 3_600, cooldownSeconds = 30 ", "after 600 s"],
    ["auth/jwks.ts", "staleSeconds = 3_600", "3,600 s more"],
    ["auth/jwks.ts", "cooldownSeconds = 30 ", "one fetch of the key set in 30 s"],
    ["auth/metadata.ts", "const hourMs = 3_600_000;", "a new `jwks_uri` in the metadata | 3,600 s"],
    ["auth/metadata.ts", "{ timeoutMs: 5_000, maxBytes: 262_144 }", "documents of an issuer within 5 s (`timeoutMs`)"],
    ["auth/metadata.ts", "maxBytes: 262_144", "262,144 bytes"],
    ["auth/refreshed.ts", "const firstBackoffMs = 1_000;", "one fetch after 1, 2, 4 … 30 s"],
    ["auth/introspection.ts", "maxInFlight = 64,", "at most 64 under way"],
    ["auth/resource-server.ts", "clockToleranceSeconds = 30, maxTokenBytes = 16_384", "at most 16,384 characters long"],
    ["auth/resource-server.ts", "clockToleranceSeconds = 30", "the clock tolerance: 30 s"],
    ["auth/resource-server.ts", "maxVerifiedTokens ?? 10_000", "10,000 tokens are remembered"],
    ["auth/resource-server.ts", "const mostRefused = 1_000;", "1,000 inactive ones"],
    ["transport/websocket-connection.ts", "const rejudgeMs = 60_000;", "judged again each 60 s"],
    ["egress-connect.ts", "const connectTimeoutMs = 5_000;", "A connection must be there within 5 s"],
    ["egress-names.ts", "const mostNames = 1_000;", "no more than 1,000 names are"],
    ["egress-rules.ts", "const defaultDnsTtlMs = 5_000;", "| `dnsTtlMs` | 5,000;"],
    ["egress-node.ts", "const maxHeaderBytes = 16_384;", "headers of answers are at most 16,384 bytes"],
  ])("tells the figure of %s (%s) as it is", (file, code, told) => {
    expect(read(`runtime/${file}`)).toContain(code);
    expect(page).toContain(told);
  });
});
