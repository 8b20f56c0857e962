import { routes } from "../../generated/routes.js";
import { validateHealthTolerant } from "../../generated/validators/health-tolerant.js";
import { validateLiveness } from "../../generated/validators/liveness.js";
import type { Case, Context, Level, Step } from "../case.js";
import { bare, bodyFits, bodyHas, type Check, expect, fault, header, jsonOf, judged, show, status } from "../checks.js";
import { asObject, get } from "../documents.js";

const shared = get(routes.agent_health.path, { share: "health" });

function health(
  id: string,
  title: string,
  requirements: string[],
  checks: readonly Check[],
  level: Level = "MUST",
  steps: readonly Step[] = [shared],
): Case {
  return {
    id: `health.${id}`,
    title,
    area: "health",
    level,
    requirements,
    steps: () => steps,
    judge: judged(status(0, 200, 503), bodyHas(0, { status: "string", agent_id: "string" }), ...checks),
  };
}

function says(expected: string, found: (body: Record<string, unknown>, context: Context) => string | null): Check {
  return expect(0, expected, (exchange, context) => {
    const body = asObject(jsonOf(exchange));
    return body === undefined ? "no JSON object" : found(body, context);
  });
}

const liveness = (["health", "ready"] as const).map(
  (name): Case => ({
    id: `health.${name === "health" ? "liveness" : "readiness"}`,
    title: `${routes[name].path} answers 200 with {"status":"ok"}`,
    area: "health",
    level: "MUST",
    requirements: ["HEA-005"],
    steps: () => [get(routes[name].path)],
    judge: judged(
      status(0, 200),
      expect(0, 'the body {"status":"ok"}', (exchange) => fault(validateLiveness, jsonOf(exchange))),
      header(0, "Content-Type", /^application\/json\s*(;|$)/i, "application/json"),
    ),
  }),
);

/** Health: the agent's own words and the two probes. */
export const healthCases: readonly Case[] = [
  health(
    "served",
    "Health is served as JSON with the required members",
    ["HEALTH-001", "HEALTH-002", "HEALTH-005", "HTTP-012"],
    [bodyFits(0, validateHealthTolerant), header(0, "Content-Type", /^application\/json\s*(;|$)/i, "application/json")],
  ),
  health(
    "status",
    "The HTTP status tells the same as the member status",
    ["HEA-001"],
    [
      expect(0, "200 with healthy or 503 with unhealthy", (exchange) => {
        const said = asObject(jsonOf(exchange))?.status;
        return said === (exchange.response?.status === 200 ? "healthy" : "unhealthy")
          ? null
          : `HTTP ${exchange.response?.status} with ${show(said)}`;
      }),
    ],
  ),
  health(
    "agent",
    "agent_id and version are those of the manifest",
    ["HEA-008"],
    [
      says("the manifest's id and version", ({ agent_id: id, version }, { manifest }) =>
        manifest !== null && id === manifest.id && version === manifest.version ? null : `${show(id)} ${show(version)}`,
      ),
    ],
  ),
  health(
    "uptime",
    "uptime_seconds is a number of at least 0",
    ["HEA-006", "HEALTH-002"],
    [
      says("a number of at least 0", ({ uptime_seconds: uptime }) =>
        typeof uptime === "number" && uptime >= 0 ? null : show(uptime),
      ),
    ],
  ),
  health(
    "all-members",
    "Health also tells capabilities, load and asap_version",
    ["HEA-002"],
    [
      says("capabilities, load and asap_version", (body) => {
        const missing = ["capabilities", "load", "asap_version"].filter((member) => !(member in body));
        return missing.length === 0 ? null : `without ${missing.join(", ")}`;
      }),
    ],
  ),
  health(
    "load",
    "load is null or counts active_tasks and queue_depth",
    ["HEA-003"],
    [
      says("null or two counts", ({ load }) => {
        if (load === undefined || load === null) return null;
        const { active_tasks: active, queue_depth: queued } = asObject(load) ?? {};
        return [active, queued].every((count) => Number.isInteger(count) && Number(count) >= 0) ? null : show(load);
      }),
    ],
  ),
  health(
    "asap-version",
    "asap_version is 1.1.0",
    ["HEA-009"],
    [says("1.1.0", ({ asap_version: version }) => (version === "1.1.0" ? null : show(version)))],
    "SHOULD",
  ),
  health(
    "head",
    "HEAD on health is answered like GET, without a body",
    ["HEALTH-001"],
    [status(1, 200, 503), bare(1)],
    "SHOULD",
    [shared, { method: "HEAD", path: routes.agent_health.path }],
  ),
  ...liveness,
];
