import { ackClients } from "./acks.js";
import { holdClients } from "./hold.js";
import { reconnectClients } from "./reconnect.js";
import { frameClients } from "./socket-frames.js";
import { socketClients } from "./sockets.js";

holdClients("sockets", [...socketClients, ...frameClients, ...ackClients, ...reconnectClients]);
