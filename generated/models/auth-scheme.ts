// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
