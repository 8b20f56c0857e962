import { inspect } from "node:util";

/** Secrets that are recognised wherever they come out, and what came out. */
export interface Canaries {
  /** Makes a secret of its own for a place. */
  make(place: string): string;
  /** Takes a text that is a secret, such as a token; each of `parts` alone is one too. */
  plant(place: string, text: string, parts?: readonly string[]): string;
  /** Takes a signed token: neither its claims nor its signature may come out. */
  plantToken(place: string, token: string): string;
  /** Takes what came out somewhere: a text, or a value in every form it may be shown in. */
  note(where: string, output: unknown): void;
  /** How much came out so far, in characters. */
  readonly size: () => number;
  /** The secrets that came out, each with where it did. */
  leaks(): readonly string[];
}

/** What base64 makes of a text within a longer one, whatever stands before it. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const coded = Buffer.from("x".repeat(before) + text).toString("base64");
    return coded.slice(before === 0 ? 0 : before + 1, -4);
  });
}

/** Every form in which a value may be shown; of an error, those of its causes too. */
function formsOf(output: unknown): string[] {
  if (typeof output === "string") return [output];
  const forms = [
    inspect(output, { depth: 12, showHidden: true, getters: true, maxStringLength: null }),
    String(output),
  ];
  try {
    forms.push(JSON.stringify(output) ?? "");
  } catch {
    forms.push("");
  }
  for (let error = output; error instanceof Error; error = error.cause) {
    const { name, message, stack = "" } = error;
    forms.push(name, message, stack, JSON.stringify({ ...error }));
  }
  return forms;
}

/** Starts without a secret. */
export function canaries(): Canaries {
  const planted = new Map<string, string>();
  const outputs: (readonly [where: string, text: string])[] = [];
  let made = 0;
  const plant = (place: string, text: string, parts: readonly string[] = []) => {
    for (const part of [text, encodeURIComponent(text), ...parts, ...inBase64(text)]) planted.set(part, place);
    return text;
  };
  return {
    make: (place) =>
      plant(place, `canary${++made}-${place.replace(/\W/g, "-")}-${Math.random().toString(36).slice(2)}`),
    plant,
    plantToken: (place, token) => plant(place, token, token.split(".").slice(1)),
    note(where, output) {
      for (const text of formsOf(output)) outputs.push([where, text]);
    },
    size: () => outputs.reduce((sum, [, text]) => sum + text.length, 0),
    leaks: () => [
      ...new Set(
        outputs.flatMap(([where, text]) =>
          [...planted].filter(([form]) => text.includes(form)).map(([, place]) => `${place}: ${where}`),
        ),
      ),
    ],
  };
}
