import { clientCases, type PlannedClientCase } from "./cases.js";
import { type Choice, chooseCases, unknownNames } from "./choose.js";
import type { Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";

/** A scenario as the published list tells it. */
export interface ListedScenario extends Pick<Scenario, "name" | "title" | "summary" | "profile"> {
  /** Variables that it sets for the client beside ASAP_CONFORMANCE_URL and ASAP_CONFORMANCE_SCENARIO. */
  readonly env: readonly { readonly name: string; readonly summary: string }[];
  /** Ids of its cases. */
  readonly cases: readonly string[];
}

/** The published list: what a client must do in each scenario. */
export function scenarioList(): readonly ListedScenario[] {
  return scenarios.map(({ name, title, summary, profile, env = {} }) => ({
    name,
    title,
    summary,
    profile,
    env: Object.entries(env).map(([variable, { summary: holds }]) => ({ name: variable, summary: holds })),
    cases: clientCases.filter(({ area }) => area === name).map(({ id }) => id),
  }));
}

/** The cases of client mode that a choice names. */
export const chooseClientCases = (choice: Choice): readonly PlannedClientCase[] => chooseCases(clientCases, choice);

/** Those of some names that name no case of client mode. */
export const unknownClientNames = (names: readonly string[]): readonly string[] => unknownNames(clientCases, names);
