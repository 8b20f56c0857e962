/** Kinds of token: punctuation stands for itself, `scalar` is a number, true, false or null. */
export type TokenKind = "{" | "}" | "[" | "]" | ":" | "," | "string" | "scalar" | "end";

/** A token of a JSON text; `end` is the offset after its last character. */
export interface Token {
  readonly kind: TokenKind;
  readonly offset: number;
  readonly end: number;
}

/** Where and why a text stops being JSON. */
export interface JsonFault {
  readonly offset: number;
  readonly message: string;
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const word = /[^\s,:[\]{}"]+/y;
const hex4 = /[0-9a-fA-F]{4}/y;

const isFault = (value: Token | JsonFault | number): value is JsonFault =>
  typeof value === "object" && "message" in value;

function matchEnd(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function stringEnd(text: string, start: number): number | JsonFault {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) {
      return code === 0x0a || code === 0x0d
        ? { offset: start, message: "the string does not end on its line" }
        : { offset: at, message: "a control character in a string must be escaped" };
    }
    if (code === 0x5c) {
      const sign = text[at + 1] ?? "";
      if (sign === "u") {
        if (matchEnd(hex4, text, at + 2) < 0) return { offset: at, message: "\\u needs four hexadecimal digits" };
        at += 5;
      } else if (sign !== "" && '"\\/bfnrt'.includes(sign)) at += 1;
      else return { offset: at, message: `\\${sign} is no escape of JSON` };
    }
  }
  return { offset: start, message: "the string does not end" };
}

function wordFault(text: string, offset: number): JsonFault {
  const found = text.slice(offset, Math.max(matchEnd(word, text, offset), offset + 1)).slice(0, 40);
  if (found.startsWith("//") || found.startsWith("/*")) return { offset, message: "a comment is not JSON" };
  if (found.startsWith("'")) return { offset, message: "strings stand in double quotes" };
  if (found.startsWith("\uFEFF")) return { offset, message: "a byte order mark is not JSON" };
  return { offset, message: `${JSON.stringify(found)} is not JSON` };
}

/**
 * Reads the token at or after an offset (RFC 8259, section 2).
 *
 * @param text the JSON text
 * @param from where to look
 */
export function readToken(text: string, from: number): Token | JsonFault {
  let offset = from;
  while (offset < text.length && " \t\n\r".includes(text.charAt(offset))) offset += 1;
  const first = text.charAt(offset);
  switch (first) {
    case "":
      return { kind: "end", offset, end: offset };
    case "{":
    case "}":
    case "[":
    case "]":
    case ":":
    case ",":
      return { kind: first, offset, end: offset + 1 };
    case '"': {
      const end = stringEnd(text, offset);
      return isFault(end) ? end : { kind: "string", offset, end: end };
    }
  }
  const end = matchEnd(scalar, text, offset);
  return end < 0 ? wordFault(text, offset) : { kind: "scalar", offset, end };
}
