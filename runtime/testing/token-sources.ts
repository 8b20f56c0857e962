import type { TokenSource } from "../auth/token-source.js";

/** A token source that notes what it is asked and told. */
export interface NotingSource extends TokenSource {
  /** How often a token was asked for. */
  readonly asked: () => number;
  /** The tokens it was told to be refused, in order. */
  readonly refusals: readonly string[];
}

/** A token source that gives the first of its tokens that was not refused, and the last one whatever is said of it. */
export function tokensInTurn(...tokens: readonly string[]): NotingSource {
  const refusals: string[] = [];
  let asked = 0;
  return {
    refusals,
    asked: () => asked,
    async token() {
      asked++;
      return tokens.find((token) => !refusals.includes(token)) ?? (tokens.at(-1) as string);
    },
    refused: (token) => void refusals.push(token),
  };
}
