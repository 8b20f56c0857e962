import { type Problem, pointerOf } from "./error.js";
import type { CloseCodeModel, ErrorModel, MessageModel, RouteModel, Schema, SpecModel } from "./model.js";
import { camel, memberNameFault, normalSpelling, show, typeNameFault } from "./names.js";
import type { ErrorsFile, ProtocolFile, StatesFile } from "./shape.js";
import { reach, type TypeTable } from "./types.js";
import { isObject } from "./walk.js";

interface Tables {
  readonly protocol: ProtocolFile;
  readonly errors: ErrorsFile;
  readonly states: StatesFile;
}

/** Makes the model from the three tables and the types; what does not hold together goes to `problems`. */
export function tablesOf(
  tables: Tables,
  schemas: ReadonlyMap<string, unknown>,
  table: TypeTable,
  specHash: string,
  problems: Problem[],
): SpecModel {
  const { protocol } = tables;
  const typeAt = (path: string, ...at: string[]): string => {
    const target = reach(path, "protocol.json", schemas, table.nameAt);
    if ("name" in target) return target.name;
    problems.push({ file: "protocol.json", pointer: pointerOf(at), reason: target.reason });
    return "";
  };
  const report = (reason: string, ...at: (string | number)[]) =>
    problems.push({ file: "protocol.json", pointer: pointerOf(at), reason });

  const typeNames = new Set(table.types.map((type) => type.name));
  const lowerNames = new Set([...typeNames].map((name) => name.toLowerCase()));
  if (!typeNames.has("JsonRpcRequest")) report('no schema has the title "JsonRpcRequest"');
  for (const [index, name] of (protocol.tolerant ?? []).entries()) {
    if (!typeNames.has(name)) report(`${show(name)} is no type of the spec`, "tolerant", index);
    const twin = `${name}Tolerant`;
    if (lowerNames.has(twin.toLowerCase())) report(`${show(twin)} is a type already`, "tolerant", index);
  }
  const methods = Object.entries(protocol.methods).map(([name, method]) => ({
    name,
    direction: method.direction,
    kind: method.kind,
    params: typeAt(method.params, "methods", name, "params"),
    result: method.result === null ? null : typeAt(method.result, "methods", name, "result"),
    description: method.description ?? "",
  }));
  const messages = Object.entries(protocol.messages).map(
    ([name, message]): MessageModel => ({
      name,
      method: camel(name),
      emit: message.emit,
      spellings: message.spellings,
      direction: message.direction,
      reply: message.reply,
      needsAck: message.needs_ack,
      scope: message.scope,
      description: message.description ?? "",
      payload: typeAt(message.payload, "messages", name, "payload"),
    }),
  );
  checkMessages(messages, protocol, report);
  const schemaOf = new Map(table.types.map((type) => [type.name, type.schema]));
  for (const { name, payload } of messages) {
    if (payload !== "" && !isObjectType(schemaOf.get(payload), schemaOf))
      report(`${show(payload)} may be something else than an object`, "messages", name, "payload");
  }
  const envelope = typeAt(protocol.envelope, "envelope");
  const required = schemaOf.get(envelope)?.["required"];
  for (const member of envelope === "" ? [] : envelopeMembers) {
    if (!Array.isArray(required) || !required.includes(member))
      report(`${show(envelope)} does not require ${show(member)}`, "envelope");
  }
  const routes = Object.entries(protocol.routes).map(([name, route]): RouteModel => {
    const fault = memberNameFault(name);
    if (fault !== null) report(fault, "routes", name);
    checkScope(route.scope, protocol, report, "routes", name, "scope");
    return {
      name,
      path: route.path,
      methods: route.methods,
      scope: route.scope,
      ...(route.upgrade === undefined ? {} : { upgrade: route.upgrade }),
      ...(route.response === undefined ? {} : { response: typeAt(route.response, "routes", name, "response") }),
      description: route.description ?? "",
    };
  });
  for (const name of Object.keys(protocol.limits)) {
    const fault = memberNameFault(name);
    if (fault !== null) report(fault, "limits", name);
  }
  return {
    name: protocol.name,
    title: protocol.title,
    version: protocol.version,
    envelopeVersion: protocol.envelope_version,
    description: protocol.description ?? "",
    specHash,
    envelope,
    types: table.types,
    tolerant: [...new Set(protocol.tolerant ?? [])],
    methods,
    messages,
    errors: errorsOf(tables.errors, problems),
    routes,
    states: statesOf(tables.states, schemas, table, problems),
    limits: protocol.limits,
    scopes: protocol.scopes,
    closeCodes: closeCodesOf(protocol, report),
    events: protocol.events,
    registryUrl: protocol.registry_url,
  };
}

/** Members that a client has beside one method per message. */
const clientMembers = new Set(["close", "run", "send", "sendenvelope", "stream", "url"]);

/** Members that \`EnvelopeShape\` of the generated contract promises. */
const envelopeMembers = ["asap_version", "sender", "recipient", "payload_type", "payload"];

type Report = (reason: string, ...at: (string | number)[]) => void;

/** Whether every value of a schema is an object. */
function isObjectType(schema: unknown, named: ReadonlyMap<string, Schema>): boolean {
  if (!isObject(schema)) return false;
  const { $ref, type, allOf, anyOf, oneOf } = schema;
  const isOne = (inner: unknown) => isObjectType(inner, named);
  if (type === "object" || (typeof $ref === "string" && isOne(named.get($ref)))) return true;
  if (Array.isArray(allOf) && allOf.some(isOne)) return true;
  return [anyOf, oneOf].some((branches) => Array.isArray(branches) && branches.every(isOne));
}

