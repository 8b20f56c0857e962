import { headerOf } from "./file.js";

/** `validators/faults.js` and its declarations: what all validators have in common. */
export function emitFaults(specHash: string): { path: string; text: string }[] {
  const header = headerOf(specHash);
  return [
    { path: "validators/faults.js", text: `${header}\n${source}` },
    { path: "validators/faults.d.ts", text: `${header}\n${declarations}` },
  ];
}

const source = `const most = 1000;

/** Records an error, unless enough are recorded already. */
export function fault(errors, instancePath, schemaPath, keyword, params, message) {
  const error = { instancePath, schemaPath, keyword, params, message };
  if (errors === null) return [error];
  if (errors.length < most) errors.push(error);
  return errors;
}

/** Takes over the errors of a validator within a validator. */
export function join(errors, more) {
  if (errors === null) return more;
  return errors.length < most ? errors.concat(more.slice(0, most - errors.length)) : errors;
}

/** Forgets the errors recorded after the first \`count\`. */
export function keep(errors, count) {
  if (errors === null || count === 0) return null;
  if (errors.length > count) errors.length = count;
  return errors;
}

/** Whether two JSON values are equal. */
export function equal(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** Length of a text in characters: a pair of surrogates is one. */
export function lengthOf(text) {
  let length = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) length++;
  return length;
}

/** Gives a check its type name and its Standard Schema face. */
export function face(typeName, check) {
  const validate = (value) => {
    if (check(value)) return { value };
    const issueOf = (error) => ({ message: error.message, path: pathOf(value, error.instancePath) });
    return { issues: check.errors.map(issueOf) };
  };
  check.errors = null;
  check.typeName = typeName;
  check["~standard"] = { version: 1, vendor: "asap-kit", validate };
  return check;
}

function pathOf(value, pointer) {
  let at = value;
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => {
      const name = segment.replace(/~1/g, "/").replace(/~0/g, "~");
      const key = Array.isArray(at) ? Number(name) : name;
      at = at?.[key];
      return key;
    });
}
`;

const declarations = `import type { ValidationError, Validator } from "../contract.js";

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
`;
