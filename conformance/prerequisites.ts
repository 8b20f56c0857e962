import { routes } from "../generated/routes.js";
import type { Case, Context, Prerequisite } from "./case.js";
import { describe } from "./checks.js";
import { asObject } from "./documents.js";
import type { Profile } from "./profiles.js";
import { noHost } from "./receiving.js";

/** What says that the agent has a profile: the caller, or a member of its manifest; null where nothing does. */
export function declarationOf(profile: Profile, { declares, manifest }: Context): string | null {
  if (declares.has(profile)) return `the profile ${profile}, which was asked for,`;
  const { auth } = manifest ?? {};
  const events = asObject(manifest?.endpoints)?.events;
  if (profile === "websocket" && typeof events === "string" && events !== "") return "endpoints.events of the manifest";
  if (profile === "auth" && auth != null) return "auth of the manifest";
  const keepsIt = asObject(manifest?.capabilities)?.state_persistence === true;
  return profile === "state" && keepsIt ? "capabilities.state_persistence of the manifest" : null;
}

/** Answers to an upgrade, other than 101, that an agent with a WebSocket may give, as may anything before an agent. */
const isVague = (status: number | undefined) => [401, 403, 426, 429, 503].includes(status ?? 0);

/** What a reader should know of an upgrade whose answer does not tell whether there is a WebSocket. */
export function webSocketNotes(context: Context): readonly string[] {
  const { upgrade } = context;
  if (upgrade === null || !isVague(upgrade.response?.status) || declarationOf("websocket", context) !== null) return [];
  const what = `The upgrade at ${routes.websocket.path} got ${describe(upgrade)}, and nothing says that there is a WebSocket`;
  return [
    `${what}; it is not judged unless endpoints.events of the manifest names it, or --profile websocket asks for it.`,
  ];
}

/** The agent has a WebSocket. */
export const hasWebSocket: Prerequisite = {
  words: `the manifest names a WebSocket (endpoints.events), the profile websocket is asked for, or an upgrade at ${routes.websocket.path} is answered with 101`,
  missing: (context) => {
    const { upgrade } = context;
    const status = upgrade?.response?.status;
    const isThere = status === 101 || (isVague(status) && declarationOf("websocket", context) !== null);
    return upgrade === null || isThere ? null : `the upgrade at ${routes.websocket.path} got ${describe(upgrade)}`;
  },
  declared: (context) => declarationOf("websocket", context),
  shownBy: ({ upgrade }) => upgrade,
};

/** The agent keeps the state of tasks. */
export const keepsState: Prerequisite = {
  words:
    "the manifest says that the state of tasks is kept (capabilities.state_persistence), or the profile is asked for",
  missing: (context) =>
    declarationOf("state", context) === null ? "the manifest does not say that the state of tasks is kept" : null,
};

/** No token names the sender. */
export const freeSender: Prerequisite = {
  words: "the manifest asks for no authentication, so that the suite may speak as more than one sender",
  missing: ({ manifest, mint }) => {
    const isFree = manifest?.auth == null || typeof mint !== "string";
    return isFree ? null : "the manifest asks for authentication, which names the sender (--issuer-port)";
  },
};

/** The manifest asks for authentication. */
export const asksForToken: Prerequisite = {
  words: "the manifest asks for authentication (auth)",
  missing: (context) => (declarationOf("auth", context) === null ? "the manifest asks for no authentication" : null),
};

/** The suite makes the tokens. */
export const hasMint: Prerequisite = {
  words: "the suite is the issuer of the agent's tokens (--issuer-port)",
  missing: ({ mint }) => (typeof mint === "string" ? mint : null),
  undecided: (context) => declarationOf("auth", context) !== null,
};

/** The suite receives webhooks, and the agent posts some. */
export const hasReceiver: Prerequisite = {
  words:
    "the suite is told where it listens for webhooks (--callback-host), and the health answer names webhooks.push, or the profile is asked for",
  missing: ({ callbacks }) => (typeof callbacks === "string" ? callbacks : null),
  undecided: ({ callbacks }) => callbacks === noHost,
};

/** The caller allows bursts. */
export const mayBurst: Prerequisite = {
  words: "bursts are asked for (--burst)",
  missing: ({ burst }) => (burst ? null : "bursts are sent only when asked for (--burst)"),
};

/** Why the end of an agent is not judged when nobody said how to bring it about. */
export const noStop = "the agent is asked to end only where the run is told how (--stop-pid)";

/** The caller says how the agent is asked to end. */
export const mayStop: Prerequisite = {
  words: "the run is told how to ask the agent to end (--stop-pid)",
  missing: ({ stops }) => (stops ? null : noStop),
};

/** The skill under test is echo. */
export const asksEcho: Prerequisite = {
  words: "the skill under test is echo",
  missing: ({ skill }) => (skill === "echo" ? null : `the skill under test is ${skill}, not echo`),
  undecided: ({ manifest }) => skillsOf(manifest).some((skill) => skill?.id === "echo"),
};

/** There is a task that runs for a while and tells of itself. */
export const hasSlowSkill: Prerequisite = {
  words:
    "the manifest lists a skill slow that takes steps and ms, and says that tasks report while they run (streaming)",
  missing: ({ manifest }) => {
    const capabilities = asObject(manifest?.capabilities);
    const slow = skillsOf(manifest).find((skill) => skill?.id === "slow");
    const takes = asObject(asObject(slow?.input_schema)?.properties) ?? {};
    if (!("steps" in takes && "ms" in takes)) return "the manifest lists no skill slow that takes steps and ms";
    return capabilities?.streaming === true ? null : "the manifest does not say that tasks report while they run";
  },
};

/** The skills that a manifest lists. */
function skillsOf(manifest: Context["manifest"]) {
  const skills = asObject(manifest?.capabilities)?.skills;
  return Array.isArray(skills) ? skills.map(asObject) : [];
}

/**
 * The prerequisite of a case that is missing, why, and what says that it is there: the first of those that nothing says to
 * be there, since the case does not concern the agent then, else the first. Of the former one that the agent does not have
 * goes before one that the run could not look for.
 */
export function missingOf(
  { prerequisites = [] }: Pick<Case, "prerequisites">,
  context: Context,
): {
  readonly prerequisite: Prerequisite;
  readonly reason: string;
  readonly declaration: string | null;
  readonly undecided: boolean;
} | null {
  const missing = prerequisites.flatMap((prerequisite) => {
    const reason = prerequisite.missing(context);
    if (reason === null) return [];
    const declaration = prerequisite.declared?.(context) ?? null;
    return [{ prerequisite, reason, declaration, undecided: prerequisite.undecided?.(context) ?? false }];
  });
  const undeclared = missing.filter(({ declaration }) => declaration === null);
  return undeclared.find(({ undecided }) => !undecided) ?? undeclared[0] ?? missing[0] ?? null;
}
