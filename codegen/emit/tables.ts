import type { SpecModel } from "../model.js";
import type { Draft } from "./file.js";
import { docs, keyOf, literal, type Printable, quote, raw, unionType } from "./print.js";

function constant(name: string, type: string, value: Printable, note: string): string {
  const head = `export const ${name}: ${type} = `;
  return `${docs(note)}${head}${literal(value, "", head.length)};\n`;
}

function namesType(name: string, members: readonly string[], note: string): string {
  return unionType(name, members.map(quote), note);
}

/** `errors.ts`: the errors by code and by name. */
export function emitErrors(model: SpecModel): Draft {
  const table = Object.fromEntries(model.errors.map((error) => [error.code, { ...error }]));
  const byName = Object.fromEntries(model.errors.map((error) => [error.name, raw(`errors[${quote(error.code)}]`)]));
  const parts = [
    namesType(
      "AsapErrorCode",
      model.errors.map((error) => error.code),
      "Code of an error of the protocol.",
    ),
    namesType(
      "ErrorName",
      model.errors.map((error) => error.name),
      "Name of an error of the protocol.",
    ),
    constant(
      "errors",
      "{ readonly [Code in AsapErrorCode]: ErrorDefinition }",
      table,
      "The errors of the protocol by code.",
    ),
    constant(
      "errorsByName",
      "{ readonly [Name in ErrorName]: ErrorDefinition }",
      byName,
      "The errors of the protocol by name.",
    ),
  ];
  return { path: "errors.ts", imports: [contractTypes("ErrorDefinition")], body: parts.join("\n") };
}

function contractTypes(...names: string[]) {
  return { from: "./contract.js", names, typeOnly: true };
}

/** `states.ts`: the states of a task and the steps between them. */
export function emitStates(model: SpecModel): Draft {
  const { states } = model;
  const names = Object.keys(states.transitions);
  const body = [
    namesType("TaskState", names, `State of a ${states.entity}, as its \`${states.field}\` says it.`),
    constant("taskStates", "readonly TaskState[]", names, "Every state, in the order of the spec."),
    constant("initialState", "TaskState", states.initial, "The state everything begins in."),
    constant("terminalStates", "ReadonlySet<TaskState>", setOf(states.terminal), "States that nothing follows."),
    constant(
      "cancellableStates",
      "ReadonlySet<TaskState>",
      setOf(states.cancellable),
      "States in which a cancel request is honoured.",
    ),
    constant(
      "transitions",
      "{ readonly [From in TaskState]: readonly TaskState[] }",
      { ...states.transitions },
      "The states that may follow each state.",
    ),
    `${docs("Whether one state may follow another.")}export function canTransition(from: TaskState, to: TaskState): boolean {\n  return transitions[from].includes(to);\n}\n`,
    constant(
      "states",
      "StatesDefinition",
      {
        entity: states.entity,
        field: states.field,
        initial: states.initial,
        terminal: states.terminal,
        cancellable: states.cancellable,
        transitions: raw("transitions"),
      },
      "The states as one table.",
    ),
  ];
  return { path: "states.ts", imports: [contractTypes("StatesDefinition")], body: body.join("\n") };
}

function setOf(members: readonly string[]): Printable {
  return raw(`new Set<TaskState>(${literal(members, "", 70)})`);
}

/** `routes.ts`: the routes an agent serves. */
export function emitRoutes(model: SpecModel): Draft {
  const table = Object.fromEntries(model.routes.map((route) => [route.name, { ...route }]));
  const body = [
    namesType(
      "RouteName",
      model.routes.map((route) => route.name),
      "Name of a route.",
    ),
    constant("routes", "{ readonly [Name in RouteName]: RouteDefinition }", table, "The routes an agent serves."),
  ];
  return { path: "routes.ts", imports: [contractTypes("RouteDefinition")], body: body.join("\n") };
}

/** `limits.ts`: limits, scopes, close codes, event names and JSON-RPC methods. */
export function emitLimits(model: SpecModel): Draft {
  const closeCodes = Object.fromEntries(model.closeCodes.map((code) => [code.code, { ...code }]));
  const methods = Object.fromEntries(model.methods.map((method) => [method.name, { ...method }]));
  const limits = Object.entries(model.limits).map(([name, value]) => `  ${keyOf(name)}: ${literal(value)},\n`);
  const body = [
    `${docs("Limits and times of the protocol, each with its unit in its name.")}export const limits = {\n${limits.join("")}} as const;\n`,
    `${docs("Name of a limit.")}export type LimitName = keyof typeof limits;\n`,
    namesType("Scope", Object.keys(model.scopes), "What a caller may be allowed to do."),
    constant("scopes", "{ readonly [Name in Scope]: string }", { ...model.scopes }, "The scopes and what each allows."),
    unionType(
      "CloseCode",
      model.closeCodes.map((code) => String(code.code)),
      "Close code of a WebSocket connection.",
    ),
    constant(
      "closeCodes",
      "{ readonly [Code in CloseCode]: CloseCodeDefinition }",
      closeCodes,
      "The close codes of WebSocket connections.",
    ),
    namesType("EventKind", Object.keys(model.events), "Name of an event that webhooks report."),
    constant(
      "events",
      "{ readonly [Name in EventKind]: string }",
      { ...model.events },
      "The events that webhooks report.",
    ),
    namesType(
      "MethodName",
      model.methods.map((method) => method.name),
      "Name of a JSON-RPC method.",
    ),
    constant("methods", "{ readonly [Name in MethodName]: MethodDefinition }", methods, "The JSON-RPC methods."),
    `${docs("Where the public registry is.")}export const registryUrl = ${quote(model.registryUrl)};\n`,
  ];
  const imports = [contractTypes("CloseCodeDefinition", "MethodDefinition")];
  return { path: "limits.ts", imports, body: body.join("\n") };
}
