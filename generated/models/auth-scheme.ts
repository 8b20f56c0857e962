// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
