// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
