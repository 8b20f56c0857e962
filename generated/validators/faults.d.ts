// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
