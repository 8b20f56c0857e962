import type { MessageName, PayloadMap } from "../../generated/messages.js";
import { messages } from "../../generated/messages.js";
import type { Case, Context, Step } from "../case.js";
import { accepted, type Check, describe, errorData, errorOf, expect, judged, refused } from "../checks.js";
import { task, twin } from "../documents.js";
import { faultsTold } from "../refusal.js";
import { type Variant, variantsOf } from "../variants.js";

/** Types whose payloads are tried elsewhere: the task of every other case, and messages about a task. */
type Elsewhere = "TaskRequest" | "TaskCancel" | "StateQuery" | "StateRestore";
type Here = Exclude<MessageName, Elsewhere>;

/** A payload of each type, with every member it can have together. */
export const wholePayloads: { readonly [Name in Here]: PayloadMap[Name] } = {
  TaskResponse: {
    task_id: "task_nobody_asked_for",
    status: "completed",
    result: { a: 1 },
    final_state: null,
    metrics: null,
  },
  TaskUpdate: {
    task_id: "task_nobody_asked_for",
    update_type: "progress",
    status: "working",
    progress: { percent: 50, message: "half way" },
    input_request: null,
  },
  MessageSend: {
    task_id: "task_nobody_asked_for",
    message_id: "msg_nobody_wrote",
    sender: "somebody",
    role: "user",
    parts: ["part_1"],
  },
  ArtifactNotify: { artifact_id: "art_nobody_made", task_id: "task_nobody_asked_for", name: null },
  McpToolCall: { request_id: "call_1", tool_name: "no-such-tool", arguments: { a: 1 }, mcp_context: null },
  McpToolResult: { request_id: "call_1", success: true, result: { a: 1 }, error: null },
  McpResourceFetch: { resource_uri: "test://nothing" },
  McpResourceData: { resource_uri: "test://nothing", content: { a: 1 } },
  MessageAck: { original_envelope_id: "01KE0ZS0000000000000000000", status: "received", error: null },
};

/** Requirements on the members of each type. */
const rules: { readonly [Name in Here]: readonly string[] } = {
  TaskResponse: ["PAY-002"],
  TaskUpdate: ["PAY-003"],
  MessageSend: ["PAY-007"],
  ArtifactNotify: ["PAY-010"],
  McpToolCall: ["PAY-011"],
  McpToolResult: ["PAY-014"],
  McpResourceFetch: ["PAY-015"],
  McpResourceData: ["PAY-016"],
  MessageAck: ["PAY-017"],
};

/** A payload that differs in more than one member, or inside one. */
interface Twist {
  readonly name: string;
  readonly words: string;
  readonly requirements: readonly string[];
  readonly changes: Readonly<Record<string, unknown>>;
}

const twists: { readonly [Name in Here]?: readonly Twist[] } = {
  TaskResponse: [
    { name: "not-final", words: "that is not final", requirements: ["PAY-002"], changes: { status: "working" } },
  ],
  TaskUpdate: [
    ...[-1, 0, 100, 101].map((percent) => ({
      name: `percent.${percent}`,
      words: `with a percent of ${percent}`,
      requirements: ["PAY-004"],
      changes: { progress: { percent } },
    })),
    {
      name: "percent.text",
      words: "with a percent that is a text",
      requirements: ["PAY-004"],
      changes: { progress: { percent: "50" } },
    },
    {
      name: "input-required",
      words: "that asks for input without saying which",
      requirements: ["PAY-005"],
      changes: { update_type: "input_required", status: "input_required", input_request: null },
    },
  ],
  MessageSend: [{ name: "no-parts", words: "without parts", requirements: ["PAY-007"], changes: { parts: [] } }],
  McpToolResult: [
    {
      name: "success-with-error",
      words: "of a success with an error",
      requirements: ["PAY-012"],
      changes: { error: "no" },
    },
    {
      name: "success-without-result",
      words: "of a success without a result",
      requirements: ["PAY-012"],
      changes: { result: null },
    },
    {
      name: "failure",
      words: "of a failure with an error",
      requirements: ["PAY-013"],
      changes: { success: false, result: null, error: "no" },
    },
    {
      name: "failure-with-result",
      words: "of a failure with a result",
      requirements: ["PAY-013"],
      changes: { success: false, error: "no" },
    },
    {
      name: "failure-without-error",
      words: "of a failure without an error",
      requirements: ["PAY-013"],
      changes: { success: false, result: null },
    },
  ],
  MessageAck: [
    {
      name: "rejected-without-error",
      words: "of a rejection without an error",
      requirements: ["PAY-017"],
      changes: { status: "rejected", error: null },
    },
  ],
};

