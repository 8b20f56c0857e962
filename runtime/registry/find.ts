import type { RegistryEntry } from "../../generated/models.js";
import { validateRegistryEntryTolerant } from "../../generated/validators/registry-entry-tolerant.js";

/** A registry as readers take it: the entries that are valid, and the places of those that are not. */
export interface RegistryEntries {
  /** Valid entries, in the order of the file. */
  readonly agents: readonly RegistryEntry[];
  /** Positions of entries left out because they are not valid. */
  readonly skipped: readonly number[];
}

/**
 * Takes the valid entries out of a registry: an object with `agents` at the root or an array of entries; members of
 * other names are ignored (wire section 13.3).
 *
 * @param registry the parsed registry
 * @returns null when the root is neither of the two
 */
export function registryEntries(registry: unknown): RegistryEntries | null {
  const isObject = typeof registry === "object" && registry !== null;
  const listed: unknown = isObject && !Array.isArray(registry) ? (Reflect.get(registry, "agents") ?? []) : registry;
  if (!Array.isArray(listed)) return null;
  const agents: RegistryEntry[] = [];
  const skipped: number[] = [];
  for (const [index, entry] of listed.entries()) {
    if (validateRegistryEntryTolerant(entry)) agents.push(entry);
    else skipped.push(index);
  }
  return { agents, skipped };
}

/**
 * The agents that offer a skill; ids of skills are compared exactly, with their case.
 *
 * @param agents the entries to look through
 * @param skill id of the skill
 */
export function findBySkill(agents: readonly RegistryEntry[], skill: string): RegistryEntry[] {
  return agents.filter((agent) => agent.skills?.includes(skill) === true);
}
