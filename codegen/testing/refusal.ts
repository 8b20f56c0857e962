import { existsSync } from "node:fs";
import { expect } from "vitest";
import { CodegenError, check, generate } from "../index.js";

/** A way to spoil a spec, and the refusal it must meet with. */
export type Fault = [title: string, make: (spec: string) => void, file: string, pointer: string, reason: RegExp];

/** The refusal of a spec by both generate and check; nothing may be written. */
export async function refusal(spec: string): Promise<CodegenError> {
  const out = `${spec}-out`;
  const told = await generate({ spec, out }).catch((error: unknown) => error);
  expect(existsSync(out)).toBe(false);
  const again = await check({ spec, out }).catch((error: unknown) => error);
  if (!(told instanceof CodegenError)) throw new Error(`not refused: ${String(told)}`);
  expect(again).toBeInstanceOf(CodegenError);
  return told;
}

/** Fails unless a refusal names a fault in a file, at a pointer that begins as given, for a reason. */
export function expectFault(error: CodegenError, file: string, pointer: string, reason: RegExp): void {
  const found = error.problems.find((problem) => problem.file === file && problem.pointer.startsWith(pointer));
  expect(found, error.message).toBeDefined();
  expect(found?.reason).toMatch(reason);
}
