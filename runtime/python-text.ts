/** A scalar as error details write it: `True` and `False` for booleans. */
export const pythonText = (value: unknown): string =>
  value === true ? "True" : value === false ? "False" : String(value);

/** How errors name the type of a JSON value (wire section 6.2): list, str, int, float, bool, NoneType, dict. */
export function pythonTypeName(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "number":
      return Number.isInteger(value) ? "int" : "float";
    default:
      return "dict";
  }
}
