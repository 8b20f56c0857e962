// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
