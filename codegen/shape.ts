import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Problem } from "./error.js";

const closed = { additionalProperties: false };
const text = Type.String();
const nullableText = Type.Union([text, Type.Null()]);
const direction = Type.Union([Type.Literal("request"), Type.Literal("response"), Type.Literal("notification")]);

const MethodShape = Type.Object(
  {
    direction: Type.Union([Type.Literal("client_to_server"), Type.Literal("server_to_client"), Type.Literal("both")]),
    kind: Type.Union([Type.Literal("request"), Type.Literal("notification")]),
    params: text,
    result: nullableText,
    description: Type.Optional(text),
  },
  closed,
);

const MessageShape = Type.Object(
  {
    payload: text,
    emit: Type.String({ minLength: 1 }),
    spellings: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    direction,
    reply: nullableText,
    needs_ack: Type.Boolean(),
    scope: nullableText,
    description: Type.Optional(text),
  },
  closed,
);

const RouteShape = Type.Object(
  {
    path: Type.String({ pattern: "^/" }),
    methods: Type.Array(Type.String({ pattern: "^[A-Z]+$" }), { minItems: 1 }),
    scope: nullableText,
    upgrade: Type.Optional(text),
    response: Type.Optional(text),
    description: Type.Optional(text),
  },
  closed,
);

const CloseCodeShape = Type.Object(
  { name: text, reconnect: Type.Boolean(), reason: Type.Optional(text), description: Type.Optional(text) },
  closed,
);

/** Shape of `protocol.json`. */
export const ProtocolShape = Type.Object(
  {
    $schema: Type.Optional(text),
    name: Type.String({ pattern: "^[a-z][a-z0-9-]*$" }),
    title: text,
    version: text,
    envelope_version: text,
    media_type: Type.Optional(text),
    description: Type.Optional(text),
    envelope: text,
    methods: Type.Record(Type.String(), MethodShape),
    messages: Type.Record(Type.String(), MessageShape),
    routes: Type.Record(Type.String(), RouteShape),
    limits: Type.Record(Type.String(), Type.Union([Type.Number(), text])),
    scopes: Type.Record(Type.String(), text),
    close_codes: Type.Record(Type.String(), CloseCodeShape),
    events: Type.Record(Type.String(), text),
    registry_url: text,
    tolerant: Type.Optional(Type.Array(text)),
  },
  closed,
);

/** Shape of `errors.json`: one entry per error name. */
export const ErrorsShape = Type.Record(
  Type.String(),
  Type.Object(
    {
      code: Type.String({ pattern: "^[a-z][a-z0-9-]*:[a-z][a-z0-9_-]*/[a-z][a-z0-9_-]*$" }),
      jsonrpc: Type.Integer(),
      http: Type.Integer({ minimum: 100, maximum: 599 }),
      retryable: Type.Boolean(),
      message: text,
      details: Type.Array(text),
      description: text,
    },
    closed,
  ),
);

/** Shape of `states.json`. */
export const StatesShape = Type.Object(
  {
    $schema: Type.Optional(text),
    entity: text,
    field: text,
    initial: text,
    terminal: Type.Array(text),
    cancellable: Type.Array(text),
    transitions: Type.Record(Type.String(), Type.Array(text)),
  },
  closed,
);

/** `protocol.json` as it is read. */
export type ProtocolFile = Static<typeof ProtocolShape>;
/** `errors.json` as it is read. */
export type ErrorsFile = Static<typeof ErrorsShape>;
/** `states.json` as it is read. */
export type StatesFile = Static<typeof StatesShape>;

/** Every way in which a document differs from its shape. */
export function shapeProblems(shape: TSchema, file: string, document: unknown): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const error of Value.Errors(shape, document)) {
    if (seen.has(error.path)) continue;
    seen.add(error.path);
    problems.push({ file, pointer: error.path, reason: error.message.toLowerCase() });
  }
  return problems;
}
