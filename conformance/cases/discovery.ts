import { routes } from "../../generated/routes.js";
import { validateAgentUrn } from "../../generated/validators/agent-urn.js";
import { validateManifest } from "../../generated/validators/manifest.js";
import { validateManifestTolerant } from "../../generated/validators/manifest-tolerant.js";
import type { Case, Level, Step } from "../case.js";
import {
  asText,
  bare,
  bodyFits,
  bodyHas,
  type Check,
  expect,
  fault,
  header,
  jsonOf,
  judged,
  show,
  status,
  textOf,
} from "../checks.js";
import { asObject, get } from "../documents.js";
import { headerOf } from "../http-response.js";
import { isAtLeastFirst, manifestMembers } from "../manifest-facts.js";
import type { Exchange, WireRequest } from "../wire.js";

const manifest = (rest: Partial<WireRequest> = {}) => get(routes.manifest.path, rest);
const shared = manifest({ share: "manifest" });
const isManifest = (at: number) => bodyHas(at, { id: "string", capabilities: "object", endpoints: "object" });

function discovery(
  id: string,
  title: string,
  requirements: string[],
  steps: readonly Step[],
  checks: readonly Check[],
  level: Level = "MUST",
): Case {
  return {
    id: `discovery.${id}`,
    title,
    area: "discovery",
    level,
    requirements,
    steps: () => steps,
    judge: judged(status(0, 200), isManifest(0), ...checks),
  };
}

/** A case about the ETag, which an agent need not have. */
function tagged(...of: Parameters<typeof discovery>): Case {
  const one = discovery(...of);
  const judge: Case["judge"] = (exchanges, context) =>
    exchanges[0]?.response?.status === 200 && headerOf(exchanges[0].response, "etag") === undefined
      ? { outcome: "not-applicable", reason: "the manifest has no ETag" }
      : one.judge(exchanges, context);
  return { ...one, judge };
}

/** A check of one fact of the manifest. */
function says(expected: string, found: (document: Record<string, unknown>) => string | null): Check {
  return expect(0, expected, (exchange) => {
    const document = asObject(jsonOf(exchange));
    return document === undefined ? "no JSON object" : found(document);
  });
}

const withTag =
  (form: (tag: string) => string): Step =>
  (earlier: readonly Exchange[]) =>
    manifest({ headers: { "If-None-Match": form(headerOf(earlier[0]?.response, "etag") ?? '"none"') } });

const notModified = (at: number): Check[] => [
  status(at, 304),
  bare(at),
  (exchanges) => {
    const [before, after] = [headerOf(exchanges[0]?.response, "etag"), headerOf(exchanges[at]?.response, "etag")];
    return before !== undefined && before === after
      ? null
      : { expected: `ETag ${show(before)} again`, found: show(after), at };
  },
  (exchanges) => {
    const [before, after] = [0, at].map((one) => headerOf(exchanges[one]?.response, "cache-control"));
    return before === after ? null : { expected: `Cache-Control: ${show(before)}`, found: show(after), at };
  },
];

const isSkill = (skill: Record<string, unknown> | undefined) =>
  typeof skill?.id === "string" && typeof skill.description === "string";
const urlOf = (value: unknown): URL | null =>
  typeof value === "string" && URL.canParse(value) ? new URL(value) : null;

