// Copies the ASAP spec that the package ships, adds the message types of this example and generates the code for both.
// In a project of your own you copy once, keep the copy under version control and only run `asap generate`.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "asap-kit/codegen";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

rmSync(here("spec"), { recursive: true, force: true });
cpSync(dirname(fileURLToPath(import.meta.resolve("asap-kit/spec/protocol.json"))), here("spec"), { recursive: true });
cpSync(here("additions/entities"), here("spec/entities"), { recursive: true });
cpSync(here("additions/payloads"), here("spec/payloads"), { recursive: true });

const protocol = json(here("spec/protocol.json"));
Object.assign(protocol.messages, json(here("additions/messages.json")));
writeFileSync(here("spec/protocol.json"), JSON.stringify(protocol, null, 2));

const { written, unchanged } = await generate({ spec: here("spec"), out: here("generated"), force: true });
console.log(`examples/extended-spec/generated: ${written.length} files written, ${unchanged.length} as they were`);
