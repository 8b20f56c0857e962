import { asObject } from "../documents.js";
import {
  type DocumentCase,
  type DocumentFault,
  type DocumentKind,
  failOn,
  notFor,
  notJson,
  type Subject,
} from "./case.js";
import { areaOf } from "./schema-cases.js";

/** The cases about a document as text, and about its root. */
export function textCases(kind: DocumentKind): DocumentCase[] {
  const requirements = [kind === "registry" ? "REGW-001" : "MAN-001"];
  const base = { area: areaOf(kind), level: "MUST", requirements, tags: [] } as const;
  return [
    {
      ...base,
      id: `${kind}-document.text.utf-8`,
      title: "The bytes are UTF-8",
      expected: "UTF-8",
      judge: ({ json }) => failOn(json.isUtf8 ? [] : [at(json.badByteAt, "bytes of another encoding")]),
    },
    {
      ...base,
      id: `${kind}-document.text.byte-order-mark`,
      title: "The text does not begin with a byte order mark",
      expected: "no byte order mark",
      judge: ({ json }) => failOn(json.hasByteOrderMark ? [at(0, "a byte order mark")] : []),
    },
    {
      ...base,
      id: `${kind}-document.text.json`,
      title: "The text is JSON",
      expected: "JSON, without comments and trailing commas",
      judge: ({ json: { syntaxFault } }) =>
        failOn(syntaxFault === null ? [] : [at(syntaxFault.offset, syntaxFault.message)]),
    },
    {
      ...base,
      id: `${kind}-document.text.repeated-key`,
      title: "No object holds a key twice",
      level: "SHOULD",
      requirements: ["JSON-009"],
      expected: "each key once",
      judge: ({ json }) =>
        json.syntaxFault === null
          ? failOn(json.repeatedKeys.map(({ path, offset }) => ({ path, offset, found: `${path.at(-1)} again` })))
          : notFor(notJson),
    },
    {
      ...base,
      id: `${kind}-document.root.type`,
      title: kind === "registry" ? "The root is an object that holds the entries" : "The root is an object",
      expected: "an object",
      judge: (subject) => (subject.json.syntaxFault === null ? failOn(rootFaults(subject)) : notFor(notJson)),
    },
  ];
}

const at = (offset: number, found: string): DocumentFault => ({ path: [], offset, found });

function rootFaults({ kind, json: { value }, form }: Subject): DocumentFault[] {
  if (asObject(value) !== undefined) return [];
  const isArray = Array.isArray(value);
  if (isArray && kind === "registry" && form === "later") return [];
  return [{ path: [], found: isArray ? "an array" : value === null ? "null" : `a ${typeof value}` }];
}
