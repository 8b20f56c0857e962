/** What stands in place of a secret. */
export const redacted = "***REDACTED***";

const names = [
  "client_?secret",
  "(?:access|refresh|id|subject|actor)_?token",
  "code_?verifier",
  "(?:client_?)?assertion",
  "device_?code",
  "passw(?:or)?d",
  "api[_-]?key",
].join("|");
/** Between a name and its value: the name may stand in quotes, and those within other quotes. */
const separator = String.raw`\\{0,9}["']?\s{0,8}[:=]\s{0,8}`;
/** What a value in quotes holds; its closing quote is left, so that nothing depends on there being one. */
const quoted = String.raw`(")[^"\\]*(?:\\[^][^"\\]*){0,999}|(')[^'\\]*(?:\\[^][^'\\]*){0,999}|(\\{1,9}["'])[^"'\\]*`;
const bare = String.raw`[^\s"'\\&,;]+`;

/** What follows the name of a scheme where no credentials do: a word of plain English, or a parameter of a challenge. */
const plain = String.raw`(?:tokens?|auth|authentication|schemes?|is|are|was|and|or|in|for|of|to|with|without|has|must|not|only)[.,;:!?)"']{0,3}(?:\s|$)`;
const parameter = String.raw`[a-z_]{1,40}=\\{0,9}"`;

/** Codes that tell of errors and numbers that tell of closing, which share a name with the codes of OAuth. */
const knownCode = String.raw`asap:|[A-Z_]{3,40}(?![\w-])|-?\d{1,6}(?![\w-])`;

const keep = `$1$2$3$4${redacted}`;

/**
 * Patterns and what replaces them. Each reads a text in time that grows with its length: beginnings are bounded, and what
 * follows is taken without turning back; groups repeat a bounded number of times.
 */
const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]*(?:-(?!----)[^-]*){0,999}(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
    redacted,
  ],
  [/([a-z][a-z0-9+.-]{0,20}:\\?\/\\?\/)[^\s/?#"'<>\\]*@/gi, `$1${redacted}@`],
  [new RegExp(String.raw`\b((?:bearer|dpop)(?:\s{1,8}|%20))(?!${plain}|${parameter})${bare}`, "gi"), `$1${redacted}`],
  [/\b((?:[Bb]asic|BASIC)(?:\s{1,8}|%20))(?![A-Z]?[a-z]*[.,;:!?)"']{0,3}(?:\s|$))[\w+/~.-]+=*/g, `$1${redacted}`],
  [new RegExp(String.raw`(authorization${separator})(?:${quoted}|[^\s"'\\][^\r\n"'\\]*)`, "gi"), keep],
  [new RegExp(`((?:${names})${separator})(?:${quoted}|${bare})`, "gi"), keep],
  [
    new RegExp(
      String.raw`((?<![\w-])(?:code|token|secret)(?:=|\\{0,9}["']\s{0,8}:\s{0,8}\\{0,9}["']))(?!${knownCode})${bare}`,
      "g",
    ),
    `$1${redacted}`,
  ],
  [/((?<![\w-])(?:d|p|q|dp|dq|qi|k)\\{0,9}["']?\s{0,8}:\s{0,8}\\{0,9}["'])[\w-]{20,}/g, `$1${redacted}`],
  [/eyJ[\w-]{10,}(?:\.[\w-]+){0,9}/g, redacted],
];

/** Longest text that is looked through, in characters. */
const longest = 1_000_000;

/**
 * The text without what looks like a secret: credentials, tokens, codes, private keys, the userinfo of URLs. One over a
 * million characters is cut there.
 */
export function withoutSecrets(text: string): string {
  const read = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return rules.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), read);
}
