import { openToKill } from "./kill-place.js";
import type { AgentKillOrder } from "./kill-records.js";
import { agentOn } from "./killed-agent.js";

/** An agent that is asked once and kills itself at a step of that: `node kill-agent.js ORDER`, the order as JSON. */
const { location, step, request } = JSON.parse(process.argv[2] ?? "") as AgentKillOrder;

const agent = agentOn(await openToKill(location, step), false);
await agent.ready();
process.stdout.write(await agent.receive(request));
