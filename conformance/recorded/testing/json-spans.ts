/** A value within a JSON text, and where it stands. */
export interface Span {
  /** Names and positions from the root, joined by dots; empty for the root. */
  readonly path: string;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Every value of a JSON text, the root first; of a member that occurs twice the last one. Null when it is no JSON. */
export function spansOf(text: string): ReadonlyMap<string, Span> | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const spans = new Map<string, Span>();
  let at = 0;
  const blank = () => {
    while (/\s/.test(text[at] ?? "")) at += 1;
  };
  const string = (): string => {
    const start = at;
    for (at += 1; text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const read = (path: string): void => {
    blank();
    const start = at;
    const open = text[at];
    const below = (name: string | number) => read(path === "" ? String(name) : `${path}.${name}`);
    if (open === '"') string();
    else if (open === "{" || open === "[") {
      const close = open === "{" ? "}" : "]";
      at += 1;
      blank();
      for (let index = 0; text[at] !== close; index += 1) {
        if (text[at] === ",") at += 1;
        blank();
        const name = open === "{" ? string() : index;
        blank();
        if (open === "{") at += 1;
        below(name);
        blank();
      }
      at += 1;
    } else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at += 1;
    spans.set(path, { path, value: JSON.parse(text.slice(start, at)), start, end: at });
  };
  read("");
  return spans;
}
