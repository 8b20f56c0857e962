import type { Validator } from "../generated/contract.js";

/** One change to one member of a valid document. */
export interface Variant {
  /** Name of the change, for case ids. */
  readonly name: string;
  /** The member that is changed. */
  readonly member: string;
  /** The change in words, for titles. */
  readonly words: string;
  /** The value to put in place of the valid one; undefined leaves the member out. */
  readonly change: (valid: unknown) => unknown;
  /** Whether the validator accepts the changed document. */
  readonly valid: boolean;
}

type Change = readonly [name: string, words: string, change: (valid: unknown) => unknown];

const set = (value: unknown) => () => value;

const scalars: readonly Change[] = [
  ["number", "is a number", set(7)],
  ["string", "is a string", set("x")],
];
const containers: readonly Change[] = [
  ["array", "is an array", set([])],
  ["object", "is an object", set({})],
];
const coercible: readonly Change[] = [
  ["number-one", "is 1", set(1)],
  ["word-yes", 'is "yes"', set("yes")],
];
const empty: Change = ["empty", "is an empty string", set("")];
const unlisted: Change = ["not-listed", "is none of its values", set("surprise")];
const mixed: Change = [
  "wrong-element",
  "has an element of another type",
  (valid) => [...(Array.isArray(valid) ? valid : []), 5],
];

const urns: readonly Change[] = [
  empty,
  ["upper-case", "has upper case", set("urn:asap:agent:Echo")],
  ["underscore", "has an underscore", set("urn:asap:agent:a_b")],
  ["three-segments", "has three segments", set("urn:asap:agent:a:b:c")],
  ["empty-segment", "has an empty segment", set("urn:asap:agent:a:")],
  ["other-scheme", "is another URN", set("urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e")],
  ["line-break", "ends in a line break", (valid) => `${valid}\n`],
  ["two-segments", "has two segments", set("urn:asap:agent:conformance:suite-1")],
  ["longest", "has 256 characters", set(`urn:asap:agent:${"a".repeat(241)}`)],
  ["too-long", "has 257 characters", set(`urn:asap:agent:${"a".repeat(242)}`)],
];

const shifted = (valid: unknown): string => {
  const local = new Date(Date.parse(String(valid)) + 19_800_000).toISOString();
  return local.replace("Z", "+05:30");
};
const times: readonly Change[] = [
  ["empty", "is an empty string", set("")],
  ["no-time", "is no time", set("yesterday")],
  ["hour-24", "has the hour 24", (valid) => String(valid).replace(/T\d\d/, "T24")],
  ["second-60", "has the second 60", (valid) => String(valid).replace(/:\d\d\.\d+Z/, ":60Z")],
  ["offset-of-hours", "has an offset of hours only", (valid) => String(valid).replace("Z", "+00")],
  ["basic-format", "is in the basic format", (valid) => String(valid).replace(/[-:]|\.\d+/g, "")],
  ["week-date", "is a week date", (valid) => String(valid).replace(/-\d\d-\d\d/, "-W01-1")],
  ["no-such-day", "names a day its month does not have", (valid) => String(valid).replace(/-\d\d-\d\d/, "-02-30")],
  ["lower-case", "has a lower-case t and z", (valid) => String(valid).toLowerCase()],
  ["space", "has a space in place of T", (valid) => String(valid).replace("T", " ")],
  ["no-fraction", "has no fraction", (valid) => String(valid).replace(/\.\d+/, "")],
  ["nine-digits", "has nine fraction digits", (valid) => String(valid).replace(/\.(\d{3})/, ".$1456789")],
  ["zero-offset", "has the offset +00:00", (valid) => String(valid).replace("Z", "+00:00")],
  ["other-offset", "has the offset +05:30", shifted],
  ["no-offset", "has no offset", (valid) => String(valid).replace("Z", "")],
];

/**
 * Changes every member of a valid document in every way that fits its kind, and lets the validator say which of the
 * changed documents are still valid. A type that changes in the spec changes what comes out here.
 *
 * @param document a valid document with every member of its type
 * @param validator the judge of its type
 * @throws Error when the document itself is not valid
 */
export function variantsOf(document: Readonly<Record<string, unknown>>, validator: Validator): Variant[] {
  if (!validator(document)) throw new Error(`the starting document does not fit ${validator.typeName}`);
  const judge = (member: string, [name, words, change]: Change): Variant => {
    const changed = { ...document, [member]: change(document[member]) };
    if (changed[member] === undefined) delete changed[member];
    return { name, member, words, change, valid: validator(changed) };
  };
  const variants: Variant[] = [];
  for (const member of Object.keys(document)) {
    const of = (changes: readonly Change[]) => changes.map((change) => judge(member, change));
    const value = document[member];
    variants.push(judge(member, ["missing", "is missing", set(undefined)]));
    if (value !== null) variants.push(judge(member, ["null", "is null", set(null)]));
    for (const kinds of [scalars, containers]) {
      const wrong = of(kinds).find((variant) => !variant.valid);
      if (wrong !== undefined) variants.push(wrong);
    }
    if (typeof value === "boolean") variants.push(...of(coercible));
    else if (typeof value === "string" && value.startsWith("urn:asap:")) variants.push(...of(urns));
    else if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) variants.push(...of(times));
    else if (of([empty])[0]?.valid) variants.push(judge(member, empty));
    else if (typeof value === "string") variants.push(...of([unlisted]).filter((variant) => !variant.valid));
    if (Array.isArray(value)) variants.push(...of([mixed]).filter((variant) => !variant.valid));
  }
  variants.push(judge("surprise", ["extra", "is a member no type has", set(1)]));
  return variants;
}
