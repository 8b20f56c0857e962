/** A member of a JSON object as it was written. */
export interface RawMember {
  readonly name: string;
  /** Text of the value, without surrounding space. */
  readonly text: string;
}

/**
 * Members of the object at the root of a JSON text, in order and as written, so that large numbers, repeated names and
 * the order stay visible. Null when the text is no JSON object.
 */
export function rawMembers(text: string): readonly RawMember[] | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let at = skipSpace(text, 0);
  if (text[at] !== "{") return null;
  const members: RawMember[] = [];
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at);
    const colon = skipSpace(text, nameEnd);
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    members.push({ name: String(JSON.parse(text.slice(at, nameEnd))), text: text.slice(start, end) });
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return members;
}

/** True when the JSON text has no space outside its strings. */
export function isCompact(text: string): boolean {
  return !/\s/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  return at;
}

/** Where a string of a text that is JSON ends, which begins at an offset. */
export function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === "{" || char === "[") depth += 1;
    else if ((char === "}" || char === "]" || char === ",") && depth === 0) break;
    else if (char === "}" || char === "]") depth -= 1;
  }
  return text.slice(0, at).trimEnd().length;
}
