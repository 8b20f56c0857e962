import { allMutants } from "./all.js";
import { meetAll } from "./meet-all.js";

meetAll(allMutants.filter(({ group, id }) => ["plain", "token"].includes(group) && /^(websocket|acks)\//.test(id)));
