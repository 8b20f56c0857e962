import type { Health } from "../../generated/models.js";
import { validateHealthTolerant } from "../../generated/validators/health-tolerant.js";
import { agentBaseUrl } from "../base-url.js";
import { jsonOf } from "../body.js";
import { AsapError } from "../error.js";
import { type FetchOptions, getDocument, misfitError, statusError } from "./get.js";
import { keepKnown, type Shape } from "./known.js";

/** Options of {@link healthCheck}. Defaults: 10,000 ms, 1,048,576 bytes. */
export interface HealthCheckOptions extends FetchOptions {}

const healthPath = "/.well-known/asap/health";
const bounds = { timeoutMs: 10_000, maxBytes: 1_048_576 };

const shape = {
  status: true,
  agent_id: true,
  version: true,
  asap_version: true,
  uptime_seconds: true,
  capabilities: true,
  load: { active_tasks: true, queue_depth: true },
} as const satisfies Shape;

/**
 * Asks an agent how it fares. Members it does not know are dropped. Nothing is kept: each call asks.
 *
 * @param baseUrl URL of the agent, with or without `/asap` at its end.
 * @param options See {@link HealthCheckOptions}.
 * @returns The health of an agent that is well.
 * @throws AsapError `asap:discovery/unhealthy` when the agent answers 503 or says so, with its health in
 * `data.health`; `asap:discovery/health_invalid`; `asap:transport/http_status`, `connection_failed`, `timeout`,
 * `aborted`, `invalid_response`, `insecure_url`; `asap:config/invalid_option`.
 * @see ASAP 1.1, section 13.2
 */
export async function healthCheck(baseUrl: string | URL, options: HealthCheckOptions = {}): Promise<Health> {
  const url = agentBaseUrl(baseUrl, options) + healthPath;
  const { status, text } = await getDocument(url, options, bounds);
  const value = jsonOf(text);
  const isHealth = validateHealthTolerant(value);
  if (status !== 200 && !(status === 503 && isHealth)) throw statusError(url, status);
  if (!isHealth) {
    const errors = value === undefined ? null : validateHealthTolerant.errors;
    throw misfitError("asap:discovery/health_invalid", "health", url, errors);
  }
  const health = keepKnown(value, shape) as unknown as Health;
  if (status === 503 || health.status !== "healthy") {
    throw new AsapError("asap:discovery/unhealthy", { data: { url, status, health } });
  }
  return health;
}
