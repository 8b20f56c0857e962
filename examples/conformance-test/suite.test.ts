import { judgeServer, testsOf } from "asap-kit/conformance";
import { afterAll, describe, test } from "vitest";
import { startAgent } from "./agent.js";

const agent = await startAgent();
const report = await judgeServer(agent.url);
afterAll(() => agent.close());
describe("ASAP 1.1", () => {
  for (const { name, skip, run } of testsOf(report)) test.skipIf(skip !== false)(name, run);
});
