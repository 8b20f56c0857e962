import { isIP } from "node:net";
import { type Baseline, baselineOf } from "./baseline.js";
import { tags as allTags, type Level, type Tag } from "./case.js";
import { profiles as allProfiles, type Profile } from "./profiles.js";
import type { CaseResult } from "./report.js";

/** Options of `judgeServer`. */
export interface JudgeOptions {
  /** Bearer token, sent as Authorization with every request. */
  readonly token?: string;
  /** Headers sent with every request; their values are kept out of reports. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * TCP port on 127.0.0.1 for an issuer of the suite's own, from which it mints the tokens that an agent behind OAuth 2.0 is
   * judged with, and sends one with every other request; without it that part does not apply. Not together with `token`.
   */
  readonly issuerPort?: number;
  /** Text of `iss` in those tokens; what the manifest says for that port unless set, else `http://127.0.0.1:<port>`. */
  readonly issuer?: string;
  /** Text of `aud` in those tokens; unless set that of the manifest, the resource of RFC 9728, or the agent's id. */
  readonly audience?: string;
  /**
   * Name or address of this host as the agent reaches it: there the suite listens for webhooks, over plain HTTP. Without it
   * they are not judged.
   */
  readonly callbackHost?: string;
  /** TCP port for that; a free one unless set. */
  readonly callbackPort?: number;
  /** Attempts of a webhook after the first that are waited for, 1 to 4: the waits double from 1 s; 1 unless set. */
  readonly retries?: number;
  /** PEM of the certificate authorities to trust in place of the built-in ones. */
  readonly ca?: string;
  /** Skill asked for in tasks; `echo` unless set. */
  readonly skill?: string;
  /** Input of those tasks; `{"message": "hello"}` unless set. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** URN the suite speaks as; `urn:asap:agent:conformance` unless set. With a token it must be the token's agent. */
  readonly sender?: string;
  /** Milliseconds one request may take; 8000 unless set. */
  readonly timeoutMs?: number;
  /** Milliseconds the whole run may take, waits for rate limits not counted; 300000 unless set. */
  readonly totalTimeoutMs?: number;
  /** Milliseconds the run may wait in total for an agent's rate limit; 300000 unless set. */
  readonly maxWaitMs?: number;
  /** Cases that run at the same time; 8 unless set. */
  readonly concurrency?: number;
  /** Milliseconds one case may take, waits for rate limits not counted; 60000 unless set. */
  readonly caseTimeoutMs?: number;
  /** Cases to run: ids, areas, requirement ids, or patterns with `*`; all unless set. */
  readonly only?: readonly string[];
  /** Cases not to run, named in the same way; none unless set. */
  readonly skip?: readonly string[];
  /** Level of the cases to run; both unless set. */
  readonly level?: Level;
  /** Tags of which the cases to run have one; any unless set. */
  readonly tags?: readonly Tag[];
  /**
   * Profiles to judge: only cases of these are run, and the agent must have them, whatever its manifest says. Unless set all
   * cases are run, and the manifest and the answers of the agent say which profiles it has.
   */
  readonly profiles?: readonly Profile[];
  /** How often a case that failed is tried again, alone; one that passes then is flaky. 2 unless set, 0 for never. */
  readonly reruns?: number;
  /** Known failures; none unless set. */
  readonly baseline?: Baseline;
  /** Of which cases the report keeps what went over the wire: `findings` (the default), or `all`. */
  readonly record?: "findings" | "all";
  /** Whether to run into the agent's rate limit on purpose, at the end; false unless set. */
  readonly burst?: boolean;
  /**
   * Asks the agent to end, as SIGTERM does. Called at most once, when everything else is judged, and not where no case needs it;
   * nothing is sent to the agent after it. It may return before the agent ends, and the run does not wait for it once the
   * connection is closed; where it throws or rejects before that, the case is an error. The agent has `timeoutMs` to close.
   * Without it, how an agent ends is not judged.
   */
  readonly stop?: () => void | Promise<void>;
  /** Stops the run; cases that did not run are reported as errors. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; `Date.now` unless set. */
  readonly now?: () => number;
  /** Called after each case with its result, how many are done and how many are planned. */
  readonly onCase?: (result: CaseResult, done: number, planned: number) => void;
  /** Called when the run stands still for the agent's rate limit, with the milliseconds it will wait. */
  readonly onWait?: (waitMs: number) => void;
}

