import { findingClients } from "./finding.js";
import { holdClients } from "./hold.js";
import { tokenClients } from "./tokens.js";
import { webhookClients } from "./webhooks.js";

holdClients("tokens, finding and webhooks", [...tokenClients, ...findingClients, ...webhookClients]);
