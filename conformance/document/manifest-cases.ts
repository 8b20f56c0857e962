import { routes } from "../../generated/routes.js";
import type { Level } from "../case.js";
import { asText } from "../checks.js";
import { asObject } from "../documents.js";
import { isAtLeastFirst, manifestMembers } from "../manifest-facts.js";
import {
  type DocumentCase,
  type DocumentFault,
  type DocumentVerdict,
  failOn,
  notFor,
  notJson,
  type Served,
  shown,
} from "./case.js";
import { schemaCases } from "./schema-cases.js";
import { textCases } from "./text-cases.js";

type Members = Readonly<Record<string, unknown>>;
type About = Pick<DocumentCase, "title" | "requirements" | "expected">;

function aboutManifest(
  subject: string,
  about: About,
  level: Level,
  judge: (manifest: Members, served: Served | null) => DocumentVerdict,
): DocumentCase {
  return {
    id: `manifest-document.${subject}`,
    ...about,
    area: "manifest-document",
    level,
    tags: [],
    judge({ json, served }) {
      if (json.syntaxFault !== null) return notFor(notJson);
      const manifest = asObject(json.value);
      return manifest === undefined ? notFor("the root is not an object") : judge(manifest, served);
    },
  };
}

/** A case about a header of the answer that brought the manifest. */
function aboutHeader(
  name: string,
  suffix: string,
  about: About,
  level: Level,
  judge: (value: string | undefined) => boolean | string,
): DocumentCase {
  return {
    id: `manifest-document.served.${suffix}`,
    ...about,
    area: "manifest-document",
    level,
    tags: [],
    judge({ served }) {
      if (served === null) return notFor(notServed);
      const value = served.header(name);
      const verdict = judge(value);
      if (typeof verdict === "string") return notFor(verdict);
      const found = value === undefined ? `no ${name}` : `${name}: ${value}`;
      return failOn(verdict ? [] : [{ path: [], found }]);
    },
  };
}

const notServed = "the manifest was not read from a URL";

function endpointFault(manifest: Members, name: string, schemes: RegExp, path: string): DocumentFault[] {
  const url = asObject(manifest.endpoints)?.[name];
  if (typeof url !== "string") return [];
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const fits = parsed !== null && schemes.test(parsed.protocol) && parsed.pathname.endsWith(path);
  return fits ? [] : [{ path: ["endpoints", name], found: shown(url) }];
}

/** The cases about manifests. */
export const manifestDocumentCases: readonly DocumentCase[] = [
  ...textCases("manifest"),
  ...schemaCases("manifest"),
  aboutManifest(
    "capabilities.asap-version.least",
    {
      title: "The version of the protocol in capabilities is at least 0.1",
      requirements: ["MAN-016"],
      expected: "a version of at least 0.1",
    },
    "MUST",
    (manifest) => {
      const version = asObject(manifest.capabilities)?.asap_version;
      if (typeof version !== "string") return notFor("capabilities names no version");
      const path = ["capabilities", "asap_version"];
      return failOn(isAtLeastFirst(version) === true ? [] : [{ path, found: shown(version) }]);
    },
  ),
  aboutManifest(
    "auth.oauth2.bearer",
    {
      title: "An agent that tells of OAuth 2.0 has bearer among its schemes",
      requirements: ["MAN-015"],
      expected: "bearer among the schemes, beside oauth2",
    },
    "MUST",
    (manifest) => {
      const auth = asObject(manifest.auth);
      if (asObject(auth?.oauth2) === undefined || !Array.isArray(auth?.schemes))
        return notFor("there are no facts about OAuth 2.0");
      const has = auth.schemes.some((scheme) => /^bearer$/i.test(asText(scheme)));
      return failOn(has ? [] : [{ path: ["auth", "schemes"], found: shown(auth.schemes) }]);
    },
  ),
  aboutManifest(
    "endpoints.urls",
    {
      title: "The endpoints are an http URL that ends in /asap and, if any, a WebSocket URL that ends in /asap/ws",
      requirements: ["MAN-013"],
      expected: `http(s)://…${routes.rpc.path} and ws(s)://…${routes.websocket.path}`,
    },
    "SHOULD",
    (manifest) => {
      if (typeof asObject(manifest.endpoints)?.asap !== "string") return notFor("there is no endpoint");
      return failOn([
        ...endpointFault(manifest, "asap", /^https?:$/, routes.rpc.path),
        ...endpointFault(manifest, "events", /^wss?:$/, routes.websocket.path),
      ]);
    },
  ),
  aboutManifest(
    "served.every-member",
    {
      title: "A served manifest writes every member, null where it has no value",
      requirements: ["MAN-006"],
      expected: `the members ${manifestMembers.join(", ")}`,
    },
    "MUST",
    (manifest, served) => {
      if (served === null) return notFor(notServed);
      const missing = manifestMembers.filter((name) => !Object.hasOwn(manifest, name));
      return failOn(missing.map((name) => ({ path: [], found: `no member ${name}` })));
    },
  ),
  aboutHeader(
    "Content-Type",
    "content-type",
    {
      title: "A served manifest has the content type of JSON",
      requirements: ["DISC-001", "HTTP-012"],
      expected: "Content-Type: application/json",
    },
    "MUST",
    (value) => /^application\/json\s*(?:;|$)/i.test(value ?? ""),
  ),
  aboutHeader(
    "ETag",
    "etag",
    { title: "A served manifest has an ETag", requirements: ["DISC-004"], expected: "an ETag" },
    "SHOULD",
    (value) => value !== undefined,
  ),
  aboutHeader(
    "ETag",
    "etag-strong",
    {
      title: "The ETag of a served manifest is a strong one",
      requirements: ["MAN-007"],
      expected: "an ETag in quotes, not weak",
    },
    "MUST",
    (value) => (value === undefined ? "the manifest has no ETag" : /^"[^"]*"$/.test(value)),
  ),
  aboutHeader(
    "Cache-Control",
    "cache-control",
    {
      title: "A served manifest may be cached publicly, with a max-age",
      requirements: ["DISC-004", "MAN-009"],
      expected: "Cache-Control: public, max-age=300",
    },
    "SHOULD",
    (value) => /^(?=.*\bpublic\b)(?=.*\bmax-age=\d+)/i.test(value ?? ""),
  ),
];
