import { asObject } from "../documents.js";
import { type DocumentCase, type DocumentFault, failOn, notFor, notJson, type Subject, shown } from "./case.js";
import { pointerOf } from "./json-text.js";
import { schemaCases } from "./schema-cases.js";
import { entriesOf } from "./schema-faults.js";
import { textCases } from "./text-cases.js";

type Entry = { readonly entry: Readonly<Record<string, unknown>>; readonly path: readonly (string | number)[] };

const noEntry = "the registry lists no entry";

/** The entries that are objects, with the way to each. */
function entriesIn({ json: { value } }: Subject): Entry[] {
  const before = Array.isArray(value) ? [] : ["agents"];
  return entriesOf(value).flatMap((one, index) => {
    const entry = asObject(one);
    return entry === undefined ? [] : [{ entry, path: [...before, index] }];
  });
}

function aboutEntries(
  one: Pick<DocumentCase, "id" | "title" | "requirements" | "expected">,
  faultsOf: (entries: readonly Entry[]) => readonly DocumentFault[],
): DocumentCase {
  return {
    ...one,
    area: "registry-document",
    level: "SHOULD",
    tags: [],
    judge(subject) {
      if (subject.json.syntaxFault !== null) return notFor(notJson);
      const entries = entriesIn(subject);
      return entries.length === 0 ? notFor(noEntry) : failOn(faultsOf(entries));
    },
  };
}

const isEndpointUrl = (text: string) => /^(?:https?|wss?):\/\//i.test(text) && URL.canParse(text);

/** The cases about registries. */
export const registryDocumentCases: readonly DocumentCase[] = [
  ...textCases("registry"),
  ...schemaCases("registry"),
  {
    id: "registry-document.updated-at.utc",
    title: "The time of the last change is written in UTC with Z",
    area: "registry-document",
    level: "SHOULD",
    requirements: ["TIME-001"],
    tags: [],
    expected: "UTC with T and Z, such as 2026-01-31T12:00:00Z",
    judge({ json }) {
      if (json.syntaxFault !== null) return notFor(notJson);
      const time = asObject(json.value)?.updated_at;
      if (typeof time !== "string") return notFor("there is no updated_at");
      return failOn(/T.*Z$/.test(time) ? [] : [{ path: ["updated_at"], found: shown(time) }]);
    },
  },
  aboutEntries(
    {
      id: "registry-document.entry.id.once",
      title: "Each agent is listed once",
      requirements: ["REGW-007"],
      expected: "an id that no entry before has",
    },
    (entries) => {
      const firsts = new Map<string, Entry>();
      return entries.flatMap((one) => {
        const { id } = one.entry;
        if (typeof id !== "string") return [];
        const first = firsts.get(id);
        if (first === undefined) firsts.set(id, one);
        return first === undefined
          ? []
          : [{ path: [...one.path, "id"], found: `${shown(id)}, which ${pointerOf(first.path)} has` }];
      });
    },
  ),
  aboutEntries(
    {
      id: "registry-document.entry.endpoints.url",
      title: "Each endpoint is an absolute URL with the scheme http, https, ws or wss",
      requirements: ["REG-001"],
      expected: "an absolute http, https, ws or wss URL",
    },
    (entries) =>
      entries.flatMap(({ entry, path }) =>
        Object.entries(asObject(entry.endpoints) ?? {})
          .filter(([, url]) => typeof url === "string" && !isEndpointUrl(url))
          .map(([kind, url]) => ({ path: [...path, "endpoints", kind], found: shown(url) })),
      ),
  ),
];
