// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

const most = 1000;

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

/** Forgets the errors recorded after the first `count`. */
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
