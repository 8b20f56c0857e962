import { limits } from "../../generated/limits.js";
import type { Case, Context, Verdict } from "../case.js";
import { accepted, errorData, expect, judged, refused, show } from "../checks.js";
import { asObject, task, timeAt, twin } from "../documents.js";
import { dataError } from "../refusal.js";
import type { Exchange } from "../wire.js";

const maxAge = Number(limits.max_timestamp_age_seconds);
const maxAhead = Number(limits.max_timestamp_ahead_seconds);

const code = (at: number, wanted: string) =>
  expect(at, `"${wanted}" in error.data.code`, (exchange) =>
    errorData(exchange)?.code === wanted ? null : `data.code is ${show(errorData(exchange)?.code)}`,
  );

const swiftMs = 300;

/** Seconds to keep from a limit, so that the agent may take as long as for the exchange before. */
function distance([first]: readonly Exchange[]): number {
  const elapsedMs = first?.elapsedMs ?? 0;
  return elapsedMs < swiftMs ? 1 : 1 + Math.ceil(elapsedMs / 250);
}

/** Seconds that an envelope may age before another verdict on it is right; a stale one stays stale. */
function margin({ seconds, boundary }: Time, isStale: boolean, exchanges: readonly Exchange[]): number {
  if (boundary === true) return distance(exchanges);
  if (!isStale) return maxAge + seconds;
  return seconds > 0 ? seconds - maxAhead : Number.POSITIVE_INFINITY;
}

/** A failure is kept only when the time the exchange took cannot have moved it over the limit. */
function withinMargin(of: (exchanges: readonly Exchange[]) => number, judge: Case["judge"]): Case["judge"] {
  return (exchanges, context): Verdict => {
    const verdict = judge(exchanges, context);
    const marginSeconds = of(exchanges);
    const last = exchanges.at(-1);
    if (verdict.outcome !== "fail" || last?.response === undefined || last.elapsedMs < marginSeconds * 800)
      return verdict;
    const took = `the answer took ${Math.round(last.elapsedMs)} ms, with ${marginSeconds} s to spare`;
    return { outcome: "inconclusive", reason: `too slow to tell: ${took}` };
  };
}

const at = (context: Context, seconds: number, form: (time: string) => string = (time) => time) =>
  task(context, { envelope: { timestamp: form(timeAt(context, seconds)) } });

interface Time {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  /** Seconds ahead of the agent's clock. */
  readonly seconds: number;
  /** Whether it is a second from a limit that the time of travel moves it over; further for an agent that is slow. */
  readonly boundary?: boolean;
  readonly form?: (time: string) => string;
}

const noOffset = (time: string) => time.replace("Z", "");
const eastward = (time: string) => new Date(Date.parse(time) + 19_800_000).toISOString().replace("Z", "+05:30");

const freshTimes: Time[] = [
  {
    id: "old-299",
    title: "An envelope 299 seconds old is accepted",
    requirements: ["REPLAY-003"],
    seconds: 1 - maxAge,
    boundary: true,
  },
  {
    id: "ahead-25",
    title: "An envelope 25 seconds ahead is accepted",
    requirements: ["REPLAY-003"],
    seconds: maxAhead - 5,
  },
  {
    id: "no-offset",
    title: "A time without an offset is read as UTC",
    requirements: ["TIME-002"],
    seconds: -200,
    form: noOffset,
  },
  {
    id: "offset",
    title: "A time with an offset is compared as the moment it names",
    requirements: ["TIME-004"],
    seconds: -200,
    form: eastward,
  },
];
const staleTimes: Time[] = [
  {
    id: "old-301",
    title: "An envelope 301 seconds old is refused",
    requirements: ["REPLAY-001"],
    seconds: -maxAge - 1,
  },
  { id: "old-year", title: "An envelope a year old is refused", requirements: ["REPLAY-001"], seconds: -31_536_000 },
  {
    id: "ahead-31",
    title: "An envelope 31 seconds ahead is refused",
    requirements: ["REPLAY-002"],
    seconds: maxAhead + 1,
    boundary: true,
  },
  { id: "ahead-day", title: "An envelope a day ahead is refused", requirements: ["REPLAY-002"], seconds: 86_400 },
  {
    id: "no-offset-stale",
    title: "A stale time without an offset is read as UTC and refused",
    requirements: ["TIME-002", "REPLAY-001"],
    seconds: -400,
    form: noOffset,
  },
  {
    id: "offset-stale",
    title: "A stale time with an offset is refused",
    requirements: ["TIME-004", "REPLAY-001"],
    seconds: -400,
    form: eastward,
  },
];

