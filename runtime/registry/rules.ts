/** How grave a finding is: an error makes the registry invalid, a warning does not. */
export type Severity = "error" | "warning";

interface Rule {
  readonly severity: Severity;
  readonly summary: string;
  readonly help: string;
}

/**
 * The rules a registry is held against, by their stable id (wire section 13.3).
 */
export const registryRules = {
  "json-encoding": {
    severity: "error",
    summary: "The file is UTF-8.",
    help: "Save the file as UTF-8.",
  },
  "json-bom": {
    severity: "error",
    summary: "The file does not begin with a byte order mark.",
    help: "Save the file as UTF-8 without a byte order mark.",
  },
  "json-syntax": {
    severity: "error",
    summary: "The file is JSON.",
    help: "Correct the text at the place named; comments and trailing commas are not JSON.",
  },
  "root-type": {
    severity: "error",
    summary: "The root is an object with version, updated_at and agents, or an array of entries.",
    help: "Put the entries into the array `agents` of an object.",
  },
  "root-array": {
    severity: "error",
    summary: "In the published form the root is an object.",
    help: "Wrap the array: an object with version, updated_at and agents.",
  },
  "missing-member": {
    severity: "error",
    summary: "Every required member is there.",
    help: "Add the member.",
  },
  "unknown-member": {
    severity: "error",
    summary: "In the published form there is no member of another name.",
    help: "Remove the member: readers of version 1.1 refuse a registry that has it.",
  },
  "wrong-type": {
    severity: "error",
    summary: "Every member has the type of the published form.",
    help: "Write a value of the type named.",
  },
  "agent-urn": {
    severity: "error",
    summary: "An id is an agent URN.",
    help: "Write `urn:asap:agent:` and one or two segments of lower-case letters, digits and hyphens, 256 characters at most.",
  },
  timestamp: {
    severity: "error",
    summary: "A time is written as in RFC 3339.",
    help: "Write a time such as 2026-01-31T12:00:00Z.",
  },
  "invalid-value": {
    severity: "error",
    summary: "Every value fits the schema of its member.",
    help: "Write a value that fits the schema.",
  },
  "too-many-faults": {
    severity: "error",
    summary: "One object has more faults than are listed.",
    help: "Mend the faults listed and validate again.",
  },
  "duplicate-id": {
    severity: "warning",
    summary: "An id is listed once.",
    help: "Remove one of the entries: readers find only one of them by id.",
  },
  "duplicate-key": {
    severity: "warning",
    summary: "An object holds a key once.",
    help: "Remove one of the two: the last one wins.",
  },
  "endpoint-url": {
    severity: "warning",
    summary: "An endpoint is an absolute URL with the scheme http, https, ws or wss.",
    help: "Write the whole URL, such as https://agents.example/asap.",
  },
  "near-miss": {
    severity: "warning",
    summary: "A member that readers ignore is not a misspelt one that they know.",
    help: "Correct the name of the member.",
  },
} as const satisfies Record<string, Rule>;

/** Stable id of a rule. */
export type RegistryRule = keyof typeof registryRules;
