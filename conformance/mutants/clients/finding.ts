import { routes } from "../../../generated/routes.js";
import { healthOf, manifestOf } from "../../client/conforming.js";
import { objectOf } from "../edit.js";
import type { Answered, Asked } from "../wrap.js";
import { envelope, jsonAnswer, messages, mutantsOf, rewriting } from "./edit.js";
import { answering, type ClientMutant, type Exchange } from "./mutant.js";

const isManifest = ({ path }: Asked): boolean => path === routes.manifest.path;
const isHealth = ({ path }: Asked): boolean => path === routes.agent_health.path;
const isRegistry = ({ path }: Asked): boolean => path.endsWith("/registry.json");

const takesNoAnswer: Exchange = messages(async (_, forward) => {
  await forward();
  return jsonAnswer({}, 400);
});

/** Changes the answers to some requests. */
const seen = (isOne: (asked: Asked) => boolean, change: (answered: Answered) => Answered): Exchange =>
  answering((answered, asked) => (isOne(asked) ? change(answered) : answered));

/** A client that reads another Cache-Control than the one that was sent. */
const age = (value: string): Exchange =>
  seen(isManifest, (answered) => ({ ...answered, headers: { ...answered.headers, "cache-control": value } }));

const failing = (isOne: (asked: Asked) => boolean): Exchange => seen(isOne, () => jsonAnswer({}, 500));

/** A client that sends a message to an agent whose manifest it does not have. */
const goesOn: Exchange = async (asked, forward) => {
  if (isManifest(asked)) await forward({ method: "POST", path: routes.rpc.path, body: Buffer.from("{}") });
  return forward();
};

/** A client that asks for the health otherwise, and gets the answer all the same. */
const asksHealth =
  (change: Partial<Asked>, answer: () => Answered): Exchange =>
  async (asked, forward) => {
    if (!isHealth(asked)) return forward();
    await forward(change);
    return answer();
  };

const unhealthy = () => jsonAnswer({ ...healthOf(), status: "unhealthy" }, 503);

/** A client that sends its task to another agent of the registry. */
const sendsTo = (name: string): Exchange => rewriting(() => ({ path: `/agents/${name}${routes.rpc.path}` }));

/** A client that finds no entry. */
const findsNone = seen(isRegistry, (answered) =>
  jsonAnswer({ ...objectOf(answered.body), version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents: [] }),
);

const twice =
  (isOne: (asked: Asked) => boolean): Exchange =>
  async (asked, forward) => {
    if (isOne(asked)) await forward();
    return forward();
  };

const kept = mutantsOf("manifest-kept");
const defaultAge = mutantsOf("manifest-default-age");
const expired = mutantsOf("manifest-expired");
const changed = mutantsOf("manifest-changed");
const notFound = mutantsOf("manifest-refused");
const nonsense = mutantsOf("manifest-nonsense");
const furtherManifest = mutantsOf("manifest-further-members");
const health = mutantsOf("health");
const furtherHealth = mutantsOf("health-further-members");
const sick = mutantsOf("health-unhealthy");
const registry = mutantsOf("registry-find");
const skill = mutantsOf("registry-skill");
const list = mutantsOf("registry-list");
const further = mutantsOf("registry-further-members");
const invalid = mutantsOf("registry-invalid-entries");
const byId = mutantsOf("registry-id");
const registryKept = mutantsOf("registry-kept");
const both = ["completed", "found"];

