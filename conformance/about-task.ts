import type { Validator } from "../generated/contract.js";
import type { Area, Case, Context, Level, Prerequisite, Step } from "./case.js";
import {
  accepted,
  answerPayload,
  asText,
  type Check,
  describe,
  errorData,
  errorOf,
  expect,
  judged,
  refused,
  refusedAnyhow,
} from "./checks.js";
import { task, twin } from "./documents.js";
import { declarationOf } from "./prerequisites.js";
import { faultsTold } from "./refusal.js";
import { variantsOf } from "./variants.js";
import type { Exchange, WireRequest } from "./wire.js";

/** Types of messages about a task that exists, or should. */
export type AboutType = "TaskCancel" | "StateQuery" | "StateRestore";

/** How a type is written, and a payload of it about a task that nobody asked for. */
const forms: Readonly<
  Record<AboutType, { readonly emit: string; readonly unknown: Readonly<Record<string, unknown>> }>
> = {
  TaskCancel: { emit: "task.cancel", unknown: { task_id: "task_nobody_asked_for", reason: "not needed any more" } },
  StateQuery: { emit: "StateQuery", unknown: { task_id: "task_nobody_asked_for", version: 1 } },
  StateRestore: {
    emit: "StateRestore",
    unknown: { task_id: "task_nobody_asked_for", snapshot_id: "snap_nobody_took" },
  },
};

/** A message about a task. */
export const about = (
  context: Context,
  type: AboutType,
  payload: Readonly<Record<string, unknown>>,
  envelope: Readonly<Record<string, unknown>> = {},
  rest: Partial<WireRequest> = {},
): WireRequest => task(context, { envelope: { payload_type: forms[type].emit, payload, ...envelope } }, rest);

/** A well-formed message about an unknown task, sent once in a run: it shows whether the agent takes the type at all. */
export const probe = (context: Context, type: AboutType): WireRequest =>
  about(context, type, forms[type].unknown, {}, { share: `unknown ${type}` });

/** The id of the task that an exchange was answered with. */
export const taskIdOf = (exchange: Exchange | undefined): string => asText(answerPayload(exchange)?.task_id);

/** A sender beside the one that the suite speaks as. */
export const otherSender = ({ sender }: Context): string => `${sender}-other`.slice(0, 256);

/**
 * A judge that does not apply where the agent has no handler for the type, as the exchange of the probe shows. An agent that
 * says that it keeps the state of tasks must have one for those about it.
 */
export function handled(type: AboutType, at: number, judge: Case["judge"]): Case["judge"] {
  return (exchanges, context) => {
    const exchange = exchanges[at];
    if (exchange === undefined || errorOf(exchange)?.code !== -32601) return judge(exchanges, context);
    const declaration = type === "TaskCancel" ? null : declarationOf("state", context);
    if (declaration === null) return { outcome: "not-applicable", reason: `the agent has no handler for ${type}` };
    return {
      outcome: "fail",
      expected: `a handler for ${type}, as ${declaration} says`,
      found: describe(exchange),
      at,
    };
  };
}

/** What a case about messages that concern a task is made from. */
export interface About {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly type: AboutType;
  readonly level?: Level;
  readonly requirements: readonly string[];
  readonly prerequisites?: readonly Prerequisite[];
  /** What follows the task of the skill under test (0) and the probe (1). */
  readonly following: (context: Context) => readonly Step[];
  readonly checks: readonly Check[];
}

/** A case over HTTP about messages that concern a task of its own; it begins with that task and the probe. */
export const aboutTask = ({ following, type, checks, level = "MUST", prerequisites = [], ...from }: About): Case => ({
  ...from,
  level,
  prerequisites,
  steps: (context) => [task(context), probe(context, type), ...following(context)],
  judge: handled(type, 1, judged(accepted(0), ...checks)),
});

/** The answer is an error that names the stable code. */
export const says = (at: number, ...codes: readonly string[]): Check =>
  expect(at, `an error with ${codes.join(" or ")} in error.data.code`, (exchange) =>
    codes.includes(asText(errorData(exchange)?.code)) ? null : describe(exchange),
  );

const wellFormed: Check = expect(1, "an answer that finds no fault with the form", (exchange) =>
  errorOf(exchange)?.code === -32602 && errorData(exchange)?.validation_errors !== undefined
    ? describe(exchange)
    : null,
);

/** One case for each way in which a payload of the type does not fit its schema. */
export function malformed(
  type: AboutType,
  prefix: string,
  area: Area,
  requirement: string,
  validator: Validator,
  ...prerequisites: readonly Prerequisite[]
): Case[] {
  const { unknown } = forms[type];
  return variantsOf({ ...unknown }, validator)
    .filter(({ valid }) => !valid)
    .map(({ member, name, words, change }) => ({
      id: `${prefix}.malformed.${member}.${name}`,
      title: `A ${type} whose ${member} ${words} is refused with the faults`,
      area,
      level: "MUST",
      requirements: ["PAY-019", ...(name === "extra" ? ["JSON-001"] : [requirement])],
      tags: ["generated"],
      prerequisites,
      steps: (context) => {
        const payload: Record<string, unknown> = { ...unknown, [member]: change(unknown[member]) };
        return [twin(context), probe(context, type), about(context, type, payload)];
      },
      judge: handled(type, 1, judged(accepted(0), wellFormed, refused(2, -32602), faultsTold(2))),
    }));
}

/** A message that is refused, after which the agent goes on to serve. */
export const refusedAndServing = (at: number): Check[] => [refusedAnyhow(at), accepted(at + 1)];