/** A task of that time, a boundary moved by as much as the agent is slow. */
const timed =
  ({ seconds, form, boundary }: Time, context: Context) =>
  (earlier: readonly Exchange[]) => {
    const further = boundary === true ? distance(earlier) - 1 : 0;
    return at(context, seconds + further, form);
  };

const times: Case[] = [
  ...freshTimes.map(
    (time): Case => ({
      id: `replay.${time.id}`,
      title: time.title,
      area: "replay",
      level: "MUST",
      requirements: time.requirements,
      steps: (context) => [twin(context), timed(time, context)],
      judge: withinMargin((exchanges) => margin(time, false, exchanges), judged(accepted(0), accepted(1))),
    }),
  ),
  ...staleTimes.map(
    (time): Case => ({
      id: `replay.${time.id}`,
      title: time.title,
      area: "replay",
      level: "MUST",
      requirements: time.requirements,
      steps: (context) => [twin(context), timed(time, context)],
      judge: withinMargin(
        (exchanges) => margin(time, true, exchanges),
        judged(accepted(0), refused(1, -32602), code(1, "asap:protocol/invalid_timestamp")),
      ),
    }),
  ),
];

const details: Case = {
  id: "replay.details",
  title: "The details of a stale timestamp name the timestamp, the age, the envelope id and the limit",
  area: "replay",
  level: "MUST",
  requirements: ["REPLAY-010", "CODE-004"],
  steps: (context) => [twin(context), () => at(context, -400), () => at(context, 90)],
  judge: judged(
    accepted(0),
    refused(1, -32602),
    dataError(1, "Invalid envelope timestamp"),
    hasDetails(1, ["timestamp", "age_seconds", "envelope_id", "max_age_seconds"]),
    refused(2, -32602),
    hasDetails(2, ["timestamp", "future_offset_seconds", "envelope_id", "max_future_tolerance_seconds"]),
  ),
};

function hasDetails(position: number, names: readonly string[]) {
  return expect(position, `error.data.details with ${names.join(", ")}`, (exchange) => {
    const found = asObject(errorData(exchange)?.details) ?? {};
    const missing = names.filter((name) => !(name in found));
    return missing.length === 0 ? null : `without ${missing.join(", ")}`;
  });
}

const nonce = (context: Context, value: unknown, change: Record<string, unknown> = {}) =>
  task(context, { envelope: { extensions: { nonce: value }, ...change } });

const nonces: Case[] = [
  {
    id: "replay.nonce.repeated",
    title: "A repeated nonce is accepted with checking off, refused as invalid_nonce with checking on",
    area: "replay",
    level: "MUST",
    requirements: ["REPLAY-004", "REPLAY-007"],
    steps: (context) => {
      const value = context.newId();
      return [nonce(context, value), nonce(context, value)];
    },
    judge: judged(accepted(0), acceptedOrNonceFault(1)),
  },
  {
    id: "replay.nonce.malformed",
    title:
      "A nonce that is empty or no string is accepted with checking off, refused as invalid_nonce with checking on",
    area: "replay",
    level: "MUST",
    requirements: ["REPLAY-005", "ENV-010"],
    steps: (context) => [twin(context), nonce(context, ""), nonce(context, 7)],
    judge: judged(accepted(0), acceptedOrNonceFault(1), acceptedOrNonceFault(2)),
  },
  {
    id: "replay.nonce.optional",
    title: "A request without a nonce is accepted",
    area: "replay",
    level: "MUST",
    requirements: ["REPLAY-006"],
    steps: (context) => [task(context, { envelope: { extensions: {} } })],
    judge: judged(accepted(0)),
  },
  {
    id: "replay.nonce.stale-does-not-use-it",
    title: "A stale envelope does not use up its nonce",
    area: "replay",
    level: "MUST",
    requirements: ["REPLAY-008"],
    steps: (context) => {
      const value = context.newId();
      return [nonce(context, value, { timestamp: timeAt(context, -400) }), nonce(context, value)];
    },
    judge: judged(refused(0, -32602), accepted(1)),
  },
];

function acceptedOrNonceFault(position: number) {
  const isAccepted = accepted(position);
  const isRefused = judged(refused(position, -32602), code(position, "asap:protocol/invalid_nonce"));
  return (exchanges: readonly Exchange[], context: Context) => {
    const finding = isAccepted(exchanges, context);
    if (finding === null || isRefused(exchanges, context).outcome === "pass") return null;
    return { ...finding, expected: "a result, or -32602 with asap:protocol/invalid_nonce" };
  };
}

/** Replay protection: age and offset of timestamps, nonces. */
export const replayCases: readonly Case[] = [...times, details, ...nonces];
