import type { ArrivalRecord, CaseResult, ExchangeRecord, FrameRecord, Place } from "../report.js";

const maxToken = 2000;

/** Text without what a terminal or an XML reader would stumble over: controls but tab and line feed, other line
 * ends, marks of direction, lone surrogates. What a CI runner takes for a command in what is printed, `::` at the beginning
 * of a line and `##[` or `##vso[` anywhere, has its first sign escaped. */
export function plain(text: string): string {
  return [...text.replaceAll("\r\n", "\n")]
    .map((char) => (isUnfit(char.codePointAt(0) ?? 0) ? "\ufffd" : char))
    .join("")
    .replace(/^([^\S\n]*)::/gm, "$1\\x3a:")
    .replace(/#(?=#(?:\[|vso\[))/gi, "\\x23");
}

const isUnfit = (code: number) =>
  (code < 0x20 && code !== 0x0a && code !== 0x09) ||
  (code >= 0x7f && code < 0xa0) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  (code >= 0xd800 && code <= 0xdfff) ||
  code === 0xfffe ||
  code === 0xffff;

/** The exchange at fault of a finding. */
export const exchangeAtFault = ({ exchanges, at }: CaseResult): ExchangeRecord | undefined => exchanges?.[at ?? 0];

/** What tells a finding: names and texts, without those that it does not have. The texts are those of the agent. */
export function evidenceOf(result: CaseResult): readonly (readonly [name: string, text: string])[] {
  const exchange = exchangeAtFault(result);
  const { rules, known, places } = result;
  const rows: (readonly [string, string | undefined])[] = [
    ...rules.map(({ id, text, source }) => ["rule", `${id} ${text}${source === "" ? "" : ` [${source}]`}`] as const),
    ["reason", result.reason],
    ["expected", result.expected],
    ["found", result.found],
    ["tries", result.attempts === undefined ? undefined : String(result.attempts)],
    ["known", known && `until ${known.expires}: ${known.reason}${known.issue === undefined ? "" : `, ${known.issue}`}`],
    ["place", places?.map(placeText).join("\n")],
    ["token", exchange?.token && tokenText(exchange.token)],
    ["sent", exchange?.sent.trimEnd()],
    ["received", exchange?.received.trimEnd()],
    ["frames", exchange?.frames?.map(frameLine).join("\n")],
    ["arrived", exchange?.arrived?.map(arrivalLine).join("\n")],
    ["again", result.replay],
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
}

/** The evidence as lines, the names in a column. */
export function evidenceText(result: CaseResult, indent = "", without: readonly string[] = []): string {
  return evidenceOf(result)
    .filter(([name]) => !without.includes(name))
    .map(([name, text]) => {
      const rest = `\n${indent}${" ".repeat(10)}`;
      return `${indent}${name.padEnd(9)} ${plain(text).replaceAll("\n", rest)}`;
    })
    .join("\n");
}

/** A place as editors read it, with what was found there. */
export const placeText = ({ file, line, column, pointer, found }: Place): string =>
  `${file}:${line}:${column}${pointer === "" ? "" : ` (${pointer})`}: ${found}`;

/** The token of an exchange, as it was written. */
const tokenText = ({ header, claims }: NonNullable<ExchangeRecord["token"]>): string =>
  `${JSON.stringify(header)} ${JSON.stringify(claims)}`.slice(0, maxToken);

/** A frame in one line. */
export function frameLine({ direction, kind, marks, text, atMs }: FrameRecord): string {
  const arrow = direction === "sent" ? "->" : "<-";
  return `${arrow} ${atMs} ms ${[kind, ...marks].join(", ")}${text === "" ? "" : `: ${text}`}`;
}

/** A webhook in one line. */
export const arrivalLine = ({ method, path, headers, body, atMs }: ArrivalRecord): string =>
  `${atMs} ms ${method} ${path === "" ? "the callback" : path} ${signs(headers)}: ${body}`;

/** The headers that a webhook is known and judged by. */
const signs = (headers: ArrivalRecord["headers"]): string =>
  ["content-type", "webhook-id", "x-asap-signature"]
    .flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]))
    .join(", ");
