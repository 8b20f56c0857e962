import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

type Members = Record<string, unknown>;
type ObjectSchema = {
  readonly title: string;
  readonly type?: unknown;
  readonly properties?: Record<string, { readonly default?: unknown }>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
};

const specDir = fileURLToPath(new URL("../spec/", import.meta.url));
const readJson = (path: string): unknown => JSON.parse(readFileSync(specDir + path, "utf8"));

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: true });
const schemas = new Map<string, ObjectSchema>();
const keys = new Map<string, string>();
for (const file of readdirSync(specDir, { recursive: true, encoding: "utf8" }).sort()) {
  if (!file.endsWith(".schema.json")) continue;
  const path = file.replaceAll("\\", "/");
  const schema = readJson(path) as ObjectSchema;
  schemas.set(schema.title, schema);
  keys.set(schema.title, `spec:/${path}`);
  ajv.addSchema(schema, `spec:/${path}`);
}

function validatorOf(type: string): ValidateFunction {
  const validate = ajv.getSchema(keys.get(type) ?? "");
  if (!validate) throw new Error(`no schema is titled ${type}`);
  return validate;
}

const validSamples = (type: string): Map<string, unknown> =>
  new Map(
    readdirSync(`${specDir}samples/valid/${type}`).map((file) => [
      file.replace(/\.json$/, ""),
      readJson(`samples/valid/${type}/${file}`),
    ]),
  );
const objectSamples = (type: string): Members[] => [...validSamples(type).values()] as Members[];

const rules = [...schemas.keys()].flatMap((type) =>
  readdirSync(`${specDir}samples/invalid/${type}`).map((file) => {
    const { rule, document } = readJson(`samples/invalid/${type}/${file}`) as { rule: string; document: unknown };
    return { rule, document, validate: validatorOf(type) };
  }),
);

const objects = [...schemas.values()].filter(({ properties }) => properties !== undefined);
const closed = objects.filter(({ additionalProperties }) => additionalProperties === false);

/** Optional members of a type, parted by whether they have a default. */
function optionalMembers({ properties = {}, required = [] }: ObjectSchema, withDefault: boolean): string[] {
  return Object.keys(properties).filter(
    (name) => !required.includes(name) && (properties[name]?.default !== undefined) === withDefault,
  );
}

/** The document with a member of any name, `__proto__` included, as its own. */
const withMember = (document: Members, name: string, value: unknown): Members =>
  Object.fromEntries([...Object.entries(document), [name, value]]);

describe("rules of every type", () => {
  it.each(closed)("JSON-001: $title refuses an unknown member", ({ title }) => {
    const validate = validatorOf(title);
    for (const document of objectSamples(title)) expect(validate(withMember(document, "x_unknown", 1))).toBe(false);
  });

  it.each(closed)("JSON-010: $title refuses an own member named __proto__", ({ title }) => {
    const validate = validatorOf(title);
    for (const document of objectSamples(title)) expect(validate(withMember(document, "__proto__", {}))).toBe(false);
  });

  it("JSON-002: every free-form member accepts any object and refuses arrays and scalars", () => {
    const freeForm: [type: string, ...members: string[]][] = [
      ["Envelope", "payload", "extensions"],
      ["TaskRequest", "input", "config"],
      ["TaskResponse", "result", "final_state", "metrics"],
      ["TaskUpdate", "progress", "input_request"],
      ["McpToolCall", "arguments", "mcp_context"],
      ["McpToolResult", "result"],
      ["McpResourceData", "content"],
      ["DataPart", "data"],
      ["StateSnapshot", "data"],
      ["Conversation", "metadata"],
      ["AuthScheme", "oauth2"],
      ["Skill", "input_schema", "output_schema"],
      ["TemplatePart", "variables"],
    ];
    for (const [type, ...members] of freeForm) {
      const validate = validatorOf(type);
      const document = objectSamples(type).find((sample) => validate({ ...sample, [members[0] ?? ""]: {} }));
      for (const member of members) {
        for (const value of [{}, { any: [1, "x", null, { deep: [] }] }, JSON.parse('{"__proto__":{"x":1}}')]) {
          expect(validate({ ...document, [member]: value }), `${type}.${member}`).toBe(true);
        }
        for (const value of [[], [{}], "{}", 1, 0, true, false]) {
          expect(validate({ ...document, [member]: value }), `${type}.${member}`).toBe(false);
        }
      }
    }
  });

  it.each(objects)("JSON-003: $title accepts its optional members absent and null alike", (schema) => {
    const validate = validatorOf(schema.title);
    for (const name of optionalMembers(schema, false)) {
      const documents = objectSamples(schema.title);
      expect(
        documents.some((document) => validate({ ...document, [name]: null })),
        `${name} null`,
      ).toBe(true);
      expect(
        documents.some((document) => !Object.hasOwn(document, name)),
        `${name} absent`,
      ).toBe(true);
    }
  });

  it.each(objects)("JSON-004: $title accepts its members with a default absent and refuses them as null", (schema) => {
    const validate = validatorOf(schema.title);
    for (const name of optionalMembers(schema, true)) {
      const documents = objectSamples(schema.title);
      expect(
        documents.some((document) => !Object.hasOwn(document, name)),
        `${name} absent`,
      ).toBe(true);
      for (const document of documents) expect(validate({ ...document, [name]: null }), `${name} null`).toBe(false);
    }
  });
});

