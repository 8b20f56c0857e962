import type { ValidationError, Validator } from "../../generated/contract.js";
import { pathOf } from "./position.js";

/** A value that satisfies each member's schema, by member name. */
export type Placeholders = Readonly<Record<string, unknown>>;

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function put(target: Fields, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

function shallow(value: unknown): unknown {
  if (Array.isArray(value)) return [...value];
  return isObject(value) ? { ...value } : value;
}

function blankOut(copy: Fields, [member, item]: string[], placeholders: Placeholders): void {
  if (member === undefined) return;
  const inner = copy[member];
  if (item === undefined || !isObject(inner)) put(copy, member, placeholders[member]);
  else if (Array.isArray(inner)) inner[Number(item)] = "";
  else delete inner[item];
}

/**
 * Every fault of an object, by a validator that may stop at the first: each fault found is blanked out in a copy and
 * the copy is validated again.
 *
 * @param validate validator of the object
 * @param value the object; not changed
 * @param placeholders a right value for each member
 * @param most how many faults to look for, default 1000
 */
export function everyFault(
  validate: Validator,
  value: unknown,
  placeholders: Placeholders,
  most = 1000,
): { faults: ValidationError[]; complete: boolean } {
  if (validate(value)) return { faults: [], complete: true };
  if (!isObject(value) || Array.isArray(value)) return { faults: (validate.errors ?? []).slice(0, 1), complete: true };
  const copy: Fields = { ...value };
  for (const name of Object.keys(copy)) put(copy, name, shallow(copy[name]));
  const faults: ValidationError[] = [];
  const seen = new Set<string>();
  while (!validate(copy)) {
    const before = seen.size;
    for (const error of validate.errors ?? []) {
      const key = JSON.stringify([error.keyword, error.instancePath, error.params]);
      if (seen.has(key)) continue;
      if (seen.size >= most) return { faults, complete: false };
      seen.add(key);
      faults.push(error);
      const path = pathOf(error.instancePath);
      const missing = error.params["missingProperty"];
      const extra = error.params["additionalProperty"];
      if (path.length === 0 && typeof missing === "string") put(copy, missing, placeholders[missing]);
      else if (path.length === 0 && typeof extra === "string") delete copy[extra];
      else blankOut(copy, path, placeholders);
    }
    if (seen.size === before) return { faults, complete: false };
  }
  return { faults, complete: true };
}