/** Clients that are wrong with manifests, health and registries. */
export const findingClients: readonly ClientMutant[] = [
  kept("kept-fails", "A client that fails with a manifest that is good for a minute", "completed", failing(isManifest)),
  kept("keeps-no-manifest", "A client that keeps no manifest", "once", age("no-store")),
  defaultAge(
    "default-age-fails",
    "A client that fails with a manifest without Cache-Control",
    "completed",
    failing(isManifest),
  ),
  defaultAge("no-default-age", "A client that keeps no manifest without max-age", "once", age("max-age=0")),
  expired("keeps-too-long", "A client that keeps a manifest longer than its max-age", "again", age("max-age=3600"), [
    "revalidated",
  ]),
  expired(
    "forgets-etag",
    "A client that asks for a whole manifest where it has one with an ETag",
    "revalidated",
    seen(isManifest, (answered) => ({ ...answered, headers: { ...answered.headers, etag: undefined } })),
  ),
  expired(
    "drops-at-304",
    "A client that has no manifest after 304",
    "completed",
    seen(isManifest, (answered) => (answered.status === 304 ? { ...answered, status: 500 } : answered)),
  ),
  changed("reads-no-change", "A client that keeps a manifest that changed", ["completed", "read"], age("max-age=3600")),
  notFound(
    "ignores-status",
    "A client that takes a manifest whatever the status",
    "completed",
    seen(isManifest, (answered) => ({ ...answered, status: 200 })),
  ),
  notFound("goes-on-at-404", "A client that sends to an agent without a manifest", "left", goesOn),
  nonsense(
    "takes-any-manifest",
    "A client that takes any JSON for a manifest",
    "completed",
    seen(isManifest, () => jsonAnswer(manifestOf("http://127.0.0.1:1"))),
  ),
  nonsense("goes-on-at-nonsense", "A client that sends to an agent whose manifest is none", "left", goesOn),
  furtherManifest(
    "strict-manifest",
    "A client that fails where a manifest says more",
    ["completed", "read"],
    seen(isManifest, (answered) => ("region" in objectOf(answered.body) ? jsonAnswer({}) : answered)),
  ),
  furtherManifest(
    "writes-another-recipient",
    "A client that writes to another agent than the manifest names",
    "read",
    envelope(() => ({ recipient: "urn:asap:agent:under-test" })),
  ),
  health("health-fails", "A client that fails although the agent is healthy", "completed", failing(isHealth)),
  health(
    "other-health-path",
    "A client that asks /health for the health",
    "asked",
    asksHealth({ path: "/health" }, () => jsonAnswer(healthOf())),
  ),
  furtherHealth(
    "strict-health",
    "A client that fails where a health answer says more",
    "completed",
    seen(isHealth, (answered) => ("region" in objectOf(answered.body) ? jsonAnswer({}) : answered)),
  ),
  furtherHealth(
    "posts-for-health",
    "A client that posts for the health",
    "asked",
    asksHealth({ method: "POST" }, () => jsonAnswer(healthOf())),
  ),
  sick(
    "always-healthy",
    "A client that takes an unhealthy agent for healthy",
    "completed",
    seen(isHealth, () => jsonAnswer(healthOf())),
  ),
  sick(
    "cannot-read-503",
    "A client that does not read an answer with 503",
    "completed",
    seen(isHealth, (answered) => ({ ...answered, body: Buffer.from("Service Unavailable") })),
  ),
  sick("asks-ready", "A client that asks /ready for the health", "asked", asksHealth({ path: "/ready" }, unhealthy)),
  registry(
    "registry-takes-no-answer",
    "A client that found an agent and fails although it is answered",
    "completed",
    takesNoAnswer,
  ),
  registry("takes-first", "A client that takes the first agent of a registry", "found", sendsTo("other")),
  skill(
    "skill-takes-no-answer",
    "A client that found a skill and fails although it is answered",
    "completed",
    takesNoAnswer,
  ),
  skill("any-case", "A client that finds skills in any letter case", "found", sendsTo("capitals")),
  skill("part-of-skill", "A client that finds skills by a part of their id", "found", sendsTo("longer")),
  list("objects-alone", "A client that reads no registry that is a list", both, findsNone),
  further("strict-registry", "A client that drops entries that say more", both, findsNone),
  invalid("all-or-nothing", "A client that reads no registry with an invalid entry", both, failing(isRegistry)),
  invalid("uses-invalid", "A client that uses an invalid entry", "found", sendsTo("nameless")),
  byId("id-takes-no-answer", "A client that found an id and fails although it is answered", "completed", takesNoAnswer),
  byId("part-of-id", "A client that finds agents by the beginning of their id", "found", sendsTo("echo-finder-2")),
  registryKept(
    "registry-fails",
    "A client that fails with a registry for several callers",
    "completed",
    failing(isRegistry),
  ),
  registryKept("fetches-each-time", "A client that fetches a registry for each caller", "once", twice(isRegistry)),
];
