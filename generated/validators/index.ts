// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { Validator } from "../contract.js";
import type {
  AckNotification,
  AckParams,
  AckStatus,
  Agent,
  AgentUrn,
  Artifact,
  ArtifactNotify,
  AuthScheme,
  Capability,
  ConformanceArrival,
  ConformanceBaseline,
  ConformanceBaselineEntry,
  ConformanceCase,
  ConformanceCounts,
  ConformanceEntryResult,
  ConformanceExchange,
  ConformanceFrame,
  ConformanceKnown,
  ConformancePlace,
  ConformanceProfile,
  ConformanceReport,
  ConformanceRule,
  ConformanceSuite,
  ConformanceTarget,
  ConformanceToken,
  Conversation,
  DataPart,
  Endpoint,
  Envelope,
  ErrorBody,
  EventName,
  FilePart,
  Health,
  HealthLoad,
  HttpDetail,
  JsonRpcErrorObject,
  JsonRpcFailure,
  JsonRpcId,
  JsonRpcRequest,
  JsonRpcResponse,
  JsonRpcSuccess,
  Liveness,
  Manifest,
  McpResourceData,
  McpResourceFetch,
  McpToolCall,
  McpToolResult,
  Message,
  MessageAck,
  MessageRole,
  MessageSend,
  Part,
  Ping,
  Pong,
  Registry,
  RegistryEntry,
  ResourcePart,
  SendParams,
  SendResult,
  Skill,
  StateQuery,
  StateRestore,
  StateSnapshot,
  Task,
  TaskCancel,
  TaskRequest,
  TaskResponse,
  TaskStatus,
  TaskUpdate,
  TemplatePart,
  TextPart,
  Timestamp,
  UpdateType,
  UsageAggregate,
  UsageEvent,
  UsageMetrics,
  ValidationIssue,
  WebhookEvent,
  WebhookSubscription,
} from "../models.js";

/** The type that each name stands for; names ending in `Tolerant` accept unknown members. */
export interface TypeMap {
  AckNotification: AckNotification;
  AckParams: AckParams;
  AckStatus: AckStatus;
  Agent: Agent;
  AgentUrn: AgentUrn;
  Artifact: Artifact;
  ArtifactNotify: ArtifactNotify;
  AuthScheme: AuthScheme;
  Capability: Capability;
  ConformanceArrival: ConformanceArrival;
  ConformanceBaseline: ConformanceBaseline;
  ConformanceBaselineEntry: ConformanceBaselineEntry;
  ConformanceCase: ConformanceCase;
  ConformanceCounts: ConformanceCounts;
  ConformanceEntryResult: ConformanceEntryResult;
  ConformanceExchange: ConformanceExchange;
  ConformanceFrame: ConformanceFrame;
  ConformanceKnown: ConformanceKnown;
  ConformancePlace: ConformancePlace;
  ConformanceProfile: ConformanceProfile;
  ConformanceReport: ConformanceReport;
  ConformanceRule: ConformanceRule;
  ConformanceSuite: ConformanceSuite;
  ConformanceTarget: ConformanceTarget;
  ConformanceToken: ConformanceToken;
  Conversation: Conversation;
  DataPart: DataPart;
  Endpoint: Endpoint;
  Envelope: Envelope;
  ErrorBody: ErrorBody;
  EventName: EventName;
  FilePart: FilePart;
  Health: Health;
  HealthLoad: HealthLoad;
  HttpDetail: HttpDetail;
  JsonRpcErrorObject: JsonRpcErrorObject;
  JsonRpcFailure: JsonRpcFailure;
  JsonRpcId: JsonRpcId;
  JsonRpcRequest: JsonRpcRequest;
  JsonRpcResponse: JsonRpcResponse;
  JsonRpcSuccess: JsonRpcSuccess;
  Liveness: Liveness;
  Manifest: Manifest;
  McpResourceData: McpResourceData;
  McpResourceFetch: McpResourceFetch;
  McpToolCall: McpToolCall;
  McpToolResult: McpToolResult;
  Message: Message;
  MessageAck: MessageAck;
  MessageRole: MessageRole;
  MessageSend: MessageSend;
  Part: Part;
  Ping: Ping;
  Pong: Pong;
  Registry: Registry;
  RegistryEntry: RegistryEntry;
  ResourcePart: ResourcePart;
  SendParams: SendParams;
  SendResult: SendResult;
  Skill: Skill;
  StateQuery: StateQuery;
  StateRestore: StateRestore;
  StateSnapshot: StateSnapshot;
  Task: Task;
  TaskCancel: TaskCancel;
  TaskRequest: TaskRequest;
  TaskResponse: TaskResponse;
  TaskStatus: TaskStatus;
  TaskUpdate: TaskUpdate;
  TemplatePart: TemplatePart;
  TextPart: TextPart;
  Timestamp: Timestamp;
  UpdateType: UpdateType;
  UsageAggregate: UsageAggregate;
  UsageEvent: UsageEvent;
  UsageMetrics: UsageMetrics;
  ValidationIssue: ValidationIssue;
  WebhookEvent: WebhookEvent;
  WebhookSubscription: WebhookSubscription;
  HealthTolerant: Health;
  ManifestTolerant: Manifest;
  RegistryTolerant: Registry;
  RegistryEntryTolerant: RegistryEntry;
}

