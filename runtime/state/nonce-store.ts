/** Remembers what must be used once. Rejects as a {@link SnapshotStore} does; callers then refuse the use. */
export interface NonceStore {
  /**
   * Takes a nonce.
   *
   * @param forMs How long it is remembered, in milliseconds.
   * @returns Whether it was new; of many who take the same at once, one is told true.
   */
  use(nonce: string, forMs: number): Promise<boolean>;
}
