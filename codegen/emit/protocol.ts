import type { SpecModel } from "../model.js";
import { kebab } from "../names.js";
import type { Draft } from "./file.js";
import { docs, quote } from "./print.js";

/** `protocol.ts`: the whole protocol as one value. */
export function emitProtocol(model: SpecModel): Draft {
  const envelope = `validate${model.envelope}`;
  const members = [
    `name: ${quote(model.name)}`,
    `title: ${quote(model.title)}`,
    `version: ${quote(model.version)}`,
    `envelopeVersion: ${quote(model.envelopeVersion)}`,
    `specHash: ${quote(model.specHash)}`,
    "methods",
    "messages",
    "messageOf",
    "routes",
    "errors",
    "limits",
    "scopes",
    "closeCodes",
    "events",
    "states",
    "registryUrl",
    envelope === "validateEnvelope" ? envelope : `validateEnvelope: ${envelope}`,
    "validateJsonRpcRequest",
    "createClient",
  ];
  const note = `${model.title} ${model.version}. ${model.description}`;
  const body = `${docs(note)}export const protocol: ProtocolDefinition<AsapClient, PayloadMap, ReplyMap> = {
${members.map((member) => `  ${member},\n`).join("")}};
`;
  const imports = [
    { from: "./client.js", names: ["createClient", "type AsapClient"] },
    { from: "./contract.js", names: ["ProtocolDefinition"], typeOnly: true },
    { from: "./errors.js", names: ["errors"] },
    { from: "./limits.js", names: ["closeCodes", "events", "limits", "methods", "registryUrl", "scopes"] },
    { from: "./messages.js", names: ["messageOf", "messages", "type PayloadMap", "type ReplyMap"] },
    { from: "./routes.js", names: ["routes"] },
    { from: "./states.js", names: ["states"] },
    { from: `./validators/${kebab(model.envelope)}.js`, names: [envelope] },
    { from: "./validators/json-rpc-request.js", names: ["validateJsonRpcRequest"] },
  ];
  return { path: "protocol.ts", imports, body };
}
