import { isDeepStrictEqual } from "node:util";
import { messages } from "../../generated/messages.js";
import { validateEnvelope } from "../../generated/validators/envelope.js";
import { validateTaskRequest } from "../../generated/validators/task-request.js";
import { validateTaskResponse } from "../../generated/validators/task-response.js";
import type { Case, Context } from "../case.js";
import {
  accepted,
  answerEnvelope,
  answerPayload,
  asText,
  type Check,
  errorData,
  expect,
  fault,
  judged,
  show,
} from "../checks.js";
import { type Changes, envelopeSent, fullEnvelope, fullPayload, task, twin } from "../documents.js";
import { asksEcho } from "../prerequisites.js";
import { acceptance, faultsTold, refusal } from "../refusal.js";
import { sampleContext } from "../sample-context.js";
import { generated } from "../tags.js";
import { type Variant, variantsOf } from "../variants.js";

/** The answering envelope's member is what the function says. */
function answers(member: string, wanted: (sent: Record<string, unknown>, context: Context) => unknown): Check {
  return expect(0, `${member} of the answering envelope`, (exchange, context) => {
    const value = answerEnvelope(exchange)?.[member];
    const right = wanted(envelopeSent(exchange.request) ?? {}, context);
    return value === right ? null : `${member} is ${show(value)} and not ${show(right)}`;
  });
}

const answerIs = (
  expected: string,
  found: (answer: Record<string, unknown>, sent: Record<string, unknown>) => string | null,
) => expect(0, expected, (exchange) => found(answerEnvelope(exchange) ?? {}, envelopeSent(exchange.request) ?? {}));

function answerCase(id: string, title: string, requirements: string[], changes: Changes, ...checks: Check[]): Case {
  return acceptance({
    id: `task.answer.${id}`,
    title,
    area: "task",
    requirements,
    request: (context) => (Object.keys(changes).length === 0 ? twin(context) : task(context, changes)),
    checks,
  });
}

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const isName = (id: unknown) => typeof id === "string" && id !== "";
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const envelopes: Case[] = [
  answerCase(
    "fits-envelope",
    "The answering envelope fits its schema",
    ["JSON-001", "JSON-007", "ENV-001"],
    {},
    answerIs("an envelope that fits Envelope", (answer) => fault(validateEnvelope, answer)),
  ),
  answerCase(
    "own-id",
    "The answering envelope has an id of its own",
    ["ENV-011"],
    {},
    answerIs("an id of its own", ({ id }, sent) => (isName(id) && id !== sent.id ? null : `id is ${show(id)}`)),
  ),
  answerCase(
    "sender",
    "The answer's sender is the manifest id",
    ["ENV-011"],
    {},
    answers("sender", (_, context) => context.manifest?.id ?? "the id of a manifest that could be read"),
  ),
  answerCase(
    "recipient",
    "The answer's recipient is the request's sender",
    ["ENV-011"],
    {},
    answers("recipient", (sent) => sent.sender),
  ),
  answerCase(
    "correlation",
    "The answer's correlation_id is the request envelope's id",
    ["ENV-012"],
    {},
    answers("correlation_id", (sent) => sent.id),
  ),
  answerCase(
    "correlation-not-copied",
    "The request's own correlation_id is not what the answer carries",
    ["ENV-012"],
    { envelope: { correlation_id: "mine" } },
    answers("correlation_id", (sent) => sent.id),
  ),
  answerCase(
    "generated-id",
    "A request without envelope id gets one, shown as the answer's correlation_id",
    ["ENV-002"],
    { envelope: { id: null } },
    answerIs("a generated correlation_id", ({ correlation_id: made }) =>
      isName(made) ? null : `correlation_id is ${show(made)}`,
    ),
  ),
  answerCase(
    "empty-id-kept",
    "An envelope id that is empty is kept",
    ["ENV-003"],
    { envelope: { id: "" } },
    answers("correlation_id", () => ""),
  ),
  answerCase(
    "trace",
    "The answer repeats the trace_id",
    ["ENV-013"],
    { envelope: { trace_id: trace } },
    answers("trace_id", () => trace),
  ),
  answerCase(
    "version",
    "The answer repeats asap_version, which is not compared",
    ["ENV-005"],
    { envelope: { asap_version: "9.9-other" } },
    answers("asap_version", () => "9.9-other"),
  ),
  answerCase(
    "version-empty",
    "An empty asap_version is served",
    ["ENV-005", "JSON-006"],
    { envelope: { asap_version: "" } },
    answers("asap_version", () => ""),
  ),
  answerCase(
    "no-ack-wanted",
    "The answer does not ask for an acknowledgement",
    ["ENV-014"],
    { envelope: { requires_ack: true } },
    answers("requires_ack", () => false),
  ),
];

