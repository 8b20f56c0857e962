import type { Level } from "../case.js";
import type { JsonText, Path } from "./json-text.js";

/** What a document is. */
export type DocumentKind = "registry" | "manifest";

/**
 * What a registry may look like. `published`: an object at the root and no members but those of ASAP 1.1, which every reader
 * takes. `later`: also an array at the root and members of other names, as registries have that came later.
 */
export type RegistryForm = "published" | "later";

/** How a document came over HTTP. */
export interface Served {
  readonly status: number;
  /** The last value of a header; undefined when there is none. */
  header(name: string): string | undefined;
}

/** A document that is judged. */
export interface Subject {
  readonly kind: DocumentKind;
  readonly json: JsonText;
  readonly form: RegistryForm;
  /** How it was served; null when it was not read from a URL. */
  readonly served: Served | null;
}

/** A place where a document is not as expected. */
export interface DocumentFault {
  readonly path: Path;
  /** Whether the name of the member is at fault, in place of its value. */
  readonly at?: "key" | "value";
  /** Offset in the text, where no path leads there. */
  readonly offset?: number;
  readonly found: string;
}

/** What a judge of a document says. */
export type DocumentVerdict =
  | { readonly outcome: "pass" }
  | { readonly outcome: "fail"; readonly faults: readonly DocumentFault[] }
  | { readonly outcome: "not-applicable"; readonly reason: string };

/** One rule of documents and how to judge it. */
export interface DocumentCase {
  /** Stable name, `area.subject.aspect`; never used again for something else. */
  readonly id: string;
  /** The claim that holds when the case passes. */
  readonly title: string;
  readonly area: "registry-document" | "manifest-document";
  readonly level: Level;
  /** Ids from spec/requirements.json. */
  readonly requirements: readonly string[];
  readonly tags: readonly string[];
  /** What is expected, in words. */
  readonly expected: string;
  /** Pure: the same document gives the same verdict. */
  readonly judge: (subject: Subject) => DocumentVerdict;
}

/** The passing verdict. */
export const PASS: DocumentVerdict = { outcome: "pass" };

/** A verdict from faults: a failure when there are some. */
export const failOn = (faults: readonly DocumentFault[]): DocumentVerdict =>
  faults.length === 0 ? PASS : { outcome: "fail", faults };

/** The verdict of a case that does not concern the document. */
export const notFor = (reason: string): DocumentVerdict => ({ outcome: "not-applicable", reason });

/** Why cases about what is in a document do not apply to a text that is not JSON. */
export const notJson = "the text is not JSON";

/** A value as JSON, cut to what a line can show. */
export function shown(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    return "a value nested too deep to show";
  }
  if (text === undefined) return "nothing";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
