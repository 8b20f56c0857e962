/** What is known of the objects of a document, by their places: member names joined by dots, `*` for each item of a list. */
export interface Known {
  /** Names of the members of an object that has members of its own. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  /** Objects that may have any members. */
  readonly maps: ReadonlySet<string>;
}

/** How a document stands to what is known. */
export interface Survey {
  /** Places of objects that have a member which is not known. */
  readonly further: ReadonlySet<string>;
  /** Places where something else stands than what is known of them, or of which nothing is known and an object stands there. */
  readonly other: ReadonlySet<string>;
  /** Places of known members that every object has which may have them. */
  readonly full: ReadonlySet<string>;
}

interface Learned {
  readonly members: Map<string, Set<string>>;
  readonly maps: Set<string>;
}

const model = "\0model";
const token =
  /datetime\.datetime\((?:[^()]|\([^()]*\))*\)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(\w+)=|\b([A-Z]\w*)\(|\)|\b(?:None|True|False)\b/g;
const words: Readonly<Record<string, string>> = { ")": "}", None: "null", True: "true", False: "false" };

/**
 * What a value printed by Python says of its members: `Name(member=…)` is an object with members of its own, all of which
 * it prints, and `{…}` one that may have any.
 *
 * @param place of the value in a document; the document itself unless given
 * @throws SyntaxError for a text of another form
 */
export function membersOfPrinted(text: string, place = ""): Known {
  const json = text.replace(token, (whole, single?: string, double?: string, member?: string, name?: string) => {
    if (single !== undefined || double !== undefined) return JSON.stringify(single ?? double);
    if (member !== undefined) return `${JSON.stringify(member)}:`;
    if (name !== undefined) return `{${JSON.stringify(model)}:${JSON.stringify(name)},`;
    return words[whole] ?? '"a time"';
  });
  const learned: Learned = { members: new Map(), maps: new Set() };
  learn(JSON.parse(json), place, learned);
  return learned;
}

function learn(value: unknown, place: string, learned: Learned): void {
  if (Array.isArray(value)) for (const item of value) learn(item, within(place, "*"), learned);
  if (!isObject(value)) return;
  if (!(model in value)) {
    learned.maps.add(place);
    return;
  }
  const members = learned.members.get(place) ?? new Set();
  learned.members.set(place, members);
  for (const [name, inner] of Object.entries(value)) {
    if (name === model) continue;
    members.add(name);
    learn(inner, within(place, name), learned);
  }
}

/** The same, and the members of the objects that stand at a place of a document; nothing of what is in those. */
export function withMembersAt(known: Known, place: string, document: unknown): Known {
  const names = valuesAt(document, place.split(".")).flatMap((value) => (isObject(value) ? Object.keys(value) : []));
  return { ...known, members: new Map([...known.members, [place, new Set(names)]]) };
}

function valuesAt(value: unknown, [first, ...rest]: readonly string[]): unknown[] {
  if (first === undefined) return [value];
  if (first === "*") return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  return isObject(value) && first in value ? valuesAt(value[first], rest) : [];
}

/**
 * Compares a document with what is known. The values of members are not looked at, but for objects and lists.
 *
 * @param place of the value in a document; the document itself unless given
 */
export function surveyOf(value: unknown, known: Known, place = ""): Survey {
  const further = new Set<string>();
  const other = new Set<string>();
  const full = new Map<string, boolean>();
  const visit = (inner: unknown, at: string): void => {
    if (Array.isArray(inner)) {
      for (const item of inner) visit(item, within(at, "*"));
      return;
    }
    if (known.maps.has(at)) return;
    const members = known.members.get(at);
    if ((members !== undefined) !== isObject(inner)) other.add(at);
    if (members === undefined || !isObject(inner)) return;
    for (const name of members) full.set(within(at, name), name in inner && full.get(within(at, name)) !== false);
    for (const [name, own] of Object.entries(inner)) {
      if (members.has(name)) visit(own, within(at, name));
      else further.add(at);
    }
  };
  visit(value, place);
  return { further, other, full: new Set([...full].flatMap(([at, isFull]) => (isFull ? [at] : []))) };
}

const within = (place: string, name: string) => (place === "" ? name : `${place}.${name}`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