/** Rules of form: the ids stand in the invalid samples, and the documents there are refused. */
const refusals = [
  ["ACK-001", "status of an acknowledgement"],
  ["ENT-001", "capabilities of an agent"],
  ["ENT-002", "participants of a conversation"],
  ["ENT-003", "depth of a task"],
  ["ENT-004", "version of a snapshot"],
  ["ENT-005", "ids of parts"],
  ["ENT-006", "kinds of parts"],
  ["ENT-007", "uri of a file part"],
  ["ENT-008", "mime_type of a file part"],
  ["ENT-009", "inline_data of a file part"],
  ["ENT-010", "enumerations"],
  ["ENT-011", "usage records"],
  ["ENV-001", "required members of an envelope"],
  ["ENV-007", "correlation_id of a response"],
  ["ENV-010", "extensions of an envelope"],
  ["HEA-003", "load of a health answer"],
  ["HEA-006", "uptime_seconds of a health answer"],
  ["HEALTH-002", "required members of a health answer"],
  ["HOOKW-007", "webhook subscriptions"],
  ["HOOKW-008", "webhook events"],
  ["JSON-007", "coerced forms"],
  ["MAN-001", "required members of a manifest"],
  ["MAN-002", "version of a manifest"],
  ["MAN-003", "auth schemes of a manifest"],
  ["MAN-004", "ttl_seconds of a manifest"],
  ["MAN-017", "skills of a manifest"],
  ["PAY-001", "TaskRequest"],
  ["PAY-002", "TaskResponse"],
  ["PAY-003", "TaskUpdate"],
  ["PAY-004", "percent of a TaskUpdate"],
  ["PAY-006", "TaskCancel"],
  ["PAY-007", "MessageSend"],
  ["PAY-008", "StateQuery"],
  ["PAY-009", "StateRestore"],
  ["PAY-010", "ArtifactNotify"],
  ["PAY-011", "McpToolCall"],
  ["PAY-012", "a successful McpToolResult"],
  ["PAY-013", "a failed McpToolResult"],
  ["PAY-014", "McpToolResult"],
  ["PAY-015", "McpResourceFetch"],
  ["PAY-016", "McpResourceData"],
  ["PAY-017", "MessageAck"],
  ["PAY-018", "callback settings beside config"],
  ["REG-001", "endpoints of a registry entry"],
  ["REGW-001", "required members of a registry"],
  ["REGW-002", "required members of a registry entry"],
  ["TIME-003", "lax forms of time"],
  ["TIME-005", "days a month does not have"],
  ["URN-001", "form of an agent URN"],
  ["URN-002", "length of an agent URN"],
  ["URN-003", "line break after an agent URN"],
  ["URN-004", "members that are agent URNs"],
] as const;

describe("samples refused by", () => {
  it.each(refusals)("%s, %s", (id) => {
    const breaking = rules.filter(({ rule }) => rule.includes(id));
    expect(breaking).not.toEqual([]);
    for (const { rule, document, validate } of breaking) expect(validate(document), rule).toBe(false);
  });
});

