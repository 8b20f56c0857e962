import { describe, expect, it, vi } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { serve } from "../runtime/node.js";
import { judgeServer, type Report } from "./index.js";
import { judgeGuarded } from "./mutants/judge-guarded.js";
import { type Answered, wrap } from "./mutants/wrap.js";

vi.setConfig({ testTimeout: 60_000 });

const passed = ({ cases }: Report) => cases.map(({ id, outcome }) => `${id} ${outcome}`).toSorted();
const challenging = (value: string[]) => (answered: Answered) =>
  answered.status === 401 ? { ...answered, headers: { ...answered.headers, "www-authenticate": value } } : answered;

describe("judgeServer() of an agent that writes a list of a header in several lines", () => {
  it("reads methods and caching as one list", async () => {
    const server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
    const wrapped = await wrap(server.url, {
      name: "lines",
      killedBy: "",
      answer: (answered) => {
        if (answered.status === 405)
          return { ...answered, headers: { ...answered.headers, allow: ["OPTIONS", "POST"] } };
        const isCached = answered.headers["cache-control"] !== undefined;
        const headers = { ...answered.headers, "cache-control": ["Public", "Max-Age=300"] };
        return isCached ? { ...answered, headers } : answered;
      },
    });
    const report = await judgeServer(wrapped.url, { only: ["http.wrong-method.rpc.get", "discovery.cache-control"] });
    await Promise.all([wrapped.close(), server.close()]);
    expect(passed(report)).toEqual(["discovery.cache-control pass", "http.wrong-method.rpc.get pass"]);
  });

  it.each([[['Basic realm="a"', "Bearer"]], [['Basic realm="a", bearer realm="b"']]])(
    "finds the challenge among others: %j",
    async (value) => {
      const mutant = { name: "", killedBy: [], wire: { answer: challenging(value) } };
      expect(passed(await judgeGuarded(mutant, { only: ["auth.none"] }))).toContain("auth.none pass");
    },
  );
});
