// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { ValidationError, Validator } from "../contract.js";

export declare function fault(
  errors: ValidationError[] | null,
  instancePath: string,
  schemaPath: string,
  keyword: string,
  params: Record<string, unknown>,
  message: string,
): ValidationError[];
export declare function join(errors: ValidationError[] | null, more: ValidationError[]): ValidationError[];
export declare function keep(errors: ValidationError[] | null, count: number): ValidationError[] | null;
export declare function equal(a: unknown, b: unknown): boolean;
export declare function lengthOf(text: string): number;
export declare function face<T>(typeName: string, check: (value: unknown) => boolean): Validator<T>;
