/** Every id that the parts make, each part one of several words. */
export const each = (...parts: readonly (string | readonly string[])[]): string[] =>
  parts.reduce<string[]>(
    (ids, part) => ids.flatMap((id) => [part].flat().map((word) => (id === "" ? word : `${id}.${word}`))),
    [""],
  );
