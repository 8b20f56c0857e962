/** The rules that every backend of state keeps, to run against one's own. */
import { type ContractCase, caseOf, type Subject } from "./case.js";
import { crashCases } from "./crash.js";
import { meteringRules } from "./metering.js";
import { nonceRules } from "./nonces.js";
import { snapshotRules } from "./snapshots.js";
import { taskRules } from "./tasks.js";

export type { ContractCase, Subject } from "./case.js";

/**
 * Makes the contract suite of a backend: cases for any test runner, independent of one another, each on a place of its
 * own.
 *
 * @param subject The backend.
 * @returns The cases, `snapshots: …`, `metering: …`, `tasks: …`, `nonces: …` and, with a `module`, `crash: …`.
 * @throws AsapError `asap:config/invalid_option` for `crashes` that are no whole number from 1.
 */
export function stateContract(subject: Subject): readonly ContractCase[] {
  const areas = { snapshots: snapshotRules, metering: meteringRules, tasks: taskRules, nonces: nonceRules };
  const cases = Object.entries(areas).flatMap(([area, rules]) =>
    rules
      .filter(({ durable = false }) => !(durable && subject.forgets === true))
      .map((rule) => caseOf({ ...rule, name: `${area}: ${rule.name}` }, subject)),
  );
  return [...cases, ...crashCases(subject)];
}
