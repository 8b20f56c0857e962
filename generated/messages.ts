// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { MessageDefinition } from "./contract.js";
import type {
  ArtifactNotify,
  Envelope,
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
import { validateArtifactNotify } from "./validators/artifact-notify.js";
import { validateMcpResourceData } from "./validators/mcp-resource-data.js";
import { validateMcpResourceFetch } from "./validators/mcp-resource-fetch.js";
import { validateMcpToolCall } from "./validators/mcp-tool-call.js";
import { validateMcpToolResult } from "./validators/mcp-tool-result.js";
import { validateMessageAck } from "./validators/message-ack.js";
import { validateMessageSend } from "./validators/message-send.js";
import { validateStateQuery } from "./validators/state-query.js";
import { validateStateRestore } from "./validators/state-restore.js";
import { validateTaskCancel } from "./validators/task-cancel.js";
import { validateTaskRequest } from "./validators/task-request.js";
import { validateTaskResponse } from "./validators/task-response.js";
import { validateTaskUpdate } from "./validators/task-update.js";

/** Name of a message type. */
export type MessageName =
  | "TaskRequest"
  | "TaskResponse"
  | "TaskUpdate"
  | "TaskCancel"
  | "MessageSend"
  | "StateQuery"
  | "StateRestore"
  | "ArtifactNotify"
  | "McpToolCall"
  | "McpToolResult"
  | "McpResourceFetch"
  | "McpResourceData"
  | "MessageAck";

/** The type of each message's payload. */
export interface PayloadMap {
  /** Run a skill. */
  TaskRequest: TaskRequest;
  /** Answer to a task request. */
  TaskResponse: TaskResponse;
  /** Report on a running task. */
  TaskUpdate: TaskUpdate;
  /** Give up a task. */
  TaskCancel: TaskCancel;
  /** Add a message to a task's conversation. */
  MessageSend: MessageSend;
  /** Ask for a task's saved state. */
  StateQuery: StateQuery;
  /** Take a task up again from a saved state. */
  StateRestore: StateRestore;
  /** Announce an artifact. */
  ArtifactNotify: ArtifactNotify;
  /** Call a tool. */
  McpToolCall: McpToolCall;
  /** Answer to a tool call. */
  McpToolResult: McpToolResult;
  /** Fetch a resource. */
  McpResourceFetch: McpResourceFetch;
  /** Answer to a resource fetch. */
  McpResourceData: McpResourceData;
  /** Acknowledge an envelope. */
  MessageAck: MessageAck;
}

/** The type of the payload that answers each message. */
export interface ReplyMap {
  /** Run a skill. */
  TaskRequest: TaskResponse;
  /** Answer to a task request. */
  TaskResponse: undefined;
  /** Report on a running task. */
  TaskUpdate: MessageAck;
  /** Give up a task. */
  TaskCancel: TaskResponse;
  /** Add a message to a task's conversation. */
  MessageSend: MessageAck;
  /** Ask for a task's saved state. */
  StateQuery: TaskResponse;
  /** Take a task up again from a saved state. */
  StateRestore: TaskResponse;
  /** Announce an artifact. */
  ArtifactNotify: MessageAck;
  /** Call a tool. */
  McpToolCall: McpToolResult;
  /** Answer to a tool call. */
  McpToolResult: undefined;
  /** Fetch a resource. */
  McpResourceFetch: McpResourceData;
  /** Answer to a resource fetch. */
  McpResourceData: undefined;
  /** Acknowledge an envelope. */
  MessageAck: undefined;
}

/** The spellings of each message type. */
export interface SpellingMap {
  /** Run a skill. */
  TaskRequest: "task.request" | "TaskRequest" | "task_request";
  /** Answer to a task request. */
  TaskResponse: "task.response" | "TaskResponse" | "task_response";
  /** Report on a running task. */
  TaskUpdate: "task.update" | "TaskUpdate" | "task_update";
  /** Give up a task. */
  TaskCancel: "task.cancel" | "TaskCancel" | "task_cancel";
  /** Add a message to a task's conversation. */
  MessageSend: "MessageSend" | "message.send" | "message_send";
  /** Ask for a task's saved state. */
  StateQuery: "StateQuery" | "state_query" | "state.query";
  /** Take a task up again from a saved state. */
  StateRestore: "StateRestore" | "state_restore" | "state.restore";
  /** Announce an artifact. */
  ArtifactNotify: "ArtifactNotify" | "artifact_notify" | "artifact.notify";
  /** Call a tool. */
  McpToolCall: "McpToolCall" | "mcp_tool_call";
  /** Answer to a tool call. */
  McpToolResult: "McpToolResult" | "mcp_tool_result";
  /** Fetch a resource. */
  McpResourceFetch: "McpResourceFetch" | "mcp_resource_fetch";
  /** Answer to a resource fetch. */
  McpResourceData: "McpResourceData" | "mcp_resource_data";
  /** Acknowledge an envelope. */
  MessageAck: "MessageAck" | "message_ack" | "message.ack";
}

/** An envelope with the payload that its `payload_type` names: a switch over `payload_type` tells the payload's type. */
export type MessageEnvelope = {
  [Name in MessageName]: {
    [Spelling in SpellingMap[Name]]: Omit<Envelope, "payload_type" | "payload"> & {
      payload_type: Spelling;
      payload: PayloadMap[Name];
    };
  }[SpellingMap[Name]];
}[MessageName];

/** The message types of the protocol. */
export const messages: { readonly [Name in MessageName]: MessageDefinition<PayloadMap[Name]> } = {
  /** Run a skill. */
  TaskRequest: {
    name: "TaskRequest",
    method: "taskRequest",
    emit: "task.request",
    spellings: ["task.request", "TaskRequest", "task_request"],
    direction: "request",
    reply: "TaskResponse",
    needsAck: true,
    scope: "asap:execute",
    validate: validateTaskRequest,
  },
  /** Answer to a task request. */
  TaskResponse: {
    name: "TaskResponse",
    method: "taskResponse",
    emit: "task.response",
    spellings: ["task.response", "TaskResponse", "task_response"],
    direction: "response",
    reply: null,
    needsAck: false,
    scope: "asap:execute",
    validate: validateTaskResponse,
  },
  /** Report on a running task. */
  TaskUpdate: {
    name: "TaskUpdate",
    method: "taskUpdate",
    emit: "task.update",
    spellings: ["task.update", "TaskUpdate", "task_update"],
    direction: "notification",
    reply: "MessageAck",
    needsAck: false,
    scope: "asap:execute",
    validate: validateTaskUpdate,
  },
  /** Give up a task. */
  TaskCancel: {
    name: "TaskCancel",
    method: "taskCancel",
    emit: "task.cancel",
    spellings: ["task.cancel", "TaskCancel", "task_cancel"],
    direction: "request",
    reply: "TaskResponse",
    needsAck: true,
    scope: "asap:execute",
    validate: validateTaskCancel,
  },
  /** Add a message to a task's conversation. */
  MessageSend: {
    name: "MessageSend",
    method: "messageSend",
    emit: "MessageSend",
    spellings: ["MessageSend", "message.send", "message_send"],
    direction: "notification",
    reply: "MessageAck",
    needsAck: true,
    scope: "asap:execute",
    validate: validateMessageSend,
  },
  /** Ask for a task's saved state. */
  StateQuery: {
    name: "StateQuery",
    method: "stateQuery",
    emit: "StateQuery",
    spellings: ["StateQuery", "state_query", "state.query"],
    direction: "request",
    reply: "TaskResponse",
    needsAck: false,
    scope: "asap:execute",
    validate: validateStateQuery,
  },
  /** Take a task up again from a saved state. */
  StateRestore: {
    name: "StateRestore",
    method: "stateRestore",
    emit: "StateRestore",
    spellings: ["StateRestore", "state_restore", "state.restore"],
    direction: "request",
    reply: "TaskResponse",
    needsAck: true,
    scope: "asap:execute",
    validate: validateStateRestore,
  },
  /** Announce an artifact. */
  ArtifactNotify: {
    name: "ArtifactNotify",
    method: "artifactNotify",
    emit: "ArtifactNotify",
    spellings: ["ArtifactNotify", "artifact_notify", "artifact.notify"],
    direction: "notification",
    reply: "MessageAck",
    needsAck: false,
    scope: "asap:execute",
    validate: validateArtifactNotify,
  },
  /** Call a tool. */
  McpToolCall: {
    name: "McpToolCall",
    method: "mcpToolCall",
    emit: "McpToolCall",
    spellings: ["McpToolCall", "mcp_tool_call"],
    direction: "request",
    reply: "McpToolResult",
    needsAck: false,
    scope: "asap:execute",
    validate: validateMcpToolCall,
  },
  /** Answer to a tool call. */
  McpToolResult: {
    name: "McpToolResult",
    method: "mcpToolResult",
    emit: "McpToolResult",
    spellings: ["McpToolResult", "mcp_tool_result"],
    direction: "response",
    reply: null,
    needsAck: false,
    scope: "asap:execute",
    validate: validateMcpToolResult,
  },
  /** Fetch a resource. */
  McpResourceFetch: {
    name: "McpResourceFetch",
    method: "mcpResourceFetch",
    emit: "McpResourceFetch",
    spellings: ["McpResourceFetch", "mcp_resource_fetch"],
    direction: "request",
    reply: "McpResourceData",
    needsAck: false,
    scope: "asap:execute",
    validate: validateMcpResourceFetch,
  },
  /** Answer to a resource fetch. */
  McpResourceData: {
    name: "McpResourceData",
    method: "mcpResourceData",
    emit: "McpResourceData",
    spellings: ["McpResourceData", "mcp_resource_data"],
    direction: "response",
    reply: null,
    needsAck: false,
    scope: "asap:execute",
    validate: validateMcpResourceData,
  },
  /** Acknowledge an envelope. */
  MessageAck: {
    name: "MessageAck",
    method: "messageAck",
    emit: "MessageAck",
    spellings: ["MessageAck", "message_ack", "message.ack"],
    direction: "notification",
    reply: null,
    needsAck: false,
    scope: "asap:execute",
    validate: validateMessageAck,
  },
};

const bySpelling: ReadonlyMap<string, MessageName> = /* @__PURE__ */ new Map<string, MessageName>([
  ["task.request", "TaskRequest"],
  ["TaskRequest", "TaskRequest"],
  ["task_request", "TaskRequest"],
  ["task.response", "TaskResponse"],
  ["TaskResponse", "TaskResponse"],
  ["task_response", "TaskResponse"],
  ["task.update", "TaskUpdate"],
  ["TaskUpdate", "TaskUpdate"],
  ["task_update", "TaskUpdate"],
  ["task.cancel", "TaskCancel"],
  ["TaskCancel", "TaskCancel"],
  ["task_cancel", "TaskCancel"],
  ["MessageSend", "MessageSend"],
  ["message.send", "MessageSend"],
  ["message_send", "MessageSend"],
  ["StateQuery", "StateQuery"],
  ["state_query", "StateQuery"],
  ["state.query", "StateQuery"],
  ["StateRestore", "StateRestore"],
  ["state_restore", "StateRestore"],
  ["state.restore", "StateRestore"],
  ["ArtifactNotify", "ArtifactNotify"],
  ["artifact_notify", "ArtifactNotify"],
  ["artifact.notify", "ArtifactNotify"],
  ["McpToolCall", "McpToolCall"],
  ["mcp_tool_call", "McpToolCall"],
  ["McpToolResult", "McpToolResult"],
  ["mcp_tool_result", "McpToolResult"],
  ["McpResourceFetch", "McpResourceFetch"],
  ["mcp_resource_fetch", "McpResourceFetch"],
  ["McpResourceData", "McpResourceData"],
  ["mcp_resource_data", "McpResourceData"],
  ["MessageAck", "MessageAck"],
  ["message_ack", "MessageAck"],
  ["message.ack", "MessageAck"],
]);

const byNormalSpelling: ReadonlyMap<string, MessageName> = /* @__PURE__ */ new Map<string, MessageName>([
  ["taskrequest", "TaskRequest"],
  ["taskresponse", "TaskResponse"],
  ["taskupdate", "TaskUpdate"],
  ["taskcancel", "TaskCancel"],
  ["messagesend", "MessageSend"],
  ["statequery", "StateQuery"],
  ["staterestore", "StateRestore"],
  ["artifactnotify", "ArtifactNotify"],
  ["mcptoolcall", "McpToolCall"],
  ["mcptoolresult", "McpToolResult"],
  ["mcpresourcefetch", "McpResourceFetch"],
  ["mcpresourcedata", "McpResourceData"],
  ["messageack", "MessageAck"],
]);

/** The name of the message type that a spelling means; letter case, `.`, `_` and `-` do not matter. */
export function messageNameOf(spelling: string): MessageName | undefined {
  return bySpelling.get(spelling) ?? byNormalSpelling.get(spelling.toLowerCase().replace(/[._-]/g, ""));
}

/** The message type that a spelling means; letter case, `.`, `_` and `-` do not matter. */
export function messageOf(spelling: string): MessageDefinition | undefined {
  const name = messageNameOf(spelling);
  return name === undefined ? undefined : messages[name];
}
