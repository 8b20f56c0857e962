// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
