/** A JSON Schema as plain data. */
export type Schema = { [keyword: string]: unknown };

/** A named type of the spec. `schema` refers to other types by name alone: `{ "$ref": "TaskStatus" }`. */
export interface TypeModel {
  readonly name: string;
  /** Name of its generated files, without extension. */
  readonly file: string;
  /** Where it is defined: file and JSON pointer. */
  readonly source: { readonly file: string; readonly pointer: string };
  readonly schema: Schema;
  /** Names of the types it refers to itself, sorted. */
  readonly refs: readonly string[];
}

/** A message type of the protocol. */
export interface MessageModel {
  readonly name: string;
  readonly method: string;
  readonly emit: string;
  readonly spellings: readonly string[];
  readonly direction: "request" | "response" | "notification";
  readonly reply: string | null;
  readonly needsAck: boolean;
  readonly scope: string | null;
  readonly description: string;
  /** Type of the payload. */
  readonly payload: string;
}

/** A JSON-RPC method of the protocol; `params` and `result` name types. */
interface MethodModel {
  readonly name: string;
  readonly direction: string;
  readonly kind: string;
  readonly params: string;
  readonly result: string | null;
  readonly description: string;
}

/** An error of the protocol. */
export interface ErrorModel {
  readonly name: string;
  readonly code: string;
  readonly jsonrpc: number;
  readonly http: number;
  readonly retryable: boolean;
  readonly message: string;
  readonly details: readonly string[];
  readonly description: string;
}

/** A route of the protocol; `response` names the type of the body it answers with. */
export interface RouteModel {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly string[];
  readonly scope: string | null;
  readonly upgrade?: string;
  readonly response?: string;
  readonly description: string;
}

/** The states of a task and the steps between them. */
interface StatesModel {
  readonly entity: string;
  readonly field: string;
  readonly initial: string;
  readonly terminal: readonly string[];
  readonly cancellable: readonly string[];
  readonly transitions: Readonly<Record<string, readonly string[]>>;
}

/** A close code of the WebSocket binding. */
export interface CloseCodeModel {
  readonly code: number;
  readonly name: string;
  readonly reconnect: boolean;
  readonly reason?: string;
  readonly description: string;
}

/** The middle form between a spec and what is emitted from it: checked, resolved, plain data. */
export interface SpecModel {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly envelopeVersion: string;
  readonly description: string;
  readonly specHash: string;
  /** Type of the envelope. */
  readonly envelope: string;
  /** All types, sorted by name. */
  readonly types: readonly TypeModel[];
  /** Types that get a second validator, which accepts unknown members. */
  readonly tolerant: readonly string[];
  readonly methods: readonly MethodModel[];
  readonly messages: readonly MessageModel[];
  readonly errors: readonly ErrorModel[];
  readonly routes: readonly RouteModel[];
  readonly states: StatesModel;
  readonly limits: Readonly<Record<string, number | string>>;
  readonly scopes: Readonly<Record<string, string>>;
  readonly closeCodes: readonly CloseCodeModel[];
  readonly events: Readonly<Record<string, string>>;
  readonly registryUrl: string;
}