const order = Object.keys(fullEnvelope(sampleContext));
/** How answers are best written. */
const forms: Case[] = [
  answerCase(
    "time",
    "The answer's timestamp is RFC 3339 in UTC with Z",
    ["TIME-001"],
    {},
    answerIs("a timestamp with Z", ({ timestamp }) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(asText(timestamp)) ? null : `timestamp is ${show(timestamp)}`,
    ),
  ),
  answerCase(
    "ulids",
    "The answer's id is a ULID, and the task id is task_ and a ULID",
    ["URN-007"],
    {},
    answerIs("a ULID as id", ({ id }) => (ulid.test(asText(id)) ? null : `id is ${show(id)}`)),
    expect(0, "task_ and a ULID as task_id", (exchange) => {
      const id = asText(answerPayload(exchange)?.task_id);
      return id.startsWith("task_") && ulid.test(id.slice(5)) ? null : `task_id is ${show(id)}`;
    }),
  ),
  answerCase(
    "every-member",
    "The answering envelope writes every member, null where it has no value, in the order of the schema",
    ["JSON-005"],
    {},
    answerIs(`the members ${order.join(", ")}`, (answer) =>
      Object.keys(answer).join() === order.join() ? null : `the members ${Object.keys(answer).join(", ")}`,
    ),
  ),
].map((one) => ({ ...one, level: "SHOULD" }));

const payloads: Case[] = [
  answerCase(
    "fits-task-response",
    "The answering payload fits TaskResponse without further members",
    ["SKILL-003", "PAY-002"],
    {},
    expect(0, "a payload that fits TaskResponse", (exchange) => fault(validateTaskResponse, answerPayload(exchange))),
  ),
  answerCase(
    "completed",
    "A task that is done is completed and has a result",
    ["SKILL-001"],
    {},
    expect(0, "status completed and a result, or a status that is not final", (exchange) => {
      const { status, result } = answerPayload(exchange) ?? {};
      const underWay = ["submitted", "working", "input_required"].includes(asText(status));
      return underWay || (status === "completed" && result != null)
        ? null
        : `status is ${show(status)}, result is ${show(result)}`;
    }),
  ),
];

const echo: Case = {
  ...acceptance({
    id: "task.echo",
    title: "The skill echo answers its input as echoed",
    area: "task",
    requirements: ["SKILL-002"],
    request: (context) => task(context, { payload: { input: { message: "grüße", list: [1, null, { a: true }] } } }),
    checks: [
      expect(0, "the input as result.echoed", (exchange) => {
        const wanted = { message: "grüße", list: [1, null, { a: true }] };
        const found = (answerPayload(exchange)?.result as { echoed?: unknown } | null | undefined)?.echoed;
        return isDeepStrictEqual(found, wanted) ? null : `result.echoed is ${show(found)}`;
      }),
    ],
  }),
  prerequisites: [asksEcho],
};

const dotless = (type: string) => type.replace(/[._-]/g, "").toLowerCase();
const request = messages.TaskRequest;
const spellings = [...new Set([...request.spellings, "TASK.REQUEST", "Task-Request", dotless("TaskRequest")])];

