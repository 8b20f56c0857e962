import { randomUUID } from "node:crypto";
import { removePrefix } from "./redis-place.js";

/** Prefixes of a test file, which it makes as it goes and removes at its end. */
export function places() {
  const made: string[] = [];
  return {
    /** A prefix that nobody else has. */
    fresh(): string {
      const prefix = `asap-test-${randomUUID()}`;
      made.push(prefix);
      return prefix;
    },
    async remove(): Promise<void> {
      for (const prefix of made.splice(0)) await removePrefix(prefix);
    },
  };
}
