import { InvalidArgumentError } from "commander";
import { nearest } from "../registry/nearest.js";

/** A parser for an option that takes one of a few words; a wrong word is answered with the nearest right one. */
export function oneOf<Word extends string>(...words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    const [like] = nearest(value, words);
    throw new InvalidArgumentError(`It must be one of ${words.join(", ")}.${like ? ` Did you mean ${like}?` : ""}`);
  };
}

/**
 * A parser for an option that takes a whole number.
 *
 * @param least smallest number allowed
 * @param most largest number allowed
 */
export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** A parser for an option that may be given again; gives every value, in order. */
export const another = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];
