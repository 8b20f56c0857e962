import type { AsapErrorCode } from "../../generated/errors.js";
import { withDeadline } from "../deadline.js";
import { isAsapError } from "../error.js";

/** How an agent checks bearer tokens itself (wire section 10). */
export interface BearerAuthOptions {
  /** Schemes the manifest advertises; `["bearer"]` by default. Only bearer can be satisfied. */
  readonly schemes?: readonly string[];
  /** OAuth 2.0 facts for the manifest. */
  readonly oauth2?: Readonly<Record<string, unknown>>;
  /** Tells which agent a token names; null for a token that does not hold. It has 10 seconds. */
  validateToken(token: string): string | null | Promise<string | null>;
}

/** Why credentials are refused. */
interface AuthRefusal {
  readonly code: AsapErrorCode;
  /** Text of the refusal on the wire. */
  readonly text: string;
}

const longestValidationMs = 10_000;

export interface BearerAuth {
  /** The agent that the value of an Authorization header names, or why it is refused. Never rejects. */
  authenticate(authorization: string | undefined): Promise<string | AuthRefusal>;
}

/** Makes the check of `Authorization: Bearer <token>` headers; the scheme is compared in any letter case. */
export function bearerAuth(options: BearerAuthOptions): BearerAuth {
  const usable = (options.schemes ?? ["bearer"]).some((scheme) => scheme.toLowerCase() === "bearer");
  const required: AuthRefusal = { code: "asap:auth/required", text: "Authentication required" };
  const invalid: AuthRefusal = { code: "asap:auth/invalid_token", text: "Invalid authentication token" };
  const unavailable: AuthRefusal = { code: "asap:auth/unavailable", text: "Authentication service unavailable" };
  return {
    async authenticate(authorization) {
      const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      if (token === undefined) return required;
      if (!usable) return invalid;
      try {
        const judging = async (): Promise<unknown> => options.validateToken(token);
        const named = await withDeadline(judging, { timeoutMs: longestValidationMs });
        return typeof named === "string" ? named : invalid;
      } catch (cause) {
        return isAsapError(cause) && cause.code === "asap:transport/timeout" ? unavailable : invalid;
      }
    },
  };
}
