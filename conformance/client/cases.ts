import type { Level, Verdict } from "../case.js";
import type { Profile } from "../profiles.js";
import { mostInWords } from "./budget.js";
import { ending, failed, pass } from "./checks.js";
import { leastOf } from "./least.js";
import { type ClientCase, declined, type Scenario } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import type { Session } from "./session.js";

/** A case of client mode, with what it takes from its scenario. */
export interface PlannedClientCase {
  readonly id: string;
  readonly title: string;
  /** Name of the scenario. */
  readonly area: string;
  readonly profile: Profile;
  readonly level: Level;
  readonly requirements: readonly string[];
  readonly tags: readonly string[];
  readonly scenario: Scenario;
  readonly judge: (session: Session) => Verdict;
}

/** Every case of scenarios: that the client did what it was asked to, and those of each. */
export function casesOf(list: readonly Scenario[]): readonly PlannedClientCase[] {
  return list.flatMap((scenario) => {
    const { name, profile, requirements, level = "MUST" } = scenario;
    const completed: ClientCase = {
      aspect: "completed",
      title: `The client does what the scenario ${name} asks for, and ends with exit code 0`,
      level,
      requirements,
      judge: isCompleted,
    };
    return [completed, ...scenario.cases].map(({ aspect, tags = [], judge, ...rest }) => {
      const id = `client.${name}.${aspect}`;
      return { ...rest, id, area: name, profile, tags: ["client", ...tags], scenario, judge: judging(scenario, judge) };
    });
  });
}

/** Every case of client mode, in the order of reports. */
export const clientCases: readonly PlannedClientCase[] = casesOf(scenarios);

/** A judge under which every case fails where the client did not do the least that its scenario is about, or did far too much. */
function judging(scenario: Scenario, judge: ClientCase["judge"]): ClientCase["judge"] {
  const least = leastOf(scenario);
  return (session) => {
    const { tooMuch } = session;
    if (tooMuch !== undefined) return failed(`no more than ${mostInWords} in a scenario`, tooMuch, -1);
    const verdict = judge(session);
    if (verdict.outcome === "fail" || least.isDone(session)) return verdict;
    return failed(least.expected, `none; ${ending(session.end)}`, session.requests.length - 1);
  };
}

function isCompleted({ end, requests }: Session): Verdict {
  const expected = "exit code 0 when all is done";
  if (end.code === 0 && !end.timedOut) return pass;
  return failed(expected, ending(end), requests.length - 1);
}

/** Whether a client said that it does not do what a scenario asks for. */
export const isDeclined = ({ end }: Session): boolean => end.code === declined && !end.timedOut;