const spelled: Case[] = spellings.map((type) =>
  acceptance({
    id: `task.spelling.${type}`,
    title: `A task request spelled ${type} is carried out and answered as task.response`,
    area: "task",
    level: type === request.emit ? "MUST" : "SHOULD",
    requirements: type === request.emit ? ["MSG-002", "MSG-004"] : ["MSG-001", "MSG-004"],
    request: (context) => task(context, { envelope: { payload_type: type } }),
    checks: [answers("payload_type", () => messages.TaskResponse.emit)],
  }),
);

const unknownTypes: Case[] = ["no.such", ""].map((type) =>
  refusal({
    id: `task.unknown-type.${type === "" ? "empty" : type}`,
    title: `The payload type "${type}" without a handler is answered as not found, with its name`,
    area: "task",
    requirements: ["MSG-005"],
    code: -32601,
    request: (context) => task(context, { envelope: { payload_type: type } }),
    checks: [
      expect(1, "the payload type in error.data.payload_type", (exchange) =>
        errorData(exchange)?.payload_type === type ? null : `it is ${show(errorData(exchange)?.payload_type)}`,
      ),
    ],
  }),
);

function payloadCase(variant: Variant): Case | null {
  const { member, name, words, change, valid } = variant;
  const needed = ["conversation_id", "skill_id", "input"].includes(member) ? ["PAY-001"] : [];
  const base = { id: `task.payload.${member}.${name}`, area: "task" } as const;
  const withChange = (context: Context) => {
    const whole: Record<string, unknown> = { ...fullPayload(context) };
    return task(context, { payload: { [member]: change(whole[member]) } });
  };
  if (!valid) {
    const requirements = [
      "PAY-019",
      ...needed,
      ...(name === "extra" ? ["JSON-001", "PAY-018"] : []),
      ...(member === "input" || member === "config" ? ["JSON-002"] : []),
    ];
    return refusal({
      ...base,
      title: `A task request whose ${member} ${words} is refused`,
      requirements,
      code: -32602,
      request: withChange,
    });
  }
  if (member === "skill_id") return null;
  const requirements = name === "empty" ? ["JSON-006"] : ["JSON-003"];
  return acceptance({
    ...base,
    title: `A task request whose ${member} ${words} is accepted`,
    requirements,
    request: withChange,
  });
}

const derived = variantsOf({ ...fullPayload(sampleContext) }, validateTaskRequest)
  .map(payloadCase)
  .filter((one) => one !== null)
  .map(generated);

const others: Case[] = [
  refusal({
    id: "task.payload.faults-told",
    title: "A payload that does not fit its type is refused with the faults",
    area: "task",
    requirements: ["PAY-019", "RPC-017"],
    code: -32602,
    request: (context) => task(context, { envelope: { payload: {} } }),
    checks: [faultsTold(1)],
  }),
  acceptance({
    id: "task.config.callback-settings",
    title: "Wishes in config, callback settings among them, are accepted",
    area: "task",
    requirements: ["PAY-018"],
    request: (context) => task(context, { payload: { config: { priority: "low", wish: { a: [1] } } } }),
  }),
  refusal({
    id: "task.unknown-skill",
    title: "A skill the agent does not have is refused",
    area: "task",
    level: "SHOULD",
    requirements: ["CODE-006"],
    code: -32602,
    request: (context) => task(context, { payload: { skill_id: `no-such-skill-${context.newId().slice(-6)}` } }),
  }),
  {
    id: "task.not-shared",
    title: "Two requests with ids of their own are two tasks",
    area: "task",
    level: "MUST",
    requirements: ["SKILL-001", "IDEM-001"],
    steps: (context) => [twin(context), task(context)],
    judge: judged(accepted(0), accepted(1), (exchanges) => {
      const [first, second] = exchanges.map((exchange) => answerPayload(exchange)?.task_id);
      return first === second ? { expected: "two task ids", found: `both are ${show(first)}`, at: 1 } : null;
    }),
  },
];

/** Tasks: what an answer carries, the spellings that are served and the payloads that are refused. */
export const taskCases: readonly Case[] = [
  ...envelopes,
  ...forms,
  ...payloads,
  echo,
  ...spelled,
  ...unknownTypes,
  ...derived,
  ...others,
];
