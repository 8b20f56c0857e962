// Judges client.js by the conformance suite, which plays the agent; ends with 0 when nothing is wrong.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { exitCode, judgeClient, renderCase } from "asap-kit/conformance";

const client = fileURLToPath(new URL("client.js", import.meta.url));
const report = await judgeClient({ command: [process.execPath, client] });
for (const result of report.cases) {
  if (result.outcome !== "pass") console.log(renderCase(result));
}
const { pass, planned } = report.counts;
console.log(`${report.outcome}: ${pass} of ${planned} cases passed`);
assert.equal(pass, planned);
assert.equal(exitCode(report, { strict: true }), 0);
