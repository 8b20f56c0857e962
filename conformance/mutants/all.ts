import type { JudgeOptions } from "../index.js";
import { addressing, ownHost } from "./addressing.js";
import { bearing } from "./bearing.js";
import { documentMutants } from "./documents.js";
import { guarded, guarding, limiting, mutants } from "./index.js";
import { judgeAddresses } from "./judge-addresses.js";
import { judgeBearing } from "./judge-bearing.js";
import { judgeGuarded } from "./judge-guarded.js";
import { judgeLiving } from "./judge-living.js";
import { judgePlain } from "./judge-plain.js";
import { judgePosting } from "./judge-posting.js";
import { judgeSending } from "./judge-sending.js";
import { living, remembering } from "./living.js";
import { telling, trying } from "./posting.js";
import { type KnownMutant, known } from "./registry.js";
import { sending } from "./sending.js";
import type { Mutant } from "./wrap.js";

/** Milliseconds that a request may take: of the whole suite, and of a few cases. */
type Patience = readonly [whole: number, few: number];

/** With agents that always answer, and with those that may be silent where cases wait for something. */
const answers: Patience = [15_000, 15_000];
const maySayNothing: Patience = [8000, 2500];
const mayTakeTime: Patience = [8000, 4000];
const mayNotPost: Patience = [8000, 8000];

const chosen = (only: readonly string[] | undefined, [whole, few]: Patience): JudgeOptions =>
  only === undefined ? { timeoutMs: whole } : { timeoutMs: few, only };

/** What an agent with a rate limit is judged by: the whole suite would wait for the limit most of the time. */
const underLimit = ["discovery", "health", "metrics", "replay", "limits"];

const plain = (kind: "plain" | "limited" | "token", list: readonly Mutant[]): KnownMutant[] =>
  list.map((mutant) =>
    known({
      name: mutant.name,
      group: kind,
      kills: [mutant.killedBy],
      spreads: mutant.spreads ?? false,
      judge: (only = kind === "limited" ? underLimit : undefined) =>
        judgePlain(mutant, kind, chosen(only, mutant.socket === undefined ? answers : maySayNothing)),
    }),
  );

const areaIds = (area: string, ids: readonly string[]) => ids.map((id) => `${area}.${id}`);

/** Everything that is wrong on purpose. */
export const allMutants: readonly KnownMutant[] = [
  ...plain("plain", mutants),
  ...plain("limited", limiting),
  ...plain("token", guarded),
  ...bearing.map((mutant) =>
    known({
      name: mutant.name,
      group: "bearer",
      kills: mutant.killedBy,
      judge: (only) => judgeBearing(mutant, chosen(only, answers)),
    }),
  ),
  ...guarding.map((mutant) =>
    known({
      name: mutant.name,
      group: "oauth",
      kills: areaIds("auth", mutant.killedBy),
      judge: (only) => judgeGuarded(mutant, chosen(only, mayTakeTime)),
    }),
  ),
  ...[...living, ...remembering].map((mutant) =>
    known({
      name: mutant.name,
      group: "lasting",
      kills: mutant.killedBy,
      judge: (only) => judgeLiving(mutant, chosen(only, mayTakeTime)),
    }),
  ),
  ...sending.map((mutant) =>
    known({
      name: mutant.name,
      group: "messages",
      kills: mutant.killedBy,
      judge: (only) => judgeSending(mutant, chosen(only, answers)),
    }),
  ),
  ...[...telling, ...trying].map((mutant) =>
    known({
      name: mutant.name,
      group: "webhooks",
      kills: areaIds("webhooks", mutant.killedBy),
      judge: (only) => judgePosting(mutant, chosen(only, mayNotPost)),
    }),
  ),
  ...addressing.map((mutant) =>
    known({
      name: mutant.name,
      group: "webhooks",
      kills: mutant.killedBy,
      judge: (only) =>
        judgeAddresses(
          { ...mutant, killedBy: "" },
          ownHost.filter(({ id }) => only?.includes(id) ?? true),
        ),
    }),
  ),
  ...documentMutants.map(({ id, name, role, group, kills, also, judge }) => ({
    id,
    name,
    role,
    group,
    kills,
    also: also.length === 0 ? [] : [{ cases: also }],
    spreads: false,
    judge,
  })),
];
