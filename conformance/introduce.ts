import { routes } from "../generated/routes.js";
import { validateAgentUrn } from "../generated/validators/agent-urn.js";
import type { Context } from "./case.js";
import { jsonOf } from "./checks.js";
import { asObject, get, task } from "./documents.js";
import { headerOf } from "./http-response.js";
import type { Issuer } from "./issuer.js";
import type { Settings } from "./options.js";
import { createMint, type Mint, runKeys } from "./tokens.js";
import type { Exchange, WireRequest } from "./wire.js";

/** What the suite's issuer and the agent are to one another. */
export interface Introduction {
  /** Makes tokens that the agent takes; a text says why there are none. */
  readonly mint: Mint | string;
  /** Milliseconds the agent's clock is ahead of ours, as the date of its first answer tells; 0 for a few seconds. */
  readonly clockAheadMs: number;
  /** Exchanges that can be made only before the agent has the keys, by the name they are shared under. */
  readonly made: ReadonlyMap<string, Exchange>;
}

/** Cases that need something of the issuer before they run. */
const trial = "auth.keys.unreachable";
const rotation = "auth.keys.rotated";

const steadyMs = 5000;
/** Further off, the agent has no clock to go by. */
const followMs = 3_600_000;

/** Name of the exchange with an agent that has no keys yet and cannot get them. */
export const withoutKeys = "auth without keys";

/** Why there are no tokens when no port was given. */
export const noPort = "no port was given for an issuer of the suite (--issuer-port)";

/** The request of {@link withoutKeys}: a task with a token that would hold. */
export const taskWithoutKeys = (context: Context, mint: Mint): WireRequest =>
  task(context, {}, { token: mint.token(context), issuer: "fails", share: withoutKeys });

/**
 * Finds out, with requests that carry no token, whether the agent asks for one and what it should say, and has the issuer
 * serve from then on. An agent that answers no task is not asked for another.
 *
 * @param wants whether a case is part of the run
 */
export async function introduce(
  send: (request: WireRequest) => Promise<Exchange>,
  issuer: Issuer,
  context: Context,
  settings: Settings,
  wants: (id: string) => boolean,
): Promise<Introduction> {
  const none = new Map<string, Exchange>();
  const asked = [get(routes.manifest.path), task(context)].map((request) => send({ ...request, credentials: false }));
  const [first, answer] = await Promise.all(asked);
  const manifest = asObject(jsonOf(first));
  const isRefused = [401, 403, 503].includes(answer?.response?.status ?? 0);
  if (manifest?.auth == null && !isRefused) return { mint: "the agent asks for no token", clockAheadMs: 0, made: none };
  const facts = asObject(asObject(manifest?.auth)?.oauth2);
  const agent = validateAgentUrn(manifest?.id) ? manifest.id : "urn:asap:agent:under-test";
  const audience = settings.audience ?? listed(facts?.audience)[0] ?? (await resourceOf(send)) ?? agent;
  const scopes = new Set(["asap:execute", "asap:read", ...listed(facts?.scopes)]);
  const named = facts?.issuer;
  const mint = createMint({
    issuer: settings.issuer ?? (isOnPort(named, issuer.port) ? named : `http://127.0.0.1:${issuer.port}`),
    audience,
    agent,
    scopes: [...scopes],
    keys: await runKeys(wants(rotation)),
  });
  issuer.serve(mint);
  const clockAheadMs = clockOf(first);
  if (!wants(trial) || answer?.response === undefined) return { mint, clockAheadMs, made: none };
  const request = taskWithoutKeys({ ...context, clockAheadMs }, mint);
  return { mint, clockAheadMs, made: new Map([[withoutKeys, await send(request)]]) };
}

/** How far the date of an answer is ahead of the time it came, where that is more than travel and rounding make. */
function clockOf(answer: Exchange | undefined): number {
  const ahead = Date.parse(headerOf(answer?.response, "date") ?? "") - (answer?.startedAt ?? 0);
  return Math.abs(ahead) > steadyMs && Math.abs(ahead) < followMs ? ahead : 0;
}

const listed = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");

function isOnPort(url: unknown, port: number): url is string {
  return typeof url === "string" && URL.canParse(url) && new URL(url).port === String(port);
}

/** The resource that the agent's metadata name (RFC 9728 section 2). */
async function resourceOf(send: (request: WireRequest) => Promise<Exchange>): Promise<string | undefined> {
  const exchange = await send({ ...get(routes.protected_resource.path), credentials: false });
  return listed(asObject(jsonOf(exchange))?.resource)[0];
}
