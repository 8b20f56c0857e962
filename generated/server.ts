// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { MessageHandler } from "./contract.js";
import type { MessageName } from "./messages.js";
import type {
  ArtifactNotify,
  McpResourceData,
  McpResourceFetch,
  McpToolCall,
  McpToolResult,
  MessageAck,
  MessageSend,
  StateQuery,
  StateRestore,
  TaskCancel,
  TaskRequest,
  TaskResponse,
  TaskUpdate,
} from "./models.js";

/** What an agent does with each message type it receives. `Call` is what a transport tells of the call. */
export interface AsapHandlers<Call = unknown> {
  /** TaskRequest received. Run a skill. */
  taskRequest?(payload: TaskRequest, call: Call): TaskResponse | Promise<TaskResponse>;
  /** TaskResponse received. Answer to a task request. */
  taskResponse?(payload: TaskResponse, call: Call): void | Promise<void>;
  /** TaskUpdate received. Report on a running task. */
  taskUpdate?(payload: TaskUpdate, call: Call): MessageAck | Promise<MessageAck>;
  /** TaskCancel received. Give up a task. */
  taskCancel?(payload: TaskCancel, call: Call): TaskResponse | Promise<TaskResponse>;
  /** MessageSend received. Add a message to a task's conversation. */
  messageSend?(payload: MessageSend, call: Call): MessageAck | Promise<MessageAck>;
  /** StateQuery received. Ask for a task's saved state. */
  stateQuery?(payload: StateQuery, call: Call): TaskResponse | Promise<TaskResponse>;
  /** StateRestore received. Take a task up again from a saved state. */
  stateRestore?(payload: StateRestore, call: Call): TaskResponse | Promise<TaskResponse>;
  /** ArtifactNotify received. Announce an artifact. */
  artifactNotify?(payload: ArtifactNotify, call: Call): MessageAck | Promise<MessageAck>;
  /** McpToolCall received. Call a tool. */
  mcpToolCall?(payload: McpToolCall, call: Call): McpToolResult | Promise<McpToolResult>;
  /** McpToolResult received. Answer to a tool call. */
  mcpToolResult?(payload: McpToolResult, call: Call): void | Promise<void>;
  /** McpResourceFetch received. Fetch a resource. */
  mcpResourceFetch?(payload: McpResourceFetch, call: Call): McpResourceData | Promise<McpResourceData>;
  /** McpResourceData received. Answer to a resource fetch. */
  mcpResourceData?(payload: McpResourceData, call: Call): void | Promise<void>;
  /** MessageAck received. Acknowledge an envelope. */
  messageAck?(payload: MessageAck, call: Call): void | Promise<void>;
}

/**
 * The given handlers by message name, each bound to the object it came from.
 *
 * @param handlers - Handlers by method name; absent ones are left out.
 */
export function handlersByName<Call>(handlers: AsapHandlers<Call>): ReadonlyMap<MessageName, MessageHandler<Call>> {
  const given: readonly (readonly [MessageName, MessageHandler<Call> | undefined])[] = [
    ["TaskRequest", handlers.taskRequest],
    ["TaskResponse", handlers.taskResponse],
    ["TaskUpdate", handlers.taskUpdate],
    ["TaskCancel", handlers.taskCancel],
    ["MessageSend", handlers.messageSend],
    ["StateQuery", handlers.stateQuery],
    ["StateRestore", handlers.stateRestore],
    ["ArtifactNotify", handlers.artifactNotify],
    ["McpToolCall", handlers.mcpToolCall],
    ["McpToolResult", handlers.mcpToolResult],
    ["McpResourceFetch", handlers.mcpResourceFetch],
    ["McpResourceData", handlers.mcpResourceData],
    ["MessageAck", handlers.messageAck],
  ];
  const found = new Map<MessageName, MessageHandler<Call>>();
  for (const [name, handle] of given) {
    if (handle !== undefined) found.set(name, (payload, call) => handle.call(handlers, payload, call));
  }
  return found;
}
