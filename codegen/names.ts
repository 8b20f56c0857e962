const reservedWords = new Set(
  (
    "abstract any as asserts async await bigint boolean break case catch class const continue debugger declare default " +
    "delete do else enum eval export extends false finally for from function get if implements import in infer instanceof " +
    "interface intrinsic is keyof let module namespace never new null number object of out override package private " +
    "protected public readonly require return satisfies set static string super switch symbol this throw true try type " +
    "typeof undefined unique unknown using var void while with yield constructor prototype then"
  ).split(" "),
);

const takenTypeNames = new Set(
  (
    "Array ArrayBuffer Boolean Date Error Function Infinity JSON Map Math NaN Number Object Omit Parameters Partial Pick " +
    "Promise Proxy ReadonlyMap Readonly ReadonlyArray Record Reflect RegExp Required ReturnType Set String Symbol Uint8Array " +
    "WeakMap WeakSet AbortSignal Extract Exclude Awaited NonNullable " +
    "AsapClient AsapErrorCode AsapHandlers CloseCode CloseCodeDefinition Contract EnvelopeShape ErrorDefinition ErrorName " +
    "EventKind LimitName MessageDefinition MessageEnvelope MessageHandler MessageName MethodDefinition " +
    "MethodName PayloadMap ProtocolDefinition ReplyMap RouteDefinition RouteName Scope SendMessage SendOptions SpellingMap StandardFace " +
    "StandardIssue StatesDefinition TaskState TypeMap TypeName ValidationError Validator"
  ).split(" "),
);

/** Files that stand beside those of the types. */
const takenFiles = new Set(["faults", "index"]);

/** Why a text cannot name a generated type, or null when it can. */
export function typeNameFault(name: string): string | null {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) {
    return `${show(name)} cannot name a type: it must be letters and digits and begin with a capital letter`;
  }
  if (takenTypeNames.has(name) || takenFiles.has(kebab(name)))
    return `${show(name)} cannot name a type: generated code uses that name itself`;
  return null;
}

/** Why a text cannot name a generated member (a route, an error, a limit), or null when it can. */
export function memberNameFault(name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    return `${show(name)} cannot be a name: it must be letters, digits and _ and begin with a letter`;
  }
  return reservedWords.has(name) || name in Object.prototype ? `${show(name)} cannot be a name: it is reserved` : null;
}

/** A text in quotes, safe to print: control characters escaped, cut at 80 characters. */
export function show(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return escaped(JSON.stringify(cut), /[\u007f-\u009f\u2028\u2029]/g);
}

/** A text in which the characters that match are written as `\u` and four digits. */
export function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** `TaskRequest` as the name of a file: `task-request`; `MCPTool` gives `mcp-tool`. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

/** `TaskRequest` as the name of a method: `taskRequest`. */
export function camel(name: string): string {
  return name.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (head) => head.toLowerCase());
}

/** The key of a `$defs` member as a type name: `line-item` gives `LineItem`. */
export function pascal(key: string): string {
  return key.replace(/(?:^|[-_ .])([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());
}

/** A payload type spelling without its letter case, `.`, `_` and `-`. */
export function normalSpelling(spelling: string): string {
  return spelling.toLowerCase().replace(/[._-]/g, "");
}