/** Options with every default filled in. */
export interface Settings {
  readonly token: string | null;
  readonly issuerPort: number | null;
  readonly issuer: string | null;
  readonly audience: string | null;
  readonly callbackHost: string | null;
  readonly callbackPort: number;
  readonly retries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly skill: string;
  readonly skillChosen: boolean;
  readonly input: Readonly<Record<string, unknown>>;
  readonly sender: string;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly concurrency: number;
  readonly caseTimeoutMs: number;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly level: Level | null;
  readonly tags: readonly Tag[];
  readonly profiles: readonly Profile[];
  readonly reruns: number;
  readonly baseline: Baseline | null;
  readonly record: "findings" | "all";
  readonly burst: boolean;
  readonly now: () => number;
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError for a number that is out of range, TypeError for a header that HTTP does not allow, an issuer that is no
 * URL, a level, tag, profile or record there is not, and options that do not go together; BaselineError for a baseline that
 * does not fit
 */
export function settingsOf(options: JudgeOptions): Settings {
  const headers = {
    ...options.headers,
    ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
  };
  for (const [name, value] of Object.entries(headers)) {
    const fits = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!fits) throw new TypeError(`not a header HTTP allows: ${name}`);
  }
  const { token = null, issuer = null, audience = null, issuerPort = null } = options;
  if (issuerPort !== null && token !== null) throw new TypeError("a token and a port for an issuer are given together");
  if (issuerPort === null && (issuer ?? audience) !== null)
    throw new TypeError("an issuer or an audience is given without a port for the issuer");
  if (issuer !== null && !/^https?:\/\//.test(new URL(issuer).href))
    throw new TypeError(`not an http or https URL: ${issuer}`);
  if (issuerPort !== null && positive("issuerPort", issuerPort) > 65_535)
    throw new RangeError(`issuerPort is no TCP port: ${issuerPort}`);
  const { callbackHost = null, callbackPort, retries } = options;
  if (callbackHost === null && (callbackPort ?? retries) !== undefined)
    throw new TypeError("a port for callbacks, or retries, are given without a host for them");
  if (callbackHost !== null && !isHost(callbackHost)) throw new TypeError(`not a host: ${callbackHost}`);
  if (callbackPort !== undefined && positive("callbackPort", callbackPort) > 65_535)
    throw new RangeError(`callbackPort is no TCP port: ${callbackPort}`);
  if (positive("retries", retries ?? 1) > 4) throw new RangeError(`retries are more than 4: ${retries}`);
  return {
    token,
    issuerPort,
    issuer,
    audience,
    callbackHost,
    callbackPort: callbackPort ?? 0,
    retries: retries ?? 1,
    headers,
    skill: options.skill ?? "echo",
    skillChosen: options.skill !== undefined,
    input: options.input ?? { message: "hello" },
    sender: options.sender ?? "urn:asap:agent:conformance",
    timeoutMs: positive("timeoutMs", options.timeoutMs ?? 8000),
    totalTimeoutMs: positive("totalTimeoutMs", options.totalTimeoutMs ?? 300_000),
    maxWaitMs: positive("maxWaitMs", options.maxWaitMs ?? 300_000),
    concurrency: positive("concurrency", options.concurrency ?? 8),
    caseTimeoutMs: positive("caseTimeoutMs", options.caseTimeoutMs ?? 60_000),
    only: options.only ?? [],
    skip: options.skip ?? [],
    level: options.level === undefined ? null : oneOf<Level>("level", ["MUST", "SHOULD"], options.level),
    tags: (options.tags ?? []).map((tag) => oneOf("tags", allTags, tag)),
    profiles: (options.profiles ?? []).map((profile) => oneOf("profiles", allProfiles, profile)),
    reruns: rerunsOf(options.reruns ?? 2),
    baseline: options.baseline === undefined ? null : baselineOf({ cases: options.baseline }),
    record: oneOf("record", ["findings", "all"], options.record ?? "findings"),
    burst: options.burst ?? false,
    now: options.now ?? Date.now,
  };
}

/**
 * Whether a text is the name or the address of a host, without a port; IPv6 in brackets or not.
 */
export function isHost(text: string): boolean {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) !== 0 || /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i.test(text);
}

function oneOf<T extends string>(name: string, known: readonly T[], value: T): T {
  if (known.includes(value)) return value;
  throw new TypeError(`${name}: ${value} is none of ${known.join(", ")}`);
}

const maxReruns = 10;

function rerunsOf(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= maxReruns) return value;
  throw new RangeError(`reruns is no whole number from 0 to ${maxReruns}: ${value}`);
}

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 2_147_483_647)
    throw new RangeError(`${name} is no positive integer: ${value}`);
  return value;
}
