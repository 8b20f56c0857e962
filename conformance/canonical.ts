/**
 * What keeps a JSON text from the one form that webhooks are sent in: compact, keys sorted by code point at every depth,
 * nothing but printable ASCII. Null where nothing does. How numbers are written is not judged.
 *
 * @see wire section 1.5
 */
export function canonicalFault(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return "no JSON";
  }
  const outside = /[^\x20-\x7e]/u.exec(text);
  if (outside !== null)
    return `the character U+${outside[0].codePointAt(0)?.toString(16).padStart(4, "0")}, not escaped`;
  if (/\s/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'))) return "white space between its parts";
  return unsortedIn(text);
}

/** The first key that stands after a larger one, in words. */
function unsortedIn(text: string): string | null {
  const open: { isObject: boolean; last: string | undefined; isKey: boolean }[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const top = open.at(-1);
    if (token === "{" || token === "[") open.push({ isObject: token === "{", last: undefined, isKey: true });
    else if (token === "}" || token === "]") open.pop();
    else if (top === undefined || !top.isObject) continue;
    else if (token === ":") top.isKey = false;
    else if (token === ",") top.isKey = true;
    else if (top.isKey) {
      const key = String(JSON.parse(token));
      if (top.last !== undefined && byCodePoints(top.last, key) > 0) return `the key ${key} after ${top.last}`;
      top.last = key;
    }
  }
  return null;
}

function byCodePoints(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => Array.from(text, (sign) => sign.codePointAt(0) ?? 0));
  for (const [at, sign] of (left ?? []).entries()) {
    const difference = sign - (right?.[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}
