// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
