import { randomUUID } from "node:crypto";
import { removePlace, schemaOf } from "./server.js";

/** Schemas of a test file, which it makes as it goes and removes at its end. */
export function places() {
  const made: string[] = [];
  return {
    /** A schema that nobody else has. */
    fresh(): string {
      const place = randomUUID().replaceAll("-", "");
      made.push(place);
      return schemaOf(place);
    },
    async remove(): Promise<void> {
      for (const place of made.splice(0)) await removePlace(place);
    },
  };
}
