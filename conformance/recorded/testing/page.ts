import { differences, unseen } from "./findings.js";

const before = `# What the suite says of the reference implementation

The Python reference implementation, version 1.1.0, was recorded: requests of many kinds, over HTTP and WebSocket, and its
answers byte for byte. A test makes an agent of these recordings. It knows nothing else: it takes the recorded request that
differs from a plain task request in the same way as the one it is sent, and gives the recorded answer, with new ids and
times in place of the old ones and with what an answer repeats of its request. The suite judges that agent.

These are all its findings. Each is a difference that the wire document tells of, in the section and row named here; what
breaks a MUST is a \`fail\`, what breaks a SHOULD is a \`warn\`. Every other case whose requests were recorded passes. Cases
that send what was not recorded are not judged, the body of the health answer among them.
`;

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

/** The page of the documentation, made from the table that the test holds; `vitest run conformance/recorded -u` writes it. */
export function referencePage(): string {
  const rows = differences.map(({ row, does, fail, warn }) => {
    const levels = [
      ...(fail.length === 0 ? [] : [`fail: ${grouped(fail)}`]),
      ...(warn.length === 0 ? [] : [`warn: ${grouped(warn)}`]),
    ];
    return `| ${row === "plan" ? row : `wire ${row}`} | The reference ${does}. | ${levels.join("; ")} |`;
  });
  const notSeen = unseen.map(({ row, why }) => `| wire ${row} | ${why} |`);
  return [
    before,
    "| Source | Difference | Findings |\n| --- | --- | --- |",
    `${rows.join("\n")}\n`,
    "Rows of section 18 that no request can show:\n",
    "| Source | Why |\n| --- | --- |",
    `${notSeen.join("\n")}\n`,
  ].join("\n");
}
