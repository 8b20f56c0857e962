import type { Scenario } from "../scenario.js";
import { ackScenarios } from "./acks.js";
import { answerScenarios } from "./answers.js";
import { bearerScenarios } from "./bearer.js";
import { cachingScenarios } from "./caching.js";
import { discoveryScenarios } from "./discovery.js";
import { frameScenarios } from "./frames.js";
import { healthScenarios } from "./health.js";
import { httpScenarios } from "./http.js";
import { reconnectScenarios } from "./reconnect.js";
import { registryScenarios } from "./registry.js";
import { requestScenarios } from "./requests.js";
import { retryingScenarios } from "./retrying.js";
import { tokenScenarios } from "./tokens.js";
import { webhookScenarios } from "./webhooks.js";
import { websocketScenarios } from "./websocket.js";

/** Every scenario, in the order of the published list. */
export const scenarios: readonly Scenario[] = [
  ...discoveryScenarios,
  ...httpScenarios,
  ...requestScenarios,
  ...retryingScenarios,
  ...answerScenarios,
  ...cachingScenarios,
  ...healthScenarios,
  ...registryScenarios,
  ...bearerScenarios,
  ...tokenScenarios,
  ...webhookScenarios,
  ...websocketScenarios,
  ...frameScenarios,
  ...ackScenarios,
  ...reconnectScenarios,
];
