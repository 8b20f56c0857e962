import { allMutants } from "./all.js";
import { meetAll } from "./meet-all.js";

meetAll(allMutants.filter(({ group, kills }) => group === "webhooks" && !kills.includes("webhooks.rate")));
