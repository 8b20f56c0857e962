import { ackClients } from "./acks.js";
import { answerClients } from "./answers.js";
import { findingClients } from "./finding.js";
import { messageClients } from "./messages.js";
import type { ClientMutant } from "./mutant.js";
import { reconnectClients } from "./reconnect.js";
import { requestClients } from "./requests.js";
import { retryingClients } from "./retrying.js";
import { frameClients } from "./socket-frames.js";
import { socketClients } from "./sockets.js";
import { tokenClients } from "./tokens.js";
import { webhookClients } from "./webhooks.js";

/** Every client that is wrong on purpose. */
export const clientMutants: readonly ClientMutant[] = [
  ...messageClients,
  ...retryingClients,
  ...answerClients,
  ...requestClients,
  ...tokenClients,
  ...findingClients,
  ...webhookClients,
  ...socketClients,
  ...frameClients,
  ...ackClients,
  ...reconnectClients,
];
