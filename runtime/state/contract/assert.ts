import assert from "node:assert/strict";
import { isAsapError } from "../../error.js";

/** Asserts that work is refused with a code. */
export async function refused(code: string, work: () => Promise<unknown>): Promise<void> {
  const outcome = await work().then(
    () => "it was not refused",
    (cause: unknown) => (isAsapError(cause) ? cause.code : cause),
  );
  assert.equal(outcome, code);
}

/** Texts that backends tend to stumble over, each of them an id. */
export const awkwardTexts: readonly string[] = [
  "a",
  " ",
  "'; DROP TABLE snapshots; --",
  '"quoted"',
  "100%_",
  "a:b:c",
  "{a}:{b}",
  "back\\slash",
  "line\nbreak\ttab",
  "*?[x]",
  "$1 ?1 :name @name",
  "__proto__",
  "constructor",
  "é\u0301 ✓ 漢字 😀",
  "\u007f\u0001\uffff",
  "../../etc/passwd",
  "null",
  "x".repeat(1_024),
];
