import type { Profile } from "./profiles.js";
import type { Callbacks } from "./receiver.js";
import type { Mint } from "./tokens.js";
import type { Exchange, WireRequest } from "./wire.js";

/** How binding a rule is: a broken MUST fails the agent, a broken SHOULD is a warning. */
export type Level = "MUST" | "SHOULD";

/** Part of the protocol a case looks at. */
export type Area =
  | "discovery"
  | "health"
  | "registry"
  | "jsonrpc"
  | "envelope"
  | "task"
  | "payloads"
  | "lifecycle"
  | "state"
  | "http"
  | "replay"
  | "idempotency"
  | "errors"
  | "metrics"
  | "websocket"
  | "acks"
  | "auth"
  | "webhooks"
  | "limits";

/**
 * A word to choose cases by. `core`: a quick set of MUSTs that any agent must pass. `generated`: made from a schema.
 * `hostile`: sends what no honest client would. `slow`: takes seconds, or sends megabytes.
 */
export type Tag = "core" | "generated" | "hostile" | "slow";

/**
 * When cases are run: those of `main` beside others, `first` alone before them, `last` alone after them. Those of `end` are run
 * alone when everything else is judged, and nothing is sent after them, since the agent is asked to end.
 */
export type Phase = "first" | "main" | "last" | "end";

/** Every tag. */
export const tags: readonly Tag[] = ["core", "generated", "hostile", "slow"];

/** A request to send: data, or a function of the answers so far for a request that depends on them. */
export type Step = WireRequest | ((earlier: readonly Exchange[]) => WireRequest);

/** What a judge found wrong: the expectation, what came instead and in which exchange of the case. */
export interface Finding {
  readonly expected: string;
  readonly found: string;
  /** Position of the exchange at fault among the case's exchanges. */
  readonly at: number;
}

/**
 * Outcome of one judge. `inconclusive` is a failure that slowness may have caused, as when a clock margin was used up: the
 * case is run again, and a third time, before it counts as not applicable and undecided.
 */
export type Verdict =
  | { readonly outcome: "pass" }
  | ({ readonly outcome: "fail" } & Finding)
  | {
      readonly outcome: "not-applicable";
      readonly reason: string;
      /** True when the case may concern the agent all the same; false unless set. */
      readonly undecided?: boolean;
    }
  | { readonly outcome: "inconclusive"; readonly reason: string };

/** Something that an agent, or the run, must have for a case to concern it. */
export interface Prerequisite {
  /** What there must be, in words: `the manifest says that the state of tasks is kept`. */
  readonly words: string;
  /** Why there is not; null when there is. */
  readonly missing: (context: Context) => string | null;
  /**
   * What says that the agent has it, such as `endpoints.events of the manifest`; null where nothing does. An agent that says
   * so and does not have it fails the case, which otherwise does not apply to it.
   */
  readonly declared?: (context: Context) => string | null;
  /** Whether the agent may have it all the same, since the run could not look; never unless set. */
  readonly undecided?: (context: Context) => boolean;
  /** The exchange that shows that it is missing. */
  readonly shownBy?: (context: Context) => Exchange | null;
}

/** What steps and judges may know of the run. Nothing in it speaks to the agent. */
export interface Context {
  /** Skill asked for in tasks. */
  readonly skill: string;
  /** Input of those tasks. */
  readonly input: Readonly<Record<string, unknown>>;
  /** URN the suite speaks as. */
  readonly sender: string;
  /** Manifest read before the run, null when it could not be read. */
  readonly manifest: Readonly<Record<string, unknown>> | null;
  /** Absolute URL of the agent, without a slash at the end. */
  readonly baseUrl: string;
  /** Milliseconds the agent's clock is ahead of ours, as its first answer told. */
  readonly clockAheadMs: number;
  /** Profiles that the agent must have because the caller says so, whatever its manifest says. */
  readonly declares: ReadonlySet<Profile>;
  /** The upgrade to a WebSocket that was tried before the run; null when none was. */
  readonly upgrade: Exchange | null;
  /** Whether the caller allowed cases that run into the rate limit on purpose. */
  readonly burst: boolean;
  /** Whether the caller said how the agent is asked to end. */
  readonly stops: boolean;
  /** Milliseconds one request may take. */
  readonly timeoutMs: number;
  /** Makes tokens that the agent takes; a text says why there are none. */
  readonly mint: Mint | string;
  /** The suite as a receiver of webhooks; a text says why there is none. */
  readonly callbacks: Callbacks | string;
  /** Milliseconds since 1970 by our clock. */
  now(): number;
  /** A fresh identifier. */
  newId(): string;
}

/** One rule of the protocol, how to try it and how to judge what came back. */
export interface Case {
  /** Stable name, `area.subject.aspect`; never used again for something else. */
  readonly id: string;
  /** The claim that holds when the case passes. */
  readonly title: string;
  readonly area: Area;
  readonly level: Level;
  /** Ids from spec/requirements.json. */
  readonly requirements: readonly string[];
  /** Words to choose it by, beside its area and its profile. */
  readonly tags?: readonly Tag[];
  /** What there must be for the case to concern the agent, the first to be looked at first. */
  readonly prerequisites?: readonly Prerequisite[];
  /** When it is run; in the main phase unless set. */
  readonly phase?: Phase;
  /** True for a case that sends nothing: its judge sees every exchange of the run, one at a time. */
  readonly watches?: boolean;
  /** Requests to send, in order. */
  readonly steps: (context: Context) => readonly Step[];
  /** Pure: the same exchanges give the same verdict. */
  readonly judge: (exchanges: readonly Exchange[], context: Context) => Verdict;
}
