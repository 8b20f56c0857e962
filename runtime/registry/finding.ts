import type { RegistryRule, Severity } from "./rules.js";

/** One fault of a registry: what, where and how to mend it. */
export interface RegistryFinding {
  /** `error` makes the registry invalid, `warning` does not. */
  readonly severity: Severity;
  /** Stable id of the rule. */
  readonly rule: RegistryRule;
  /** JSON pointer (RFC 6901) to the value, or to the object that lacks a member. */
  readonly pointer: string;
  /** Line in the text, from 1. */
  readonly line: number;
  /** Column in the line, from 1, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly hint: string;
  /** Id of the agent whose entry it is, where that is known. */
  readonly agent?: string;
}

/** What a validation found. */
export interface RegistryReport {
  /** Whether there is no error; warnings do not count. */
  readonly valid: boolean;
  /** Whether the published six-field form was asked for. */
  readonly strict: boolean;
  /** How many entries the registry lists, good or bad. */
  readonly agents: number;
  /** Every fault, in the order of the text. */
  readonly findings: readonly RegistryFinding[];
}
