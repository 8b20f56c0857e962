import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { judgeManifest, judgeRegistry } from "../document/judge.js";
import type { Report } from "../report.js";

type Members = Record<string, unknown>;

/** A document that is wrong on purpose. */
export interface DocumentMutant {
  /** Stable name, `group/subject`. */
  readonly id: string;
  /** What is wrong, in a sentence. */
  readonly name: string;
  readonly role: "document";
  readonly group: "registry" | "manifest";
  /** Cases that must fail on it. */
  readonly kills: readonly string[];
  /** Cases that rightly fail along with them. */
  readonly also: readonly string[];
  /** The document; of one that is served, its body. */
  text(): string | Uint8Array;
  judge(only?: readonly string[]): Promise<Report>;
}

/** A registry without fault. */
export const soundRegistry = () => ({
  version: "1.0",
  updated_at: "2026-03-02T10:20:00Z",
  agents: [
    entryNamed("urn:asap:agent:tide-tables"),
    { ...entryNamed("urn:asap:agent:acme:billing"), skills: ["invoice", "remind"] },
  ],
});

const entryNamed = (id: string) => ({
  id,
  name: "Tide Tables",
  description: "Predicts high and low water.",
  endpoints: { http: "https://tide.example/asap", ws: "wss://tide.example/asap/ws" },
  skills: ["predict_tide"],
  asap_version: "1.1.0",
});

/** A manifest without fault, with every member. */
export const soundManifest = () => ({
  id: "urn:asap:agent:tide-tables",
  name: "Tide Tables",
  version: "1.2.0",
  description: "Predicts high and low water.",
  capabilities: {
    asap_version: "0.1",
    skills: [{ id: "predict_tide", description: "Predicts.", input_schema: {}, output_schema: null }],
    state_persistence: false,
    streaming: true,
    mcp_tools: ["almanac"],
  },
  endpoints: { asap: "https://tide.example/asap", events: "wss://tide.example/asap/ws" },
  auth: { schemes: ["bearer"], oauth2: { token_url: "https://login.example/token" } },
  signature: null,
  ttl_seconds: 300,
});

/** Headers of a manifest as agents serve it. */
export const soundHeaders: Readonly<Record<string, string>> = {
  "Content-Type": "application/json",
  ETag: '"5d41402abc4b2a76b9719d911017c592"',
  "Cache-Control": "public, max-age=300",
};

/** A copy of a document with another value at a way of names; undefined takes the member out. */
function changed(document: unknown, way: readonly string[], value: unknown): unknown {
  const [name = "", ...rest] = way;
  const copy = (Array.isArray(document) ? [...document] : { ...(document as Members) }) as Members;
  const put = rest.length === 0 ? value : changed(copy[name], rest, value);
  if (put === undefined) delete copy[name];
  else copy[name] = put;
  return copy;
}

const base = { registry: soundRegistry, manifest: soundManifest };

function mutant(
  group: DocumentMutant["group"],
  subject: string,
  name: string,
  text: () => string | Uint8Array,
  more: Partial<Pick<DocumentMutant, "also" | "judge">> = {},
): DocumentMutant {
  const judge = group === "registry" ? judgeRegistry : judgeManifest;
  return {
    id: `${group}/${subject}`,
    name: `A ${group} ${name}`,
    role: "document",
    group,
    kills: [`${group}-document.${subject}`],
    also: [],
    text,
    judge: (only = []) => judge(text(), { only }),
    ...more,
  };
}

const edited = (
  group: DocumentMutant["group"],
  subject: string,
  name: string,
  way: string,
  value: unknown,
  more: Partial<Pick<DocumentMutant, "also">> = {},
) => mutant(group, subject, name, () => JSON.stringify(changed(base[group](), way.split("."), value), null, 2), more);

