import { answerClients } from "./answers.js";
import { holdClients } from "./hold.js";
import { requestClients } from "./requests.js";
import { retryingClients } from "./retrying.js";

holdClients("calls over HTTP", [...retryingClients, ...answerClients, ...requestClients]);
