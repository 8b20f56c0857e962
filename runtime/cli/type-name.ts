import { comparable, nearest } from "../registry/nearest.js";

/**
 * The type meant by a word: any letter case, and every spelling of a message type (`task.request`, `task_request`).
 *
 * @param word what was written
 * @param names every type
 * @returns the type's name, or the names most like the word
 */
export function typeMeant(word: string, names: readonly string[]): { name: string } | { like: string[] } {
  const wanted = comparable(word);
  const name = names.find((each) => comparable(each) === wanted);
  return name === undefined ? { like: nearest(word, names, 3) } : { name };
}