/** Ways to members, each with what it is called in cases, a value of a wrong type, and which of its absences is wrong. */
const members: readonly (readonly [
  group: "registry" | "manifest",
  way: string,
  subject: string,
  wrong: unknown,
  absences: string,
])[] = [
  ["registry", "version", "version", 1, "missing null"],
  ["registry", "updated_at", "updated-at", 1_767_225_600, "missing null"],
  ["registry", "agents", "agents", {}, "null"],
  ["registry", "agents.1", "entry", "urn:asap:agent:acme:billing", "null"],
  ["registry", "agents.1.id", "entry.id", 7, "missing null"],
  ["registry", "agents.1.name", "entry.name", ["Billing"], "missing null"],
  ["registry", "agents.1.description", "entry.description", false, "missing null"],
  ["registry", "agents.1.endpoints", "entry.endpoints", "https://billing.example/asap", "missing null"],
  ["registry", "agents.1.endpoints.http", "entry.endpoints.each", ["https://billing.example/asap"], "null"],
  ["registry", "agents.1.skills", "entry.skills", "invoice", "null"],
  ["registry", "agents.1.skills.0", "entry.skills.each", { id: "invoice" }, "null"],
  ["registry", "agents.1.asap_version", "entry.asap-version", 1.1, "missing null"],
  ["manifest", "id", "id", 7, "missing null"],
  ["manifest", "name", "name", {}, "missing null"],
  ["manifest", "version", "version", 1, "missing null"],
  ["manifest", "description", "description", [], "missing null"],
  ["manifest", "capabilities", "capabilities", [], "missing null"],
  ["manifest", "capabilities.asap_version", "capabilities.asap-version", 0.1, "null"],
  ["manifest", "capabilities.skills", "capabilities.skills", { predict_tide: {} }, "null"],
  ["manifest", "capabilities.skills.0", "capabilities.skills.each", "predict_tide", "null"],
  ["manifest", "capabilities.skills.0.id", "capabilities.skills.each.id", 1, "missing null"],
  ["manifest", "capabilities.skills.0.description", "capabilities.skills.each.description", true, "missing null"],
  ["manifest", "capabilities.skills.0.input_schema", "capabilities.skills.each.input-schema", true, ""],
  ["manifest", "capabilities.skills.0.output_schema", "capabilities.skills.each.output-schema", "object", ""],
  ["manifest", "capabilities.state_persistence", "capabilities.state-persistence", "yes", "null"],
  ["manifest", "capabilities.streaming", "capabilities.streaming", 1, "null"],
  ["manifest", "capabilities.mcp_tools", "capabilities.mcp-tools", "almanac", "null"],
  ["manifest", "capabilities.mcp_tools.0", "capabilities.mcp-tools.each", 7, "null"],
  ["manifest", "endpoints", "endpoints", "https://tide.example/asap", "missing null"],
  ["manifest", "endpoints.asap", "endpoints.asap", ["https://tide.example/asap"], "missing null"],
  ["manifest", "endpoints.events", "endpoints.events", false, ""],
  ["manifest", "auth", "auth", "bearer", ""],
  ["manifest", "auth.schemes", "auth.schemes", "bearer", "missing null"],
  ["manifest", "auth.schemes.1", "auth.schemes.each", 1, "null"],
  ["manifest", "auth.oauth2", "auth.oauth2", "https://login.example", ""],
  ["manifest", "signature", "signature", 0, ""],
  ["manifest", "ttl_seconds", "ttl-seconds", "300", "null"],
];

const ofMembers = members.flatMap(([group, way, subject, wrong, absences]) => [
  edited(group, `${subject}.type`, `whose ${way} is ${JSON.stringify(wrong)}`, way, wrong),
  ...(absences.includes("missing") ? [edited(group, `${subject}.missing`, `without ${way}`, way, undefined)] : []),
  ...(absences.includes("null") ? [edited(group, `${subject}.null`, `whose ${way} is null`, way, null)] : []),
]);