/** The manifest: its content, caching and methods. */
export const discoveryCases: readonly Case[] = [
  discovery(
    "served",
    "The manifest is served as JSON",
    ["DISC-001", "MAN-001", "MAN-002", "HTTP-012"],
    [shared],
    [
      bodyFits(0, validateManifestTolerant),
      header(0, "Content-Type", /^application\/json\s*(;|$)/i, "application/json"),
    ],
  ),
  discovery(
    "closed",
    "The manifest has no members that version 1.1 readers do not know",
    ["MAN-005"],
    [shared],
    [
      says("no other members", (document) =>
        validateManifestTolerant(document) ? fault(validateManifest, document) : null,
      ),
    ],
  ),
  discovery(
    "every-member",
    "The manifest writes every member, null where it has no value",
    ["MAN-006"],
    [shared],
    [
      says(`the members ${manifestMembers.join(", ")}`, (document) => {
        const missing = manifestMembers.filter((member) => !(member in document));
        return missing.length === 0 ? null : `without ${missing.join(", ")}`;
      }),
    ],
  ),
  discovery(
    "urn",
    "The manifest's id is an agent URN",
    ["URN-004"],
    [shared],
    [says("an agent URN", ({ id }) => (validateAgentUrn(id) ? null : show(id)))],
  ),
  discovery(
    "version",
    "capabilities.asap_version is at least 0.1",
    ["MAN-016"],
    [shared],
    [
      says("a version of at least 0.1", (document) => {
        const version = asObject(document.capabilities)?.asap_version ?? "0.1";
        return isAtLeastFirst(asText(version)) === true ? null : show(version);
      }),
    ],
  ),
  discovery(
    "skills",
    "Every skill carries an id and a description",
    ["MAN-017"],
    [shared],
    [
      says("skills with id and description", (document) => {
        const skills = asObject(document.capabilities)?.skills;
        const wrong = Array.isArray(skills) ? skills.find((skill) => !isSkill(asObject(skill))) : undefined;
        return wrong === undefined ? null : show(wrong);
      }),
    ],
  ),
  discovery(
    "auth-schemes",
    "The auth schemes are bearer or basic",
    ["MAN-003", "MAN-015"],
    [shared],
    [
      says("bearer or basic", ({ auth }) => {
        const schemes = asObject(auth)?.schemes;
        const others = Array.isArray(schemes) ? schemes.filter((one) => !/^(bearer|basic)$/i.test(asText(one))) : [];
        return others.length === 0 ? null : show(others);
      }),
    ],
  ),
  discovery(
    "ttl",
    "ttl_seconds is an integer of at least 1, written out",
    ["MAN-004", "HEALTH-003"],
    [shared],
    [
      says("an integer of at least 1", ({ ttl_seconds: ttl }) =>
        Number.isInteger(ttl) && Number(ttl) >= 1 ? null : show(ttl),
      ),
    ],
  ),
  discovery(
    "endpoints",
    "The endpoints are an http URL that ends in /asap and, if any, a WebSocket URL that ends in /asap/ws",
    ["MAN-013"],
    [shared],
    [
      says("…/asap and …/asap/ws", (document) => {
        const { asap, events } = asObject(document.endpoints) ?? {};
        const rpc = urlOf(asap);
        if (rpc === null || !/^https?:$/.test(rpc.protocol) || !rpc.pathname.endsWith(routes.rpc.path))
          return `asap is ${show(asap)}`;
        if (events == null) return null;
        const socket = urlOf(events);
        return socket !== null && /^wss?:$/.test(socket.protocol) && socket.pathname.endsWith(routes.websocket.path)
          ? null
          : `events is ${show(events)}`;
      }),
    ],
    "SHOULD",
  ),
  discovery("etag", "The manifest has an ETag", ["DISC-004"], [shared], [header(0, "ETag", /./, "a tag")], "SHOULD"),
  tagged(
    "etag-strong",
    "The ETag is a strong one",
    ["MAN-007"],
    [shared],
    [header(0, "ETag", /^"[^"]+"$/, "in quotes, not weak")],
  ),
  tagged(
    "etag-stable",
    "An unchanged manifest keeps its ETag",
    ["MAN-007"],
    [manifest(), manifest()],
    [
      (exchanges) => {
        const [one, two] = exchanges.map(
          (exchange) => [headerOf(exchange.response, "etag"), textOf(exchange)] as const,
        );
        const changed = one?.[1] !== two?.[1];
        return one?.[0] !== undefined && (one[0] !== two?.[0]) === changed
          ? null
          : { expected: "one ETag for one content", found: `${show(one?.[0])}, then ${show(two?.[0])}`, at: 1 };
      },
    ],
  ),
  discovery(
    "cache-control",
    "The manifest may be cached publicly, with a max-age",
    ["MAN-009", "DISC-004"],
    [shared],
    [header(0, "Cache-Control", /^(?=.*\bpublic\b)(?=.*\bmax-age=\d+)/i, "public, max-age=…")],
    "SHOULD",
  ),
  tagged(
    "not-modified",
    "If-None-Match with the ETag is answered 304 without a body",
    ["MAN-008"],
    [shared, withTag((tag) => tag)],
    notModified(1),
  ),
  tagged(
    "not-modified-list",
    "If-None-Match that lists the ETag is answered 304",
    ["MAN-008"],
    [shared, withTag((tag) => `"other", ${tag}`)],
    notModified(1),
  ),
  discovery(
    "modified",
    "If-None-Match with another tag is answered with the manifest",
    ["MAN-008"],
    [shared, withTag(() => '"other"')],
    [status(1, 200), isManifest(1)],
  ),
  discovery(
    "head",
    "HEAD is answered 200 with the headers of GET and no body",
    ["MAN-010"],
    [shared, { method: "HEAD", path: routes.manifest.path }],
    [
      status(1, 200),
      bare(1),
      (exchanges) => {
        for (const name of ["ETag", "Cache-Control", "Content-Type"]) {
          const [got, head] = exchanges.map((exchange) => headerOf(exchange.response, name));
          if (got !== head) return { expected: `${name}: ${show(got)}`, found: `${name}: ${show(head)}`, at: 1 };
        }
        return null;
      },
    ],
  ),
];
