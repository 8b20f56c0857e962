import { readToken } from "../registry/json-tokens.js";

/**
 * Finds a member name that an object holds twice at its top level. Names are compared after their escapes are read.
 *
 * @param text JSON text of an object.
 */
export function repeatedMember(text: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  let isName = false;
  for (let at = 0; ; ) {
    const token = readToken(text, at);
    if ("message" in token || token.kind === "end") return undefined;
    at = token.end;
    if (token.kind === "{" || token.kind === "[") depth += 1;
    else if (token.kind === "}" || token.kind === "]") depth -= 1;
    else if (token.kind === "string" && depth === 1 && isName) {
      const name = JSON.parse(text.slice(token.offset, token.end)) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
    isName = depth === 1 && (token.kind === "{" || token.kind === ",");
  }
}
