import { validateAgentUrn } from "../../generated/validators/agent-urn.js";
import { jsonOf } from "../body.js";
import { invalidOption } from "../invalid-option.js";
import type { AccessRefusal, GuardedAgent } from "./guard.js";

/** Claim that binds a token to an agent (ASAP 1.1 section 19 row 1). */
export const agentIdClaim = "https://asap.ai/agent_id";

/** Claim of the reference implementation, read where the other is absent. */
export const referenceAgentIdClaim = "https://github.com/adriannoes/asap-protocol/agent_id";

/** How tokens are bound to the agent they are for. */
export interface BindingOptions {
  /**
   * Claim that must equal the agent's id, in place of both default ones. Default: the environment variable
   * ASAP_AUTH_CUSTOM_CLAIM, else `https://asap.ai/agent_id`, else the claim of the reference implementation.
   */
  readonly claim?: string;
  /**
   * Subjects by agent id, for tokens without the claim. Default: the JSON object in the environment variable
   * ASAP_AUTH_SUBJECT_MAP.
   */
  readonly subjectMap?: Readonly<Record<string, string | readonly string[]>>;
  /** Takes tokens that neither a claim nor the map binds, and logs each of them. Default: false. */
  readonly lenient?: boolean;
  /**
   * Claim that names the calling agent; the sender of every envelope must equal it, and a token without it is refused.
   * Default: whichever of `sub`, `client_id` and `azp` is an agent URN; tokens that name none bind no sender.
   */
  readonly callerClaim?: string;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Claims = Readonly<Record<string, unknown>>;

/** Binds tokens to one agent. */
export interface Binding {
  /** Why a token is not bound to the agent; undefined where it is. */
  judge(claims: Claims, subject: string): AccessRefusal | undefined;
  /** The agent that a token names as the caller. */
  callerOf(claims: Claims): string | undefined;
}

/**
 * Makes the binding of tokens to an agent.
 *
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, sections 11.2 and 19 (rows 1 and 2)
 */
export function createBinding(agent: GuardedAgent, options: BindingOptions, env: Environment): Binding {
  const custom = options.claim ?? (env["ASAP_AUTH_CUSTOM_CLAIM"] || undefined);
  if (custom !== undefined && (typeof custom !== "string" || custom === "")) {
    throw invalidOption("binding.claim", "must be the name of a claim");
  }
  const names = custom === undefined ? [agentIdClaim, referenceAgentIdClaim] : [custom];
  const subjects = subjectsOf(options.subjectMap ?? parsedMap(env["ASAP_AUTH_SUBJECT_MAP"]), agent.id);
  const { callerClaim, lenient = false } = options;
  const callerIn = (claims: Claims, name: string): string | undefined => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return typeof value === "string" && validateAgentUrn(value) ? value : undefined;
  };
  const refused = (reason: string): AccessRefusal => ({
    status: 403,
    code: "asap:auth/identity_mismatch",
    detail: `Identity mismatch: ${reason} (expected: ${agent.id})`,
  });
  const judgeAgent = (claims: Claims, subject: string): AccessRefusal | undefined => {
    const name = names.find((each) => Object.hasOwn(claims, each));
    if (name !== undefined) {
      return claims[name] === agent.id ? undefined : refused("custom claim does not match agent manifest");
    }
    if (subjects.has(subject)) {
      agent.log.warn?.("asap.auth.bound_by_subject_map", { agent_id: agent.id, subject });
      return undefined;
    }
    if (!lenient) return refused("the token names no agent");
    agent.log.warn?.("asap.auth.unbound_token_accepted", { agent_id: agent.id, subject });
    return undefined;
  };
  return {
    judge(claims, subject) {
      const unbound = judgeAgent(claims, subject);
      if (unbound !== undefined || callerClaim === undefined) return unbound;
      return callerIn(claims, callerClaim) === undefined ? refused("the token names no calling agent") : undefined;
    },
    callerOf: (claims) => {
      const [caller] = (callerClaim === undefined ? ["sub", "client_id", "azp"] : [callerClaim]).flatMap(
        (name) => callerIn(claims, name) ?? [],
      );
      return caller;
    },
  };
}

/**
 * The map of the environment.
 *
 * @throws AsapError `asap:config/invalid_option` where it is no JSON object; what it holds is not repeated.
 */
function parsedMap(text: string | undefined): unknown {
  if (!text) return {};
  const map = jsonOf(text);
  if (typeof map === "object" && map !== null && !Array.isArray(map)) return map;
  throw invalidOption("ASAP_AUTH_SUBJECT_MAP", "must be a JSON object of subjects by agent id");
}

/** Subjects of one agent: one text or a list of texts; other forms are dropped (wire section 11.2). */
function subjectsOf(map: unknown, agentId: string): ReadonlySet<string> {
  if (typeof map !== "object" || map === null || !Object.hasOwn(map, agentId)) return new Set();
  const entry = (map as Readonly<Record<string, unknown>>)[agentId];
  const listed: readonly unknown[] = Array.isArray(entry) ? entry : [entry];
  return new Set(listed.filter((subject): subject is string => typeof subject === "string" && subject !== ""));
}
