/** Where a client gets its access tokens, as the grants of `asap-kit/auth` make it. */
export interface TokenSource {
  /**
   * Gives an access token that holds for another 30 seconds at least, wherever one can be had.
   *
   * @param signal Ends the wait; a token request that others wait for goes on.
   * @throws AsapError `asap:auth/token_request_failed`, `asap:auth/unavailable`, `asap:transport/aborted`.
   */
  token(signal?: AbortSignal): Promise<string>;
  /** Told that a peer answered a token with 401: that token is not given again. */
  refused(token: string): void;
}
