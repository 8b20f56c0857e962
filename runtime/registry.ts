export { type RegistryView, registryView, type SkippedEntry } from "./discovery/registry.js";
export { type EntryFromManifestOptions, entryFromManifest } from "./registry/entry.js";
export type { RegistryFinding, RegistryReport } from "./registry/finding.js";
export { formatRegistryGithub } from "./registry/format-github.js";
export { formatRegistryJson } from "./registry/format-json.js";
export { type FormatSarifOptions, formatRegistrySarif } from "./registry/format-sarif.js";
export { type FormatTextOptions, formatRegistryText } from "./registry/format-text.js";
export { type RegistryRule, registryRules, type Severity } from "./registry/rules.js";
export { type ValidateRegistryOptions, validateRegistry } from "./registry/validate.js";
