import { routes } from "../../../generated/routes.js";
import { ending, failed, pass, pathIn } from "../checks.js";
import { healthOf } from "../conforming.js";
import { requestOf } from "../least.js";
import type { ClientCase, Scenario } from "../scenario.js";
import type { Answer, Received } from "../session.js";

const { path } = routes.agent_health;

/** Whether a request asks for the health of an agent, at the right place or at another. */
const asksForHealth = (request: Received): boolean => /health|ready|live/i.test(pathIn(request));

const asked = (aspect: string, requirement: string): ClientCase => ({
  aspect,
  title: "The health is asked for with GET at its well-known path under the base URL",
  level: "MUST",
  requirements: [requirement],
  judge: (session) => {
    const asks = session.requests.filter(asksForHealth);
    if (asks.some(({ method, target }) => method === "GET" && target === path)) return pass;
    const last = asks.at(-1);
    const found =
      last === undefined ? `no request for health; ${ending(session.end)}` : `${last.method} ${last.target}`;
    return failed(`GET ${path}`, found, last?.at ?? -1);
  },
});

const healthy = (answer: () => Answer) => () => ({
  answer: (request: Received) => (pathIn(request) === path ? answer() : undefined),
});

/** Scenarios of asking an agent for its health. */
export const healthScenarios: readonly Scenario[] = [
  {
    name: "health",
    title: "The health of an agent",
    summary:
      "Ask the agent at the URL for its health, as your library does it. Send no message. Exit 0 when your library told that the agent is healthy.",
    profile: "discovery",
    requirements: ["HEALTH-004"],
    least: requestOf("a request for the health", asksForHealth),
    cases: [asked("asked", "HEALTH-004")],
  },
  {
    name: "health-further-members",
    title: "A health answer that says more",
    summary:
      "Ask the agent at the URL for its health. The answer holds members that no version of the protocol knows. Exit 0 when your library told that the agent is healthy.",
    profile: "discovery",
    requirements: ["HEA-004"],
    least: requestOf("a request for the health", asksForHealth),
    behave: healthy(() => {
      const load = { active_tasks: 0, queue_depth: 0, of_the_future: { weight: 3 } };
      return { status: 200, body: { ...healthOf(), load, region: "north", checks: [{ name: "disk", ok: true }] } };
    }),
    cases: [asked("asked", "HEA-004")],
  },
  {
    name: "health-unhealthy",
    title: "An agent that is unhealthy",
    summary:
      "Ask the agent at the URL for its health. It answers with HTTP status 503 and a body whose status is unhealthy. Exit 0 when your library told that the agent is unhealthy, by an error made for that or by the status it gave; 1 when it took it for healthy or told of an answer that cannot be read.",
    profile: "discovery",
    requirements: ["HEA-007"],
    least: requestOf("a request for the health", asksForHealth),
    behave: healthy(() => ({ status: 503, body: { ...healthOf(), status: "unhealthy" } })),
    cases: [asked("asked", "HEA-007")],
  },
];