function checkScope(scope: string | null, protocol: ProtocolFile, report: Report, ...at: string[]): void {
  if (scope !== null && !Object.hasOwn(protocol.scopes, scope))
    report(`${show(scope)} is no scope of the protocol`, ...at);
}

function checkMessages(messages: readonly MessageModel[], protocol: ProtocolFile, report: Report): void {
  const names = new Set(messages.map((message) => message.name));
  const spelled = new Map<string, { name: string; spelling: string }>();
  const methodNames = new Map<string, string>();
  for (const message of messages) {
    const { name } = message;
    const fault = typeNameFault(name) ?? memberNameFault(message.method);
    if (fault !== null) report(fault, "messages", name);
    else if (clientMembers.has(name.toLowerCase())) {
      report(`${show(name)} cannot name a message: clients have a member of that name`, "messages", name);
    }
    const twin = methodNames.get(message.method.toLowerCase());
    if (twin !== undefined) report(`${show(name)} differs from ${show(twin)} only in letter case`, "messages", name);
    methodNames.set(message.method.toLowerCase(), name);
    if (message.reply !== null && !names.has(message.reply)) {
      report(`${show(message.reply)} is no message of the protocol`, "messages", name, "reply");
    }
    if (!message.spellings.includes(message.emit)) {
      report(`${show(message.emit)} is not among the spellings`, "messages", name, "emit");
    }
    checkScope(message.scope, protocol, report, "messages", name, "scope");
    for (const [index, spelling] of message.spellings.entries()) {
      const known = spelled.get(normalSpelling(spelling));
      if (normalSpelling(spelling) === "") report("the spelling has no letters", "messages", name, "spellings", index);
      if (known !== undefined && (known.name !== name || known.spelling === spelling)) {
        report(
          `${show(spelling)} cannot be told from ${show(known.spelling)} of ${known.name}`,
          "messages",
          name,
          "spellings",
          index,
        );
      }
      if (known === undefined) spelled.set(normalSpelling(spelling), { name, spelling });
    }
  }
}

function errorsOf(file: ErrorsFile, problems: Problem[]): ErrorModel[] {
  const byCode = new Map<string, string>();
  return Object.entries(file).map(([name, error]) => {
    const report = (reason: string, ...at: string[]) =>
      problems.push({ file: "errors.json", pointer: pointerOf([name, ...at]), reason });
    const fault = memberNameFault(name);
    if (fault !== null) report(fault);
    const twin = byCode.get(error.code);
    if (twin !== undefined) report(`${show(error.code)} is the code of ${show(twin)} already`, "code");
    byCode.set(error.code, name);
    return { name, ...error };
  });
}

function statesOf(
  file: StatesFile,
  schemas: ReadonlyMap<string, unknown>,
  table: TypeTable,
  problems: Problem[],
): SpecModel["states"] {
  const report = (reason: string, ...at: (string | number)[]) =>
    problems.push({ file: "states.json", pointer: pointerOf(at), reason });
  const entity = reach(file.entity, "states.json", schemas, table.nameAt);
  if ("reason" in entity) report(entity.reason, "entity");
  const entityName = "name" in entity ? entity.name : "";
  const known = Object.keys(file.transitions);
  const check = (state: string, ...at: (string | number)[]) => {
    if (!known.includes(state)) report(`${show(state)} is no state: it has no transitions entry`, ...at);
  };
  check(file.initial, "initial");
  for (const [index, state] of file.terminal.entries()) {
    check(state, "terminal", index);
    if ((file.transitions[state] ?? []).length > 0)
      report(`${show(state)} is final and yet leads on`, "transitions", state);
  }
  for (const [index, state] of file.cancellable.entries()) check(state, "cancellable", index);
  for (const [from, targets] of Object.entries(file.transitions)) {
    for (const [index, to] of targets.entries()) check(to, "transitions", from, index);
  }
  if (entityName !== "") checkStateEnum(file, entityName, table, report);
  return {
    entity: entityName,
    field: file.field,
    initial: file.initial,
    terminal: file.terminal,
    cancellable: file.cancellable,
    transitions: file.transitions,
  };
}

function checkStateEnum(file: StatesFile, entity: string, table: TypeTable, report: Report): void {
  const schemaOf = (name: unknown) => table.types.find((type) => type.name === name)?.schema;
  const properties = schemaOf(entity)?.["properties"];
  const field = isObject(properties) && Object.hasOwn(properties, file.field) ? properties[file.field] : undefined;
  if (!isObject(field)) {
    report(`${show(file.field)} is no member of ${entity}`, "field");
    return;
  }
  const listed = (schemaOf(field["$ref"]) ?? field)["enum"];
  if (!Array.isArray(listed)) return;
  for (const state of listed) {
    if (!Object.hasOwn(file.transitions, String(state))) report(`${show(String(state))} has no entry`, "transitions");
  }
  for (const state of Object.keys(file.transitions)) {
    if (!listed.includes(state))
      report(`${show(state)} is not among the values of ${entity}.${file.field}`, "transitions", state);
  }
}

function closeCodesOf(protocol: ProtocolFile, report: Report): CloseCodeModel[] {
  return Object.entries(protocol.close_codes).map(([code, entry]) => {
    if (!/^[1-4]\d{3}$/.test(code)) report(`${show(code)} is no close code: 1000 to 4999`, "close_codes", code);
    const { name, reconnect, reason, description = "" } = entry;
    return { code: Number(code), name, reconnect, ...(reason === undefined ? {} : { reason }), description };
  });
}