/** Rules that demand acceptance, and the valid samples that show it. */
const acceptances = [
  ["ACK-002", "Envelope", "requires-ack"],
  ["ACK-002", "Envelope", "only-required"],
  ["ENT-003", "Task", "depth-10"],
  ["ENT-011", "UsageMetrics", "empty"],
  ["ENV-003", "Envelope", "id-empty-string"],
  ["ENV-005", "Envelope", "asap-version-of-the-future"],
  ["ENV-007", "Envelope", "response-correlated"],
  ["ENV-008", "Envelope", "dotted-response-uncorrelated"],
  ["ENV-008", "Envelope", "snake-case-tool-result-uncorrelated"],
  ["ENV-008", "Envelope", "lower-case-response-correlation-null"],
  ["ENV-010", "Envelope", "extensions-free-form"],
  ["ENV-017", "Envelope", "task-request-full"],
  ["HEA-003", "HealthLoad", "idle"],
  ["HOOKW-007", "WebhookSubscription", "only-url"],
  ["HOOKW-008", "WebhookEvent", "further-members"],
  ["JSON-006", "TaskRequest", "empty-conversation-and-skill"],
  ["JSON-006", "MessageSend", "empty-strings"],
  ["JSON-006", "Manifest", "empty-strings"],
  ["MAN-002", "Manifest", "version-four-numbers"],
  ["MAN-002", "Manifest", "version-every-segment"],
  ["MAN-003", "Manifest", "auth-bearer-in-capitals"],
  ["MAN-015", "AuthScheme", "bearer-with-oauth2"],
  ["PAY-002", "TaskResponse", "status-input-required"],
  ["PAY-004", "TaskUpdate", "percent-0"],
  ["PAY-004", "TaskUpdate", "percent-100"],
  ["PAY-004", "TaskUpdate", "percent-true"],
  ["PAY-005", "TaskUpdate", "input-required-without-request"],
  ["PAY-007", "MessageSend", "no-parts"],
  ["PAY-008", "StateQuery", "version-negative"],
  ["PAY-012", "McpToolResult", "success-with-empty-result"],
  ["PAY-013", "McpToolResult", "failure-with-empty-error"],
  ["PAY-017", "MessageAck", "rejected-without-error"],
  ["PAY-018", "TaskRequest", "callback-in-config"],
  ["REG-001", "RegistryEntry", "three-endpoints"],
  ["REGW-001", "Registry", "agents-absent"],
  ["TIME-004", "Timestamp", "space-separator"],
  ["TIME-004", "Timestamp", "lower-case-letters"],
  ["TIME-004", "Timestamp", "forty-fraction-digits"],
  ["TIME-005", "Timestamp", "leap-day-of-a-century"],
  ["URN-001", "AgentUrn", "single-hyphen"],
  ["URN-002", "AgentUrn", "256-characters"],
  ["URN-005", "MessageSend", "sender-not-a-urn"],
  ["URN-005", "Conversation", "invoices"],
  ["URN-005", "UsageEvent", "one-task"],
  ["URN-006", "Envelope", "id-not-a-ulid"],
] as const;

describe("samples accepted by", () => {
  it.each(acceptances)("%s, %s %s", (_, type, slug) => {
    const samples = validSamples(type);
    expect([...samples.keys()]).toContain(slug);
    const validate = validatorOf(type);
    expect(validate(samples.get(slug)), ajv.errorsText(validate.errors)).toBe(true);
  });
});

describe("patterns on ten million characters", () => {
  const long = (unit: string) => unit.repeat(10_000_000 / unit.length);
  const file = { type: "file", uri: "invoice", mime_type: "application/pdf" };
  const manifest = {
    id: "urn:asap:agent:a",
    name: "",
    version: "1",
    description: "",
    capabilities: {},
    endpoints: { asap: "" },
  };
  it.each([
    ["base64", "FilePart", { ...file, inline_data: long("QUJD") }, true],
    ["base64 with a fault at its end", "FilePart", { ...file, inline_data: `${long("QUJD")}!` }, false],
    ["space before a uri", "FilePart", { ...file, uri: `${long(" ")}file://x` }, false],
    ["a media type", "FilePart", { ...file, mime_type: long("a") }, false],
    ["numbers of a version", "Manifest", { ...manifest, version: `1${long(".1")}` }, false],
    ["fraction digits", "Timestamp", `2026-11-20T21:31:43.${long("1")}Z`, true],
    ["an agent URN", "AgentUrn", `urn:asap:agent:${long("a")}`, false],
  ] as const)("give a verdict on %s", (_, type, document, verdict) => {
    expect(validatorOf(type)(document)).toBe(verdict);
  });
});
