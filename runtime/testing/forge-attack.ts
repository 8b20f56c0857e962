import { describe, expect, test } from "vitest";
import { bearer, type Headers, type Target, targetId } from "./forge-target.js";

/** A token that must not pass. */
export interface Attack {
  readonly name: string;
  /** The rule it breaks, or the hole it was. */
  readonly reason: string;
  readonly status: 401 | 403;
  readonly detail: string;
  readonly make: () => Forged | Promise<Forged>;
}

/** A token, or the headers and the query it comes in. */
export type Forged =
  | string
  | { readonly headers: Headers; readonly query?: string; readonly secrets: readonly string[] };

/** An honest token that differs from an ordinary one in one thing. */
export interface Twin {
  readonly name: string;
  readonly make: () => string | Promise<string>;
}

export const details = {
  required: "Authentication required",
  invalid: "Invalid authentication token",
  scope: "Insufficient scope",
  mismatch: `Identity mismatch: custom claim does not match agent manifest (expected: ${targetId})`,
  unnamed: `Identity mismatch: the token names no agent (expected: ${targetId})`,
} as const;

/** Details by the word for them. */
export type Verdict = keyof typeof details;

const statusOf = (verdict: Verdict): 401 | 403 => (verdict === "required" || verdict === "invalid" ? 401 : 403);

/** A row of a table of attacks. */
export const attack = (name: string, reason: string, make: Attack["make"], verdict: Verdict = "invalid"): Attack => ({
  name,
  reason,
  status: statusOf(verdict),
  detail: details[verdict],
  make,
});

/** Every text that must not come out again: the token and each of its longer parts. */
const secretsOf = (token: string): string[] => [token, ...token.split(/[.\s,]/)].filter(({ length }) => length >= 16);

/** Tests that every attack is refused, and its twins are not, over HTTP and at the upgrade to WebSocket. */
export function describeAttacks(
  title: string,
  target: () => Target,
  attacks: readonly Attack[],
  twins: readonly Twin[] = [],
): void {
  describe(title, () => {
    test.each(attacks.map((row) => [`${row.name} (${row.reason}): ${row.status}`, row] as const))(
      "%s",
      async (_title, { status, detail, make }) => {
        const forged = await make();
        const { headers, query, secrets } =
          typeof forged === "string"
            ? { headers: bearer(forged), query: undefined, secrets: secretsOf(forged) }
            : { query: undefined, ...forged, secrets: forged.secrets.flatMap(secretsOf) };
        const { post, upgrade, runs, logged } = target();
        const before = runs();
        for (const answer of [await post(headers, query), await upgrade(headers, query)]) {
          const { way, text, challenge } = answer;
          expect({ way, status: answer.status, detail: answer.detail }).toEqual({ way, status, detail });
          if (status === 401) expect(challenge, way).toMatch(/^Bearer realm="asap"/);
          for (const secret of secrets) {
            expect(text.includes(secret), `${way}: the token is in the answer`).toBe(false);
            expect(logged().includes(secret), `${way}: the token is in the log`).toBe(false);
          }
        }
        expect(runs()).toBe(before);
      },
    );

    test.each(twins.map((row) => [row.name, row] as const))("an honest twin passes: %s", async (_title, { make }) => {
      const token = await make();
      const { post, upgrade, runs, logged } = target();
      const before = runs();
      const posted = await post(bearer(token));
      expect({ status: posted.status, text: posted.text }).toEqual({
        status: 200,
        text: expect.stringContaining('"status":"completed"'),
      });
      const upgraded = await upgrade(bearer(token));
      expect({ status: upgraded.status, text: upgraded.text }).toEqual({
        status: 101,
        text: expect.stringContaining('"status":"completed"'),
      });
      expect(runs()).toBe(before + 2);
      expect(logged().includes(token)).toBe(false);
    });
  });
}