/** Name of a type that has a validator. */
export type TypeName = keyof TypeMap;

/** Loads the validator of each type, when called. */
export const validators: { readonly [Name in TypeName]: () => Promise<Validator<TypeMap[Name]>> } = {
  AckNotification: () => import("./ack-notification.js").then((module) => module.validateAckNotification),
  AckParams: () => import("./ack-params.js").then((module) => module.validateAckParams),
  AckStatus: () => import("./ack-status.js").then((module) => module.validateAckStatus),
  Agent: () => import("./agent.js").then((module) => module.validateAgent),
  AgentUrn: () => import("./agent-urn.js").then((module) => module.validateAgentUrn),
  Artifact: () => import("./artifact.js").then((module) => module.validateArtifact),
  ArtifactNotify: () => import("./artifact-notify.js").then((module) => module.validateArtifactNotify),
  AuthScheme: () => import("./auth-scheme.js").then((module) => module.validateAuthScheme),
  Capability: () => import("./capability.js").then((module) => module.validateCapability),
  ConformanceArrival: () => import("./conformance-arrival.js").then((module) => module.validateConformanceArrival),
  ConformanceBaseline: () => import("./conformance-baseline.js").then((module) => module.validateConformanceBaseline),
  ConformanceBaselineEntry: () =>
    import("./conformance-baseline-entry.js").then((module) => module.validateConformanceBaselineEntry),
  ConformanceCase: () => import("./conformance-case.js").then((module) => module.validateConformanceCase),
  ConformanceCounts: () => import("./conformance-counts.js").then((module) => module.validateConformanceCounts),
  ConformanceEntryResult: () =>
    import("./conformance-entry-result.js").then((module) => module.validateConformanceEntryResult),
  ConformanceExchange: () => import("./conformance-exchange.js").then((module) => module.validateConformanceExchange),
  ConformanceFrame: () => import("./conformance-frame.js").then((module) => module.validateConformanceFrame),
  ConformanceKnown: () => import("./conformance-known.js").then((module) => module.validateConformanceKnown),
  ConformancePlace: () => import("./conformance-place.js").then((module) => module.validateConformancePlace),
  ConformanceProfile: () => import("./conformance-profile.js").then((module) => module.validateConformanceProfile),
  ConformanceReport: () => import("./conformance-report.js").then((module) => module.validateConformanceReport),
  ConformanceRule: () => import("./conformance-rule.js").then((module) => module.validateConformanceRule),
  ConformanceSuite: () => import("./conformance-suite.js").then((module) => module.validateConformanceSuite),
  ConformanceTarget: () => import("./conformance-target.js").then((module) => module.validateConformanceTarget),
  ConformanceToken: () => import("./conformance-token.js").then((module) => module.validateConformanceToken),
  Conversation: () => import("./conversation.js").then((module) => module.validateConversation),
  DataPart: () => import("./data-part.js").then((module) => module.validateDataPart),
  Endpoint: () => import("./endpoint.js").then((module) => module.validateEndpoint),
  Envelope: () => import("./envelope.js").then((module) => module.validateEnvelope),
  ErrorBody: () => import("./error-body.js").then((module) => module.validateErrorBody),
  EventName: () => import("./event-name.js").then((module) => module.validateEventName),
  FilePart: () => import("./file-part.js").then((module) => module.validateFilePart),
  Health: () => import("./health.js").then((module) => module.validateHealth),
  HealthLoad: () => import("./health-load.js").then((module) => module.validateHealthLoad),
  HttpDetail: () => import("./http-detail.js").then((module) => module.validateHttpDetail),
  JsonRpcErrorObject: () => import("./json-rpc-error-object.js").then((module) => module.validateJsonRpcErrorObject),
  JsonRpcFailure: () => import("./json-rpc-failure.js").then((module) => module.validateJsonRpcFailure),
  JsonRpcId: () => import("./json-rpc-id.js").then((module) => module.validateJsonRpcId),
  JsonRpcRequest: () => import("./json-rpc-request.js").then((module) => module.validateJsonRpcRequest),
  JsonRpcResponse: () => import("./json-rpc-response.js").then((module) => module.validateJsonRpcResponse),
  JsonRpcSuccess: () => import("./json-rpc-success.js").then((module) => module.validateJsonRpcSuccess),
  Liveness: () => import("./liveness.js").then((module) => module.validateLiveness),
  Manifest: () => import("./manifest.js").then((module) => module.validateManifest),
  McpResourceData: () => import("./mcp-resource-data.js").then((module) => module.validateMcpResourceData),
  McpResourceFetch: () => import("./mcp-resource-fetch.js").then((module) => module.validateMcpResourceFetch),
  McpToolCall: () => import("./mcp-tool-call.js").then((module) => module.validateMcpToolCall),
  McpToolResult: () => import("./mcp-tool-result.js").then((module) => module.validateMcpToolResult),
  Message: () => import("./message.js").then((module) => module.validateMessage),
  MessageAck: () => import("./message-ack.js").then((module) => module.validateMessageAck),
  MessageRole: () => import("./message-role.js").then((module) => module.validateMessageRole),
  MessageSend: () => import("./message-send.js").then((module) => module.validateMessageSend),
  Part: () => import("./part.js").then((module) => module.validatePart),
  Ping: () => import("./ping.js").then((module) => module.validatePing),
  Pong: () => import("./pong.js").then((module) => module.validatePong),
  Registry: () => import("./registry.js").then((module) => module.validateRegistry),
  RegistryEntry: () => import("./registry-entry.js").then((module) => module.validateRegistryEntry),
  ResourcePart: () => import("./resource-part.js").then((module) => module.validateResourcePart),
  SendParams: () => import("./send-params.js").then((module) => module.validateSendParams),
  SendResult: () => import("./send-result.js").then((module) => module.validateSendResult),
  Skill: () => import("./skill.js").then((module) => module.validateSkill),
  StateQuery: () => import("./state-query.js").then((module) => module.validateStateQuery),
  StateRestore: () => import("./state-restore.js").then((module) => module.validateStateRestore),
  StateSnapshot: () => import("./state-snapshot.js").then((module) => module.validateStateSnapshot),
  Task: () => import("./task.js").then((module) => module.validateTask),
  TaskCancel: () => import("./task-cancel.js").then((module) => module.validateTaskCancel),
  TaskRequest: () => import("./task-request.js").then((module) => module.validateTaskRequest),
  TaskResponse: () => import("./task-response.js").then((module) => module.validateTaskResponse),
  TaskStatus: () => import("./task-status.js").then((module) => module.validateTaskStatus),
  TaskUpdate: () => import("./task-update.js").then((module) => module.validateTaskUpdate),
  TemplatePart: () => import("./template-part.js").then((module) => module.validateTemplatePart),
  TextPart: () => import("./text-part.js").then((module) => module.validateTextPart),
  Timestamp: () => import("./timestamp.js").then((module) => module.validateTimestamp),
  UpdateType: () => import("./update-type.js").then((module) => module.validateUpdateType),
  UsageAggregate: () => import("./usage-aggregate.js").then((module) => module.validateUsageAggregate),
  UsageEvent: () => import("./usage-event.js").then((module) => module.validateUsageEvent),
  UsageMetrics: () => import("./usage-metrics.js").then((module) => module.validateUsageMetrics),
  ValidationIssue: () => import("./validation-issue.js").then((module) => module.validateValidationIssue),
  WebhookEvent: () => import("./webhook-event.js").then((module) => module.validateWebhookEvent),
  WebhookSubscription: () => import("./webhook-subscription.js").then((module) => module.validateWebhookSubscription),
  HealthTolerant: () => import("./health-tolerant.js").then((module) => module.validateHealthTolerant),
  ManifestTolerant: () => import("./manifest-tolerant.js").then((module) => module.validateManifestTolerant),
  RegistryTolerant: () => import("./registry-tolerant.js").then((module) => module.validateRegistryTolerant),
  RegistryEntryTolerant: () =>
    import("./registry-entry-tolerant.js").then((module) => module.validateRegistryEntryTolerant),
};

/** Whether a text names a type that has a validator. */
export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(validators, name);
}

/** Loads the validator of a type. */
export function loadValidator<Name extends TypeName>(name: Name): Promise<Validator<TypeMap[Name]>> {
  return validators[name]();
}
