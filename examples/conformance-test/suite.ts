// One test for each case of the conformance suite, for the runner of Node.js: node --test suite.js
import { after, test } from "node:test";
import { judgeServer, testsOf } from "asap-kit/conformance";
import { startAgent } from "./agent.js";

const agent = await startAgent();
const report = await judgeServer(agent.url);
after(() => agent.close());
for (const { name, skip, run } of testsOf(report)) test(name, { skip }, run);
