import type { Rule } from "../report.js";
import { loadRules } from "../rules.js";
import type { DocumentCase } from "./case.js";
import { documentCases } from "./judge.js";

/** A case about documents with all that can be told of it without running it. */
export interface ExplainedDocumentCase extends Omit<DocumentCase, "judge"> {
  readonly rules: readonly Rule[];
}

/**
 * All that can be told of a case about documents without running it.
 *
 * @returns undefined where no case is called that
 */
export async function explainDocumentCase(id: string): Promise<ExplainedDocumentCase | undefined> {
  const found = documentCases.find((one) => one.id === id);
  if (found === undefined) return undefined;
  const { judge: _, ...told } = found;
  const { rule } = await loadRules();
  return { ...told, rules: told.requirements.map(rule) };
}
