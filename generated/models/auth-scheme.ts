// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * How callers prove who they are.
 * Defined in `entities/auth-scheme.schema.json`.
 */
export type AuthScheme = {
  /**
   * HTTP authentication schemes, `bearer` or `basic` in any letter case. An agent behind OAuth 2.0 advertises `bearer`
   * and describes the rest in `oauth2`.
   */
  schemes: string[];
  /** OAuth 2.0 facts. Keys in use: `authorization_url`, `token_url`, `scopes`. */
  oauth2?: { [k: string]: unknown } | null;
};