/** A message of a type; those that answer another name it. */
function message(context: Context, type: Here, payload: unknown, share?: string): Step {
  const envelope = { payload_type: messages[type].emit, payload, correlation_id: context.newId() };
  return task(context, { envelope }, share === undefined ? {} : { share });
}

const formFaults = "an answer that finds no fault with the form";
const noFormFault = (at: number): Check =>
  expect(at, formFaults, (exchange) =>
    errorOf(exchange)?.code === -32602 && errorData(exchange)?.validation_errors !== undefined
      ? describe(exchange)
      : null,
  );

/** The case of a changed payload, held against the whole one; it does not apply where no handler takes the type. */
function payloadCase(
  type: Here,
  from: Pick<Case, "id" | "title" | "requirements" | "level"> & { readonly payload: object; readonly valid: boolean },
): Case {
  const { payload, valid, ...rest } = from;
  const checks = valid ? [noFormFault(2)] : [refused(2, -32602), faultsTold(2)];
  const judge = judged(accepted(0), noFormFault(1), ...checks);
  return {
    ...rest,
    area: "payloads",
    tags: ["generated"],
    steps: (context) => [
      twin(context),
      message(context, type, wholePayloads[type], `whole ${type}`),
      message(context, type, payload),
    ],
    judge: (exchanges, context) =>
      errorOf(exchanges[1])?.code === -32601
        ? { outcome: "not-applicable", reason: `the agent has no handler for ${type}` }
        : judge(exchanges, context),
  };
}

const isLax = ({ name }: Variant) => name === "number-one" || name === "word-yes";

function variantCase(type: Here, variant: Variant): Case {
  const { member, name, words, change, valid } = variant;
  const payload: Record<string, unknown> = { ...wholePayloads[type] };
  payload[member] = change(payload[member]);
  if (payload[member] === undefined) delete payload[member];
  const own = name === "extra" ? ["JSON-001"] : rules[type];
  const listed = name === "not-listed" ? ["ENT-010"] : [];
  const anyForm = type === "MessageSend" && member === "sender" ? ["URN-005"] : [];
  const refusedFor = ["PAY-019", ...own, ...listed, ...(isLax(variant) ? ["JSON-011"] : [])];
  return payloadCase(type, {
    id: `payloads.${messages[type].method}.${member}.${name}`,
    title: `A ${type} whose ${member} ${words} is ${valid ? "taken" : "refused with the faults"}`,
    level: isLax(variant) && !valid ? "SHOULD" : "MUST",
    requirements: valid ? [name === "empty" ? "JSON-006" : "JSON-003", ...anyForm] : refusedFor,
    payload,
    valid,
  });
}

function twistCase(type: Here, { name, words, requirements, changes }: Twist): Case {
  const payload = { ...wholePayloads[type], ...changes };
  const valid = messages[type].validate(payload);
  return payloadCase(type, {
    id: `payloads.${messages[type].method}.${name}`,
    title: `A ${type} ${words} is ${valid ? "taken" : "refused with the faults"}`,
    level: "MUST",
    requirements: valid ? requirements : ["PAY-019", ...requirements],
    payload,
    valid,
  });
}

/** Payloads of the types that are no request for a task and not about one: each member, in every way its schema tells. */
export const payloadCases: readonly Case[] = (Object.keys(wholePayloads) as Here[]).flatMap((type) => [
  ...variantsOf({ ...wholePayloads[type] }, messages[type].validate).map((variant) => variantCase(type, variant)),
  ...(twists[type] ?? []).map((twist) => twistCase(type, twist)),
]);
