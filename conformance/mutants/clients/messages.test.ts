import { holdClients } from "./hold.js";
import { messageClients } from "./messages.js";

holdClients("messages", messageClients);
