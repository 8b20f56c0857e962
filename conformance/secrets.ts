import type { CaseResult, Report } from "./report.js";

/** Takes secrets out of a text: `***` stands in their place. */
export type Hide = (text: string) => string;

/** What a report must not show. */
export interface Secrets {
  /** Names of the caller's headers, in lower case; their values are not shown. */
  readonly headers: ReadonlySet<string>;
  /** Texts that are replaced by `***` wherever they occur, in whatever way they are escaped. */
  readonly values: readonly string[];
}

const leastLength = 4;
const leastPart = 6;
const mark = "***";
const secretWords =
  /auth(?!or(?!iz)|entic)|cookie|token|secret|passw|passphrase|credential|private|session|signature|bearer|jwt|api_?key|dsn$|database_url|connection_?string/i;
const secretEnds = /(?:^|[_.-])(?:keys?|pass|pwd|pw|pin|sid)(?:$|[_.-])/i;

/** Whether the name of a header, variable or option says that its value is secret. */
export const isSecretName = (name: string): boolean => secretWords.test(name) || secretEnds.test(name);

/** Whether a text of at least 8 characters looks like a key or a token rather than like words. */
export const looksRandom = (value: string): boolean =>
  /^[\w+/=.~:-]{8,}$/.test(value) &&
  ((/\d/.test(value) && /[a-z]/i.test(value) && !/^\d{4}-\d\d-\d\d/.test(value)) ||
    (value.length >= 16 && /[a-z]/.test(value) && /[A-Z]/.test(value) && !/[./-]/.test(value)));

/** The secrets in a value that is secret: itself, what follows a scheme, what Basic holds, cookies, userinfo of a URL. */
export function secretTexts(value: string): string[] {
  const credentials = /^[\w-]+ +(.+)$/.exec(value)?.[1];
  const decoded = /^basic +([\w+/=-]+)$/i.exec(value)?.[1];
  const pair = decoded === undefined ? "" : Buffer.from(decoded, "base64").toString("utf8");
  const password = pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : "";
  const parts = value.split(/[;,]\s*/).flatMap((part) => {
    const [, quoted] = /^[^=\s]+=\s*"?([^"]*)"?$/.exec(part.trim()) ?? [];
    return quoted === undefined || quoted.length < leastPart ? [] : [quoted];
  });
  const [, userinfo = ""] = /^[a-z][a-z\d+.-]*:\/\/([^/?#@\s]+)@/i.exec(value) ?? [];
  const inUrl = userinfo.slice(userinfo.indexOf(":") + 1);
  return [value, credentials, pair, password, ...parts, userinfo, inUrl, decodedUri(inUrl)].filter(
    (text): text is string => text !== undefined && text.length >= leastLength,
  );
}

/** The secrets in the caller's headers: those whose name says so, and values that look like keys. */
export const secretsOf = (headers: Readonly<Record<string, string>>): Secrets => ({
  headers: new Set(Object.keys(headers).map((name) => name.toLowerCase())),
  values: Object.entries(headers).flatMap(([name, value]) =>
    isSecretName(name) || looksRandom(value) ? secretTexts(value) : [],
  ),
});

/**
 * Makes a function that hides texts, also where they are escaped for JSON, a URL, XML or a log, or in Base64, and the
 * beginning of one at the end of a text that was cut.
 *
 * @param values texts to hide; those of less than 4 characters are left as they are
 */
export function hiderOf(values: readonly string[]): Hide {
  const known = [...new Set(values)].filter((value) => value.length >= leastLength);
  if (known.length === 0) return (text) => text;
  const encoded = known.filter((value) => value.length >= 8).flatMap(base64Of);
  const longestFirst = [...known, ...encoded].toSorted((one, other) => other.length - one.length);
  const pattern = new RegExp(longestFirst.map(patternOf).join("|"), "gu");
  return (text) => longestFirst.reduce(withoutBeginning, text.replace(pattern, mark));
}

/** A result without secrets; what the suite itself says stays as it is. */
export const hideCase = (result: CaseResult, hide: Hide): CaseResult => hidden(result, hide);

/** A report without secrets; what the suite itself says stays as it is. */
export const hideReport = (report: Report, hide: Hide): Report => hidden(report, hide);

/** Members that the suite or the baseline writes, which are no text of the subject. */
const own: ReadonlySet<string> = new Set([
  ...["mode", "suite", "startedAt", "outcome", "counts", "baseline", "profile", "verdict"],
  ...["id", "title", "area", "level", "tags", "rules", "known", "direction", "kind"],
]);

function hidden<Value>(value: Value, hide: Hide, kept = own): Value {
  if (typeof value === "string") return hide(value) as Value;
  if (Array.isArray(value)) return value.map((each) => hidden(each, hide, kept)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => {
    if (kept.has(name)) return [name, each];
    const inner = name === "token" || name === "headers" ? nothing : kept;
    return [kept === nothing ? hide(name) : name, hidden(each, hide, inner)];
  });
  return Object.fromEntries(entries) as Value;
}

const nothing: ReadonlySet<string> = new Set();

const base64Of = (value: string): string[] => [
  Buffer.from(value).toString("base64").replace(/=+$/, ""),
  Buffer.from(value).toString("base64url"),
];

const named: Readonly<Record<string, string>> = { '"': "quot", "&": "amp", "<": "lt", ">": "gt", "'": "apos" };

/** Signs of a secret that are looked for; what follows them without a break belongs to it. */
const longestPattern = 1024;

/** A pattern of a text in which each sign may be escaped; letters and digits are not. */
const patternOf = (text: string): string => {
  const signs = [...text];
  const start = signs.slice(0, longestPattern).map(signPattern).join("");
  return signs.length > longestPattern ? `${start}[^\\s"'<>]*` : start;
};

function signPattern(sign: string): string {
  if (/[a-z\d]/i.test(sign)) return sign;
  const code = sign.codePointAt(0) ?? 0;
  const units = sign.split("").map((unit) => `\\\\+u${anyCase(unit.charCodeAt(0).toString(16).padStart(4, "0"))}`);
  const bytes = [...Buffer.from(sign)].map((byte) => `%(?:25)*${anyCase(hex(byte))}`);
  const forms = [
    `\\\\*\\u{${code.toString(16)}}`,
    units.join(""),
    bytes.join(""),
    `\\\\+x${anyCase(hex(code))}`,
    `&#0*${code};`,
    `&#[xX]0*${anyCase(code.toString(16))};`,
    ...(sign in named ? [`&${named[sign]};`] : []),
    ...(sign === " " ? ["\\+"] : []),
    ...(code > 0x7f ? ["\\ufffd"] : []),
    ...(code > 0x7f && code < 0x100 ? [`%${anyCase(hex(code))}`] : []),
  ];
  return `(?:${forms.join("|")})`;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const anyCase = (digits: string): string => digits.replace(/[a-f]/g, (one) => `[${one}${one.toUpperCase()}]`);

/** The text without the beginning of a secret where it was cut: at its end, or before an ellipsis. */
function withoutBeginning(text: string, secret: string): string {
  const head = secret.slice(0, leastPart);
  if (secret.length <= leastPart || !text.includes(head)) return text;
  const cuts = [...text.matchAll(/…|\.\.\.|$/g)].map(({ index }) => index);
  return cuts.reduceRight((rest, end) => {
    for (let at = rest.indexOf(head, Math.max(0, end - secret.length)); at >= 0 && at < end; ) {
      if (secret.startsWith(rest.slice(at, end))) return rest.slice(0, at) + mark + rest.slice(end);
      at = rest.indexOf(head, at + 1);
    }
    return rest;
  }, text);
}

function decodedUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
