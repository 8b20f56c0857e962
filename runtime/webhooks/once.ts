/**
 * Makes work that is done once: whoever asks again gets the same promise, or another try where it failed.
 *
 * @param work What is done.
 */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((cause: unknown) => {
      done = undefined;
      throw cause;
    });
    return done;
  };
}
