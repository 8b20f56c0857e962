// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { SendMessage, SendOptions } from "./contract.js";
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

/** What a client can send: one method per message type. */
export interface AsapClient {
  /** Run a skill. Answered by a TaskResponse. */
  taskRequest(payload: TaskRequest, options?: SendOptions): Promise<TaskResponse>;
  /** Report on a running task. Answered by a MessageAck. */
  taskUpdate(payload: TaskUpdate, options?: SendOptions): Promise<MessageAck>;
  /** Give up a task. Answered by a TaskResponse. */
  taskCancel(payload: TaskCancel, options?: SendOptions): Promise<TaskResponse>;
  /** Add a message to a task's conversation. Answered by a MessageAck. */
  messageSend(payload: MessageSend, options?: SendOptions): Promise<MessageAck>;
  /** Ask for a task's saved state. Answered by a TaskResponse. */
  stateQuery(payload: StateQuery, options?: SendOptions): Promise<TaskResponse>;
  /** Take a task up again from a saved state. Answered by a TaskResponse. */
  stateRestore(payload: StateRestore, options?: SendOptions): Promise<TaskResponse>;
  /** Announce an artifact. Answered by a MessageAck. */
  artifactNotify(payload: ArtifactNotify, options?: SendOptions): Promise<MessageAck>;
  /** Call a tool. Answered by a McpToolResult. */
  mcpToolCall(payload: McpToolCall, options?: SendOptions): Promise<McpToolResult>;
  /** Fetch a resource. Answered by a McpResourceData. */
  mcpResourceFetch(payload: McpResourceFetch, options?: SendOptions): Promise<McpResourceData>;
  /** Acknowledge an envelope. Nothing answers it. */
  messageAck(payload: MessageAck, options?: SendOptions): Promise<void>;
}

/**
 * A client over a connection: each method sends its message and returns the payload of the reply.
 *
 * @param send - Sends a message by name. It answers for the type of what it returns.
 */
export function createClient(send: SendMessage): AsapClient {
  return {
    taskRequest: (payload, options) => send("TaskRequest", payload, options) as Promise<TaskResponse>,
    taskUpdate: (payload, options) => send("TaskUpdate", payload, options) as Promise<MessageAck>,
    taskCancel: (payload, options) => send("TaskCancel", payload, options) as Promise<TaskResponse>,
    messageSend: (payload, options) => send("MessageSend", payload, options) as Promise<MessageAck>,
    stateQuery: (payload, options) => send("StateQuery", payload, options) as Promise<TaskResponse>,
    stateRestore: (payload, options) => send("StateRestore", payload, options) as Promise<TaskResponse>,
    artifactNotify: (payload, options) => send("ArtifactNotify", payload, options) as Promise<MessageAck>,
    mcpToolCall: (payload, options) => send("McpToolCall", payload, options) as Promise<McpToolResult>,
    mcpResourceFetch: (payload, options) => send("McpResourceFetch", payload, options) as Promise<McpResourceData>,
    messageAck: (payload, options) => send("MessageAck", payload, options) as Promise<void>,
  };
}
