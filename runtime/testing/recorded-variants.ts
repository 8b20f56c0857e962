import type { MessageDefinition, ProtocolDefinition } from "../../generated/contract.js";
import { protocol } from "../../generated/protocol.js";
import { type Agent, createAgent } from "../agent.js";
import { createEchoAgent } from "../cli/echo-agent.js";
import { skill } from "../skill.js";
import type { ServeOptions } from "../transport/node.js";
import { ulid } from "../ulid.js";

const message = (name: string, method: string, emit: string): MessageDefinition => ({
  ...(protocol.messages["TaskRequest"] as MessageDefinition),
  name,
  method,
  emit,
});
const boom = message("XBoom", "xBoom", "x.boom");
const slow = message("XSlow", "xSlow", "x.slow");
const extended: ProtocolDefinition = {
  ...protocol,
  messages: { ...protocol.messages, XBoom: boom, XSlow: slow },
  messageOf: (spelling) => [boom, slow].find(({ emit }) => emit === spelling) ?? protocol.messageOf(spelling),
};

const completed = (payload: { readonly input?: unknown }) => ({
  task_id: `task_${ulid()}`,
  status: "completed" as const,
  result: { echoed: payload.input },
  final_state: null,
  metrics: null,
});
const mirrored = {
  xBoom: () => {
    throw new Error("boom");
  },
  xSlow: async (payload: { readonly input?: unknown }) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return completed(payload);
  },
  taskRequest: completed,
  taskCancel: completed,
  stateQuery: completed,
  stateRestore: completed,
  taskResponse: () => undefined,
  taskUpdate: () => undefined,
  messageSend: () => undefined,
  artifactNotify: () => undefined,
  messageAck: () => undefined,
  mcpToolResult: () => undefined,
  mcpResourceData: () => undefined,
  mcpToolCall: () => ({ request_id: "r", success: true, result: {} }),
  mcpResourceFetch: () => ({ resource_uri: "u", content: {} }),
};

/** Id of the agents configured like the recorded ones, but for the echo agent's. */
const id = "urn:asap:agent:variant";
const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const validateToken = (token: string) => (token === "good-token" ? "urn:asap:agent:client" : null);

/** An agent configured like the recorded one, for every variant that this package can be configured as. */
export const variants: Readonly<Record<string, () => readonly [Agent, ServeOptions]>> = {
  echo: () => [createEchoAgent({}), { rateLimit: "off" }],
  "echo ASAP_DEBUG=true": () => [createEchoAgent({}), { rateLimit: "off" }],
  "echo default limits": () => [createEchoAgent({}), {}],
  small: () => [createEchoAgent({}), { rateLimit: "off", maxRequestBytes: 2000 }],
  models: () => [createAgent({ id, protocol: extended, handlers: mirrored as never }), { rateLimit: "off" }],
  "models(require_nonce)": () => [createAgent({ id, skills: { echo }, nonces: true }), { rateLimit: "off" }],
  "threads(max_threads=1)": () => {
    const wait = skill({ description: "Wait", run: () => new Promise<Record<string, never>>(() => {}) });
    return [
      createAgent({ id, skills: { echo: wait }, limits: { maxConcurrentTasks: 1 } }),
      { rateLimit: "off", drainMs: 0 },
    ];
  },
  bearer: () => [createAgent({ id, skills: { echo }, auth: { validateToken } }), { rateLimit: "off" }],
  basic: () => [
    createAgent({ id, skills: { echo }, auth: { schemes: ["basic"], validateToken } }),
    { rateLimit: "off" },
  ],
};

const iso = /^(\d{4}-\d\d-\d\d)([T_t ])(\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

/** The same text form of a recorded moment, moved by some milliseconds. */
export function shifted(text: string, byMs: number): string {
  if (/^\d+$/.test(text)) return String(Number(text) + Math.round(byMs / 1000));
  const [, date, separator, time, fraction = "", offset = ""] = iso.exec(text) ?? [];
  if (date === undefined) return text;
  const moved = new Date(Date.parse(`${date}T${time}${fraction.slice(0, 4)}Z`) + byMs).toISOString();
  return moved.slice(0, 10) + separator + moved.slice(11, 19) + (fraction && `${moved.slice(19, 23)}000`) + offset;
}

/** Ends a recorded text that was cut, with its full length. */
export const cutMark = /\.\.\.\((\d+) chars\)$/;