const ofForms: readonly DocumentMutant[] = [
  edited("registry", "updated-at.form", "whose updated_at has no time", "updated_at", "2026-03-02", {
    also: ["registry-document.updated-at.utc"],
  }),
  edited("registry", "entry.id.form", "with an id in upper case", "agents.1.id", "urn:asap:agent:Billing"),
  edited(
    "registry",
    "entry.id.length",
    "with an id of 257 characters",
    "agents.1.id",
    `urn:asap:agent:${"a".repeat(242)}`,
  ),
  edited("registry", "entry.closed", "with a category in an entry", "agents.1.category", "Finance"),
  edited("registry", "closed", "with a member that readers do not know", "maintainer", "nobody"),
  edited(
    "registry",
    "updated-at.utc",
    "whose updated_at has another offset",
    "updated_at",
    "2026-03-02T11:20:00+01:00",
  ),
  edited("registry", "entry.id.once", "that lists an agent twice", "agents.1.id", "urn:asap:agent:tide-tables"),
  edited(
    "registry",
    "entry.endpoints.url",
    "with an endpoint that is no URL",
    "agents.1.endpoints.http",
    "billing.example",
  ),
  edited("manifest", "id.form", "with an underscore in its id", "id", "urn:asap:agent:tide_tables"),
  edited("manifest", "id.length", "with an id of 257 characters", "id", `urn:asap:agent:${"a".repeat(242)}`),
  edited("manifest", "version.form", "whose version is a name", "version", "latest"),
  edited("manifest", "auth.schemes.each.form", "with the scheme oauth2", "auth.schemes.1", "oauth2"),
  edited("manifest", "ttl-seconds.least", "whose ttl_seconds is 0", "ttl_seconds", 0),
  edited("manifest", "closed", "with a member of another name", "homepage", "https://tide.example"),
  edited("manifest", "capabilities.closed", "with a capability of another name", "capabilities.webhooks", true),
  edited("manifest", "capabilities.skills.each.closed", "with tags in a skill", "capabilities.skills.0.tags", []),
  edited(
    "manifest",
    "endpoints.closed",
    "with an endpoint of another name",
    "endpoints.http",
    "https://tide.example/asap",
  ),
  edited("manifest", "auth.closed", "with a member of another name in auth", "auth.realm", "tide"),
  edited(
    "manifest",
    "capabilities.asap-version.least",
    "of version 0.0 of the protocol",
    "capabilities.asap_version",
    "0.0.9",
  ),
  edited("manifest", "auth.oauth2.bearer", "with facts on OAuth 2.0 and no bearer", "auth.schemes.0", "basic"),
  edited(
    "manifest",
    "endpoints.urls",
    "whose endpoint does not end in /asap",
    "endpoints.asap",
    "https://tide.example/rpc",
  ),
];

/** The same faults of text in both kinds of document. */
function ofText(group: DocumentMutant["group"]): DocumentMutant[] {
  const text = () => JSON.stringify(base[group](), null, 2);
  return [
    mutant(group, "text.utf-8", "in Latin-1", () => Buffer.from(text().replace("Tide", "Mar\u00e9e"), "latin1")),
    mutant(group, "text.byte-order-mark", "that begins with a byte order mark", () => `\ufeff${text()}`),
    mutant(group, "text.json", "with a comma at its end", () => text().replace(/\n\}$/, ",\n}")),
    mutant(group, "text.repeated-key", "that holds a key twice", () => text().replace("{", '{ "version": "0.9",')),
    mutant(group, "root.type", "that is an array", () => JSON.stringify([])),
  ];
}

/** A manifest that is served with other headers, or without a member. */
function served(
  subject: string,
  name: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: () => unknown = soundManifest,
): DocumentMutant {
  const judge = (only: readonly string[] = []) => judgeServed({ ...soundHeaders, ...headers }, body(), only);
  return mutant("manifest", `served.${subject}`, name, () => JSON.stringify(body()), { judge });
}

/** Serves a manifest on this host for as long as it takes to judge it. */
export async function judgeServed(
  headers: Readonly<Record<string, string | undefined>>,
  body: unknown,
  only: readonly string[] = [],
): Promise<Report> {
  const server = createServer((_, response) => {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await judgeManifest(new URL(`http://127.0.0.1:${port}/.well-known/asap/manifest.json`), { only });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ofHeaders: readonly DocumentMutant[] = [
  served("content-type", "that is served as text", { "Content-Type": "text/plain" }),
  served("etag", "that is served without an ETag", { ETag: undefined }),
  served("etag-strong", "that is served with a weak ETag", { ETag: 'W/"1"' }),
  served("cache-control", "that is served as not to be stored", { "Cache-Control": "no-store" }),
  served("every-member", "that is served without signature", {}, () =>
    changed(soundManifest(), ["signature"], undefined),
  ),
];

/** Documents that each break one rule. */
export const documentMutants: readonly DocumentMutant[] = [
  ...ofText("registry"),
  ...ofText("manifest"),
  ...ofMembers,
  ...ofForms,
  ...ofHeaders,
];
