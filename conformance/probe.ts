import { routes } from "../generated/routes.js";
import type { Context } from "./case.js";
import { answerEnvelope, asText, describe, errorData, jsonOf } from "./checks.js";
import { asObject, get, task } from "./documents.js";
import type { Settings } from "./options.js";
import { longMs, type Patience } from "./patience.js";
import type { Exchange, WireRequest } from "./wire.js";

/** What the first requests of a run told. */
export interface Probe {
  readonly manifest: Readonly<Record<string, unknown>> | null;
  /** Answer of the health route, null when it could not be read. */
  readonly health: Readonly<Record<string, unknown>> | null;
  readonly clockAheadMs: number;
  /** Whether anything answered the task. */
  readonly isTaskAnswered: boolean;
  readonly exchanges: readonly Exchange[];
  /** Why the agent cannot be judged; absent when it can. */
  readonly obstacle?: string;
  readonly notes: readonly string[];
}

const steadyMs = 500;
const noteMs = 5000;
/** Further off, the agent writes its times wrong rather than has another clock. */
const followMs = 3_600_000;

/**
 * Asks for manifest, health and one task, and says whether there is an agent to judge. The task has no timestamp, so that
 * an agent with another clock answers it and tells its time.
 */
export async function probe(
  send: (request: WireRequest) => Promise<Exchange>,
  context: Context,
  settings: Settings,
): Promise<Probe> {
  const timeless = task(
    context,
    { envelope: { timestamp: undefined } },
    typeof context.mint === "string" ? {} : { patience: patience(context) },
  );
  const asked = [get(routes.manifest.path), get(routes.agent_health.path), timeless].map(send);
  const exchanges = await Promise.all(asked);
  const [first, second, answer] = exchanges;
  const manifest = first?.response?.status === 200 ? (asObject(jsonOf(first)) ?? null) : null;
  const health = asObject(jsonOf(second)) ?? null;
  const ahead = answer === undefined ? 0 : clockOf(answer);
  const clockAheadMs = Math.abs(ahead) > followMs ? 0 : ahead;
  const obstacle =
    silence(exchanges) ?? (answer && closedDoor(answer, context, settings)) ?? unknownSkill(manifest, settings);
  const notes: string[] = [];
  if ((answer?.attempts ?? 1) > 5) notes.push(`The agent took the suite's token at attempt ${answer?.attempts}.`);
  if (Math.abs(ahead) > noteMs) {
    const difference = `The agent's clock is ${Math.abs(Math.round(ahead / 1000))} s ${ahead > 0 ? "ahead of" : "behind"} ours`;
    notes.push(`${difference}; times are made by ${clockAheadMs === 0 ? "ours" : "its clock"}.`);
  }
  if (obstacle === undefined && answer !== undefined && answerEnvelope(answer) === undefined) {
    notes.push(
      `The agent does not carry out the skill ${context.skill} with the given input (${describe(answer)}); every refusal that needs an accepted twin fails with it.`,
    );
  }
  const isTaskAnswered = answer?.response !== undefined;
  const found = { manifest, health, clockAheadMs, isTaskAnswered, exchanges, notes };
  return { ...found, ...(obstacle === undefined ? {} : { obstacle }) };
}

function silence(exchanges: readonly Exchange[]): string | undefined {
  const mute = exchanges.filter(({ response, failure }) => response === undefined && failure?.kind !== "too-large");
  return mute.length < exchanges.length ? undefined : `no answer from the agent: ${mute[0]?.failure?.message}`;
}

/** An agent may space out how often it asks for keys, and may have asked for them in an earlier run. */
const patience = (context: Context): Patience => ({
  everyMs: 500,
  forMs: longMs(context),
  until: ({ response, asked }, attempts) => {
    if (response?.status === 503) return attempts > 20;
    return response?.status !== 401 || (attempts > 2 && (asked?.keys ?? 0) + (asked?.told ?? 0) > 0);
  },
});

function closedDoor(answer: Exchange, context: Context, settings: Settings): string | undefined {
  const inBody = errorData(answer)?.status_code;
  const status = answer.response?.status === 200 && typeof inBody === "number" ? inBody : answer.response?.status;
  const { mint } = context;
  if (typeof mint !== "string" && [401, 403, 503].includes(status ?? 0)) {
    const { issuer, audience, agent } = mint;
    if (status === 503)
      return `the agent has no keys of the suite's issuer ${issuer} (503); it must be allowed to fetch from there`;
    return `the agent refuses the token the suite made (${status}): iss ${issuer}, aud ${audience}, for the agent ${agent}`;
  }
  if (status !== 401 && status !== 403) return undefined;
  const given = Object.keys(settings.headers).some((name) => name.toLowerCase() === "authorization");
  if (!given)
    return `the agent wants a token (${status}) and none was given (--token, or --issuer-port for tokens of the suite)`;
  return `the agent refuses the token${status === 403 ? ` for the sender ${settings.sender}` : ""} (${status})`;
}

function unknownSkill(manifest: Probe["manifest"], { skill, skillChosen }: Settings): string | undefined {
  const skills = asObject(manifest?.capabilities)?.skills;
  if (skillChosen || !Array.isArray(skills)) return undefined;
  const ids = skills.map((one) => asText(asObject(one)?.id));
  if (ids.length === 0 || ids.includes(skill)) return undefined;
  return `the manifest lists no skill ${skill}; choose one of ${ids.join(", ")} and give it an input`;
}

/**
 * How far the agent's clock is ahead, from the time it wrote into an answer. Of a time in whole seconds the middle of that
 * second is taken.
 */
function clockOf(answer: Exchange): number {
  const text = asText(answerEnvelope(answer)?.timestamp);
  const isWhole = !/:\d\d[.,]\d/.test(text);
  const ahead = Date.parse(text) + (isWhole ? 500 : 0) - (answer.startedAt + answer.elapsedMs);
  return Number.isNaN(ahead) || Math.abs(ahead) < (isWhole ? 2 : 1) * steadyMs ? 0 : ahead;
}
