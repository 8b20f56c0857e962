import { left } from "./aside.js";
import { type Unseen, unseen } from "./clauses.js";
import { type Difference, differences } from "./findings.js";
import { sourceOf } from "./known.js";
import { webhooksLeft } from "./webhook-aside.js";

const opening = `# What the suite says of the reference implementation

The Python reference implementation, version 1.1.0, was recorded: requests of many kinds, over HTTP and WebSocket, and its
answers byte for byte; what its client sends and what that makes of answers; the webhooks that its library posts; how its
process ends. A test makes an agent of these recordings. It knows nothing else: it takes the recorded request that
differs from a plain task request in the same way as the one it is sent, and gives the recorded answer, with new ids and
times in place of the old ones and with what an answer repeats of its request. The suite judges that agent: the variant
that echoes, and the one behind OAuth 2.0. It judges a client, and a sender of webhooks, made in the same way.

These are all its findings: what breaks a MUST is a \`fail\`, what breaks a SHOULD is a \`warn\`. Those beyond section 18 are
given to the suite as known failures, so that it reports exactly those of section 18; the package holds all findings on
agents as such a [baseline](conformance.md#known-failures). Each row names the recordings that show it: what the requests
in question are answered from, or what the client or the sender does. Where not each of these requests was recorded itself,
the row also names the sections of the wire document that state of all of them what was recorded of some. Every other case
that is run here, and whose requests were recorded, passes or does not apply; what is not run stands at the end.
`;

/** What the runs came to that the page tells in numbers. */
export interface Told {
  /** Ids of the cases that sent what was not recorded. */
  readonly unrecorded: readonly string[];
  /** Names of the scenarios of client mode that are run. */
  readonly scenarios: readonly string[];
  /** How many scenarios there are. */
  readonly allScenarios: number;
}

/** Ids that share what comes before their last word, as one. */
function grouped(ids: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const cut = id.lastIndexOf(".");
    const [stem, word] = [id.slice(0, cut), id.slice(cut + 1)];
    groups.set(stem, [...(groups.get(stem) ?? []), word]);
  }
  return [...groups]
    .map(([stem, words]) => (words.length === 1 ? `\`${stem}.${words[0]}\`` : `\`${stem}.{${words.join(",")}}\``))
    .join(", ");
}

const coded = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const findingsOf = ({ fail, warn }: Difference) =>
  [
    ...(fail.length === 0 ? [] : [`fail: ${grouped(fail)}`]),
    ...(warn.length === 0 ? [] : [`warn: ${grouped(warn)}`]),
  ].join("; ");

const evidence = ({ records, stated = [], setting }: Difference) =>
  [
    coded(records),
    ...(stated.length === 0 ? [] : [`stated in ${stated.join(", ")}`]),
    ...(setting === undefined ? [] : [`of the variant \`${setting}\` alone`]),
  ].join("; ");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function notShown(kind: Unseen["kind"]): readonly (readonly string[])[] {
  return unseen
    .filter((one) => one.kind === kind)
    .map(({ row, clause, why, records = [], passes = [] }) => [
      `wire 18 row ${row}`,
      clause,
      kind,
      [why, ...(records.length === 0 ? [] : [`recorded: ${coded(records)}`]), ...passed(passes)].join("; "),
    ]);
}

const passed = (ids: readonly string[]) => (ids.length === 0 ? [] : [`these pass: ${grouped(ids)}`]);

/** How many ids there are of each area. */
function counted(ids: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const area = id.slice(0, id.indexOf("."));
    counts.set(area, (counts.get(area) ?? 0) + 1);
  }
  return [...counts].map(([area, count]) => `${count} of \`${area}\``).join(", ");
}

/** The page of the documentation, made from what the test holds; `vitest run conformance/recorded -u` writes it. */
export function referencePage({ unrecorded, scenarios, allScenarios }: Told): string {
  const rows = (isOne: (difference: Difference) => boolean) => differences.filter(isOne);
  return [
    opening,
    "## Differences of section 18\n",
    table(
      ["Source", "The reference", "Recorded as", "Findings"],
      rows(({ section }) => section === "18").map((one) => [
        sourceOf(one.source),
        one.does,
        evidence(one),
        findingsOf(one),
      ]),
    ),
    "\n## Beyond section 18\n",
    table(
      ["Source", "The reference", "Why it is no row of section 18", "Recorded as", "Findings"],
      rows(({ section }) => section !== "18").map((one) => [
        sourceOf(one.source),
        one.does,
        one.because ?? "",
        evidence(one),
        findingsOf(one),
      ]),
    ),
    "\n## Not shown\n",
    "Defects of section 18 that no finding shows:\n",
    table(["Source", "Defect", "Kind", "Why"], [...notShown("no fault"), ...notShown("no record")]),
    "\nParts of server mode that are not run:\n",
    table(
      ["Cases", "Why"],
      [...left, ...webhooksLeft].map(({ names, why }) => [coded(names), why]),
    ),
    `\n${unrecorded.length} cases send what was not recorded, and are not judged: ${counted(unrecorded)}.\n`,
    `Of the ${allScenarios} scenarios of client mode these are run: ${coded(scenarios)}. The others are not, though parts of`,
    "some were recorded: health, caches, statuses, redirects, tokens, and what is sent over a WebSocket. Nor are variants of the",
    "agent that mirror payloads, or ask for other tokens.\n",
  ].join("\n");
}
