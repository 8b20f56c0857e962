import type { Case } from "../case.js";
import { withTags } from "../tags.js";
import { ackCases } from "./acks.js";
import { authCases } from "./auth.js";
import { discoveryCases } from "./discovery.js";
import { envelopeCases } from "./envelope.js";
import { errorCases } from "./errors.js";
import { healthCases } from "./health.js";
import { httpCases } from "./http.js";
import { idempotencyCases } from "./idempotency.js";
import { jsonrpcCases } from "./jsonrpc.js";
import { lifecycleCases } from "./lifecycle.js";
import { limitCases } from "./limits.js";
import { metricsCases } from "./metrics.js";
import { payloadCases } from "./payloads.js";
import { registryCases } from "./registry.js";
import { replayCases } from "./replay.js";
import { stateCases } from "./state.js";
import { taskCases } from "./task.js";
import { webhookCases } from "./webhooks.js";
import { websocketCases } from "./websocket.js";
import { frameCases } from "./websocket-frames.js";
import { sameCases } from "./websocket-same.js";
import { shutdownCases } from "./websocket-shutdown.js";
import { upgradeCases } from "./websocket-upgrade.js";

/** Every case a server is judged by, in the order they are started. */
export const cases: readonly Case[] = [
  ...discoveryCases,
  ...healthCases,
  ...registryCases,
  ...jsonrpcCases,
  ...envelopeCases,
  ...taskCases,
  ...payloadCases,
  ...lifecycleCases,
  ...stateCases,
  ...httpCases,
  ...replayCases,
  ...idempotencyCases,
  ...errorCases,
  ...metricsCases,
  ...upgradeCases,
  ...websocketCases,
  ...frameCases,
  ...sameCases,
  ...shutdownCases,
  ...ackCases,
  ...authCases,
  ...webhookCases,
  ...limitCases,
].map(withTags);
