import type { SpecModel } from "../model.js";
import type { Draft } from "./file.js";
import { replyOf } from "./messages.js";
import { docs, quote } from "./print.js";

/** `server.ts`: one handler per message type, and the table of those that were given. */
export function emitServer(model: SpecModel): Draft {
  const types = new Set<string>();
  const declarations = model.messages.map((message) => {
    const reply = replyOf(model, message);
    types.add(message.payload);
    if (reply !== "void") types.add(reply);
    const head = `  ${message.method}?(payload: ${message.payload}, call: Call):`;
    const note = `${message.name} received. ${message.description}`;
    return `${docs(note, "  ")}${head} ${reply} | Promise<${reply}>;\n`;
  });
  const pairs = model.messages.map((message) => `    [${quote(message.name)}, handlers.${message.method}],\n`);
  const body = `/** What an agent does with each message type it receives. \`Call\` is what a transport tells of the call. */
export interface AsapHandlers<Call = unknown> {
${declarations.join("")}}

/**
 * The given handlers by message name, each bound to the object it came from.
 *
 * @param handlers - Handlers by method name; absent ones are left out.
 */
export function handlersByName<Call>(handlers: AsapHandlers<Call>): ReadonlyMap<MessageName, MessageHandler<Call>> {
  const given: readonly (readonly [MessageName, MessageHandler<Call> | undefined])[] = [
${pairs.join("")}  ];
  const found = new Map<MessageName, MessageHandler<Call>>();
  for (const [name, handle] of given) {
    if (handle !== undefined) found.set(name, (payload, call) => handle.call(handlers, payload, call));
  }
  return found;
}
`;
  const imports = [
    { from: "./contract.js", names: ["MessageHandler"], typeOnly: true },
    { from: "./messages.js", names: ["MessageName"], typeOnly: true },
    { from: "./models.js", names: [...types], typeOnly: true },
  ];
  return { path: "server.ts", imports, body };
}
