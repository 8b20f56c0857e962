// What asap-kit does, in five steps. Needs nothing but this package; ends with 0 when every step came out right.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, createAgent, skill } from "asap-kit";
import { generate } from "asap-kit/codegen";
import { exitCode, judgeServer, renderCase } from "asap-kit/conformance";
import { serve } from "asap-kit/node";
import { validateRegistry } from "asap-kit/registry";

const root = dirname(fileURLToPath(import.meta.resolve("asap-kit/package.json")));
let steps = 0;
const step = (title: string) => console.log(`\n${++steps}. ${title}`);

step("Regenerate the code from spec/");
const { written, deleted, unchanged } = await generate({ spec: join(root, "spec"), out: join(root, "generated") });
console.log(`   ${unchanged.length} files as they were, ${written.length} written, ${deleted.length} deleted`);

step("Start an agent");
const agent = createAgent({
  id: "urn:asap:agent:echo-agent",
  name: "Echo Agent",
  version: "1.0.0",
  description: "Answers with what it was given.",
  skills: { echo: skill({ description: "Answers with its input.", run: (input) => ({ echoed: input }) }) },
});
const server = await serve(agent, { port: 0, rateLimit: "off" });
console.log(`   ${agent.id} listens on ${server.url}`);

step("Call it over the wire");
const peer = await connect(server.url);
const answer = await peer.run("echo", { message: "hello" });
console.log(`   echo {"message":"hello"} -> ${JSON.stringify(answer)}`);
assert.deepEqual(answer, { echoed: { message: "hello" } });
await peer.close();

step("Judge it with the conformance suite");
const report = await judgeServer(server.url);
const { pass, planned, fail, warn, error, notApplicable } = report.counts;
for (const result of report.cases) {
  if (!["pass", "not-applicable"].includes(result.outcome)) console.log(`   ${renderCase(result)}`);
}
console.log(
  `   ${report.outcome}: ${pass} of ${planned} cases passed, ${fail} failed, ${warn} warned, ${error} not run, ` +
    `${notApplicable} not applicable`,
);
assert.equal(exitCode(report), 0);

await server.close();

step("Validate a registry");
const file = join(root, "examples/registry.json");
const registry = validateRegistry(await readFile(file, "utf8"));
for (const { line, column, severity, message } of registry.findings) {
  console.log(`   ${line}:${column} ${severity}: ${message}`);
}
console.log(
  `   examples/registry.json lists ${registry.agents} agents and is ${registry.valid ? "valid" : "not valid"}`,
);
assert.ok(registry.valid);

console.log(`\nAll ${steps} steps came out right.`);
