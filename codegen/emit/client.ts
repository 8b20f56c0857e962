import type { SpecModel } from "../model.js";
import type { Draft } from "./file.js";
import { replyOf } from "./messages.js";
import { docs, quote } from "./print.js";

/** `client.ts`: one method per message type that a client can send. */
export function emitClient(model: SpecModel): Draft {
  const sent = model.messages.filter((message) => message.direction !== "response");
  const types = new Set(sent.map((message) => message.payload));
  const declarations = sent.map((message) => {
    const reply = replyOf(model, message);
    if (reply !== "void") types.add(reply);
    const answer = message.reply === null ? "Nothing answers it." : `Answered by a ${message.reply}.`;
    const note = docs(`${message.description} ${answer}`.trim(), "  ");
    return `${note}  ${message.method}(payload: ${message.payload}, options?: SendOptions): Promise<${reply}>;\n`;
  });
  const methods = sent.map((message) => {
    const reply = replyOf(model, message);
    const head = `    ${message.method}: (payload, options) =>`;
    const call = `send(${quote(message.name)}, payload, options) as Promise<${reply}>`;
    const inline = `${head} ${call},\n`;
    return inline.length <= 121 ? inline : `${head}\n      ${call},\n`;
  });
  const body = `/** What a client can send: one method per message type. */
export interface AsapClient {
${declarations.join("")}}

/**
 * A client over a connection: each method sends its message and returns the payload of the reply.
 *
 * @param send - Sends a message by name. It answers for the type of what it returns.
 */
export function createClient(send: SendMessage): AsapClient {
  return {
${methods.join("")}  };
}
`;
  const imports = [
    { from: "./contract.js", names: ["SendMessage", "SendOptions"], typeOnly: true },
    ...(types.size > 0 ? [{ from: "./models.js", names: [...types], typeOnly: true }] : []),
  ];
  return { path: "client.ts", imports, body };
}
