import type { AccessControl, AccessGuard, AccessRefusal, Identity } from "../../runtime/auth/guard.js";
import { isRefusal } from "../../runtime/auth/guard.js";
import { type ResourceServerOptions, resourceServer } from "../../runtime/auth.js";
import { readToken } from "../tokens.js";
import type { Mutant } from "./wrap.js";

/** Id of the agents that the mutants are made of. */
export const guardedAgent = "urn:asap:agent:echo-agent";
/** Audience of the tokens they take. */
export const guardedAudience = "https://agent.example";

/** A token as it came to an agent. */
export interface Shown {
  /** Value of the Authorization header. */
  readonly authorization: string;
  /** What is after the scheme. */
  readonly text: string;
  readonly parts: readonly string[];
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An agent behind OAuth 2.0 that is wrong in one way: its guard, the options of it, or what goes over the wire. */
export interface GuardMutant {
  readonly name: string;
  /** Ids of the cases of the area that must see it, all of them. */
  readonly killedBy: readonly string[];
  /** Options of the resource server, made anew for each agent. */
  readonly options?: () => Partial<ResourceServerOptions>;
  /** Stands before the guard. The second argument is the value of an Authorization header that the agent takes. */
  readonly admit?: Admit;
  /** Changes the guard otherwise. */
  readonly guard?: (guard: AccessGuard) => Partial<AccessGuard>;
  /** Changes what goes over the wire. */
  readonly wire?: Omit<Mutant, "name" | "killedBy">;
}

type Judgement = Identity | AccessRefusal;

/** Judges an Authorization header in place of a guard. */
export type Admit = (
  shown: Shown | null,
  honest: string,
  judge: (authorization: string | undefined) => Promise<Judgement>,
  authorization: string | undefined,
) => Promise<Judgement>;

/** A guard with a mutant in it. */
export function mutated({ options, admit, guard }: GuardMutant, usual: ResourceServerOptions): AccessControl {
  const control = resourceServer({ ...usual, ...options?.() });
  return {
    guard(agent) {
      const inner = control.guard(agent);
      const judging = admit === undefined ? inner : { ...inner, admit: before(inner, admit) };
      return { ...judging, ...guard?.(judging) };
    },
  };
}

/** Puts a function before a guard, and keeps the first header that the guard took for it. */
function before(guard: AccessGuard, admit: Admit): AccessGuard["admit"] {
  let honest: string | undefined;
  return async (authorization, scope) => {
    const judge = async (value: string | undefined) => guard.admit(value, scope);
    if (honest !== undefined) return admit(shownIn(authorization), honest, judge, authorization);
    const judged = await judge(authorization);
    if (!isRefusal(judged)) honest = authorization;
    return judged;
  };
}

function shownIn(authorization: string | undefined): Shown | null {
  if (authorization === undefined) return null;
  const text = authorization.replace(/^\S+ +/, "");
  const { header = {}, claims = {} } = readToken(text) ?? {};
  return { authorization, text, parts: text.split("."), header, claims };
}

/** Takes the tokens that a function picks for one that holds. */
export const takes = (name: string, killedBy: readonly string[], picks: (shown: Shown) => boolean): GuardMutant => ({
  name,
  killedBy,
  admit: (shown, honest, judge, authorization) => judge(shown !== null && picks(shown) ? honest : authorization),
});

/** Refuses the tokens that a function picks. */
export const refuses = (name: string, killedBy: readonly string[], picks: (shown: Shown) => boolean): GuardMutant => ({
  name,
  killedBy,
  admit: (shown, _, judge, authorization) => judge(shown !== null && picks(shown) ? "Bearer none" : authorization),
});

/** Changes the refusals of the guard. */
export const refusesWith = (
  name: string,
  killedBy: readonly string[],
  change: (refusal: AccessRefusal) => Partial<AccessRefusal>,
): GuardMutant => ({
  name,
  killedBy,
  guard: (guard) => ({
    async admit(authorization, scope) {
      const judged = await guard.admit(authorization, scope);
      return isRefusal(judged) ? { ...judged, ...change(judged) } : judged;
    },
  }),
});

/** Changes who the guard says that a caller is. */
export const identifies = (
  name: string,
  killedBy: readonly string[],
  change: (identity: Identity) => Partial<Identity>,
): GuardMutant => ({
  name,
  killedBy,
  guard: (guard) => ({
    async admit(authorization, scope) {
      const judged = await guard.admit(authorization, scope);
      return isRefusal(judged) ? judged : { ...judged, ...change(judged) };
    },
  }),
});

/** Ids of cases over HTTP, and of the same at the upgrade. */
export const both = (...ids: readonly string[]): string[] => ids.flatMap((id) => [id, `websocket.${id}`]);
