import { allMutants } from "./all.js";
import { meetAll } from "./meet-all.js";

meetAll(allMutants.filter(({ group, id }) => group === "plain" && !/^(websocket|acks)\//.test(id)));
