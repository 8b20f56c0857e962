// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/** One fault of a value, as the validator found it. */
export interface ValidationError {
  /** JSON Schema keyword that the value breaks. */
  keyword: string;
  /** JSON pointer to the value at fault. */
  instancePath: string;
  /** Way to the keyword in the schema, beginning with the name of its type. */
  schemaPath: string;
  /** Facts about the fault, named per keyword. */
  params: Record<string, unknown>;
  /** The fault in words. */
  message?: string;
}

/** One fault of a value, as Standard Schema states it. */
export interface StandardIssue {
  readonly message: string;
  /** Member names and array positions from the root to the value at fault. */
  readonly path: readonly (string | number)[];
}

/** The Standard Schema (version 1) face of a validator. */
export interface StandardFace<T = unknown> {
  readonly version: 1;
  readonly vendor: string;
  validate(value: unknown): { readonly value: T } | { readonly issues: readonly StandardIssue[] };
  readonly types?: { readonly input: T; readonly output: T };
}

/** Tells whether a value is of a type, and why not. Never changes the value. */
export interface Validator<T = unknown> {
  (value: unknown): value is T;
  /** Faults of the last call, null when it passed; overwritten by the next call. At most 1000. */
  errors: ValidationError[] | null;
  /** Name of the type. */
  readonly typeName: string;
  readonly "~standard": StandardFace<T>;
}

/** A message type of the protocol. */
export interface MessageDefinition<T = unknown> {
  readonly name: string;
  /** Name of its client method and of its handler. */
  readonly method: string;
  /** Spelling that is sent. */
  readonly emit: string;
  /** Spellings that are understood. */
  readonly spellings: readonly string[];
  readonly direction: "request" | "response" | "notification";
  /** Message type that answers it, null when none does. */
  readonly reply: string | null;
  /** Whether it is acknowledged on transports that acknowledge. */
  readonly needsAck: boolean;
  /** Scope a caller must hold to send it. */
  readonly scope: string | null;
  readonly validate: Validator<T>;
}

/** A JSON-RPC method of the protocol. */
export interface MethodDefinition {
  readonly name: string;
  readonly direction: "client_to_server" | "server_to_client" | "both";
  readonly kind: "request" | "notification";
  /** Type of its parameters. */
  readonly params: string;
  /** Type of its result, null when it has none. */
  readonly result: string | null;
  readonly description: string;
}

/** An error of the protocol. */
export interface ErrorDefinition {
  readonly name: string;
  readonly code: string;
  /** JSON-RPC error code. */
  readonly jsonrpc: number;
  /** HTTP status. */
  readonly http: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Short text for people. */
  readonly message: string;
  /** Names of the facts it may carry. */
  readonly details: readonly string[];
  readonly description: string;
}

/** A route that an agent serves. */
export interface RouteDefinition {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly string[];
  /** Scope a caller must hold, null for an open route. */
  readonly scope: string | null;
  /** Protocol the connection is upgraded to. */
  readonly upgrade?: string;
  /** Type of the body it answers with. */
  readonly response?: string;
  readonly description: string;
}

/** A WebSocket close code of the protocol. */
export interface CloseCodeDefinition {
  readonly code: number;
  readonly name: string;
  /** Whether a client may connect again. */
  readonly reconnect: boolean;
  readonly reason?: string;
  readonly description: string;
}

/** The states of a task and the steps between them. */
export interface StatesDefinition {
  /** Type that has a state, and the member that holds it. */
  readonly entity: string;
  readonly field: string;
  readonly initial: string;
  readonly terminal: readonly string[];
  readonly cancellable: readonly string[];
  readonly transitions: { readonly [from: string]: readonly string[] };
}

/** The members of an envelope that the protocol itself works with. */
export interface EnvelopeShape {
  id?: string | null;
  asap_version: string;
  timestamp?: string | null;
  sender: string;
  recipient: string;
  payload_type: string;
  payload: { [member: string]: unknown };
  correlation_id?: string | null;
  trace_id?: string | null;
  requires_ack?: boolean;
  extensions?: { [member: string]: unknown } | null;
}

/** Options of one send. Transports may know more of them. */
export interface SendOptions {
  /** Gives the send up. */
  signal?: AbortSignal;
  /** How long the reply may take, in milliseconds. */
  timeoutMs?: number;
  [option: string]: unknown;
}

/** Sends a message by name and returns the payload of its reply, undefined when it has none. */
export type SendMessage = (name: string, payload: object, options?: SendOptions) => Promise<unknown>;

/** What becomes of one received message: takes its payload and the call, returns the payload of the reply. */
export type MessageHandler<Call = unknown> = {
  bivariant(payload: object, call: Call): unknown;
}["bivariant"];

/** A whole protocol as a value. `Client`, `Payloads` and `Replies` are known to the compiler only. */
export interface ProtocolDefinition<Client = unknown, Payloads = unknown, Replies = unknown> {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** What `asap_version` says in envelopes. */
  readonly envelopeVersion: string;
  /** SHA-256 of the spec this was generated from, in hexadecimal. */
  readonly specHash: string;
  readonly methods: { readonly [name: string]: MethodDefinition };
  readonly messages: { readonly [name: string]: MessageDefinition };
  /** The message type that a spelling means; letter case, `.`, `_` and `-` do not matter. */
  messageOf(spelling: string): MessageDefinition | undefined;
  readonly routes: { readonly [name: string]: RouteDefinition };
  readonly errors: { readonly [code: string]: ErrorDefinition };
  readonly limits: { readonly [name: string]: number | string };
  readonly scopes: { readonly [scope: string]: string };
  readonly closeCodes: { readonly [code: number]: CloseCodeDefinition };
  readonly events: { readonly [event: string]: string };
  readonly states: StatesDefinition;
  readonly registryUrl: string;
  readonly validateEnvelope: Validator<EnvelopeShape>;
  readonly validateJsonRpcRequest: Validator;
  createClient(send: SendMessage): Client;
  readonly $payloads?: Payloads;
  readonly $replies?: Replies;
}
