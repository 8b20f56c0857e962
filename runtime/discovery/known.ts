/** The members that are kept of an object: whole, by a shape of their own, or by one for every item of a list. */
export interface Shape {
  readonly [name: string]: true | Shape | readonly [Shape];
}

/**
 * Copies the known members of a document that was found valid and drops the others, whatever their names.
 *
 * @param value The document.
 * @param shape What is kept, in the order of the copy.
 * @returns The copy; free-form members are shared with the document.
 */
export function keepKnown(value: object, shape: Shape): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(shape)) {
    if (!Object.hasOwn(value, name)) continue;
    const member = (value as Record<string, unknown>)[name];
    if (inner === true || typeof member !== "object" || member === null) kept[name] = member;
    else if (isItemShape(inner)) kept[name] = (member as object[]).map((item) => keepKnown(item, inner[0]));
    else kept[name] = keepKnown(member, inner);
  }
  return kept;
}

function isItemShape(shape: Shape | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/**
 * Freezes a value and everything in it, however deep.
 *
 * @returns The value.
 */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const member of Object.values(next)) open.push(member);
  }
  return value;
}
