import type { MessageModel, SpecModel } from "../model.js";
import { kebab, normalSpelling } from "../names.js";
import type { Draft } from "./file.js";
import { docs, keyOf, literal, quote, raw, union, unionType } from "./print.js";

/** `messages.ts`: the message table, the maps from message names to payload types, and the union of typed envelopes. */
export function emitMessages(model: SpecModel): Draft {
  const { messages } = model;
  const payloads = [...new Set(messages.map((message) => message.payload))];
  const body = [
    unionType(
      "MessageName",
      messages.map((message) => quote(message.name)),
      "Name of a message type.",
    ),
    mapType("PayloadMap", "The type of each message's payload.", messages, (message) => message.payload),
    mapType("ReplyMap", "The type of the payload that answers each message.", messages, (message) =>
      replyOf(model, message, "undefined"),
    ),
    mapType("SpellingMap", "The spellings of each message type.", messages, (message, column) =>
      union(message.spellings.map(quote), "  ", column),
    ),
    envelopeUnion(model),
    table(messages),
    lookup(messages),
  ];
  const validators = payloads.map((payload) => ({
    from: `./validators/${kebab(payload)}.js`,
    names: [`validate${payload}`],
  }));
  const types = [...new Set([...payloads, model.envelope])];
  const imports = [
    { from: "./contract.js", names: ["MessageDefinition"], typeOnly: true },
    { from: "./models.js", names: types, typeOnly: true },
    ...validators,
  ];
  return { path: "messages.ts", imports, body: body.join("\n") };
}

/** The payload type of the reply to a message, or what stands for none. */
export function replyOf(model: SpecModel, message: MessageModel, none = "void"): string {
  return model.messages.find((reply) => reply.name === message.reply)?.payload ?? none;
}

function mapType(
  name: string,
  note: string,
  messages: readonly MessageModel[],
  typeOf: (message: MessageModel, column: number) => string,
): string {
  const lines = messages.map((message) => {
    const head = `  ${message.name}:`;
    const text = typeOf(message, head.length + 1);
    return `${docs(message.description, "  ")}${head}${text.startsWith("\n") ? "" : " "}${text};\n`;
  });
  return `${docs(note)}export interface ${name} {\n${lines.join("")}}\n`;
}

function envelopeUnion(model: SpecModel): string {
  const note =
    "An envelope with the payload that its `payload_type` names: a switch over `payload_type` tells the payload's type.";
  return `${docs(note)}export type MessageEnvelope = {
  [Name in MessageName]: {
    [Spelling in SpellingMap[Name]]: Omit<${model.envelope}, "payload_type" | "payload"> & {
      payload_type: Spelling;
      payload: PayloadMap[Name];
    };
  }[SpellingMap[Name]];
}[MessageName];
`;
}

function table(messages: readonly MessageModel[]): string {
  const entries = messages.map((message) => {
    const entry = {
      name: message.name,
      method: message.method,
      emit: message.emit,
      spellings: message.spellings,
      direction: message.direction,
      reply: message.reply,
      needsAck: message.needsAck,
      scope: message.scope,
      validate: raw(`validate${message.payload}`),
    };
    return `${docs(message.description, "  ")}  ${keyOf(message.name)}: ${literal(entry, "  ")},\n`;
  });
  const type = "{ readonly [Name in MessageName]: MessageDefinition<PayloadMap[Name]> }";
  return `${docs("The message types of the protocol.")}export const messages: ${type} = {\n${entries.join("")}};\n`;
}

function lookup(messages: readonly MessageModel[]): string {
  const exact = messages.flatMap((message) => message.spellings.map((spelling) => pair(spelling, message.name)));
  const normal = new Map(
    messages.flatMap((message) =>
      message.spellings.map((spelling) => [normalSpelling(spelling), message.name] as const),
    ),
  );
  const loose = [...normal].map(([spelling, name]) => pair(spelling, name));
  return `const bySpelling: ReadonlyMap<string, MessageName> = /* @__PURE__ */ new Map<string, MessageName>([
${exact.join("")}]);

const byNormalSpelling: ReadonlyMap<string, MessageName> = /* @__PURE__ */ new Map<string, MessageName>([
${loose.join("")}]);

/** The name of the message type that a spelling means; letter case, \`.\`, \`_\` and \`-\` do not matter. */
export function messageNameOf(spelling: string): MessageName | undefined {
  return bySpelling.get(spelling) ?? byNormalSpelling.get(spelling.toLowerCase().replace(/[._-]/g, ""));
}

/** The message type that a spelling means; letter case, \`.\`, \`_\` and \`-\` do not matter. */
export function messageOf(spelling: string): MessageDefinition | undefined {
  const name = messageNameOf(spelling);
  return name === undefined ? undefined : messages[name];
}
`;
}

function pair(spelling: string, name: string): string {
  return `  [${quote(spelling)}, ${quote(name)}],\n`;
}
