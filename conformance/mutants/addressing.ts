import { cases } from "../index.js";
import { granted } from "./posting.js";
import type { Mutant } from "./wrap.js";

/** Cases on addresses of the agent's own host, which do not apply where the suite listens there itself. */
export const ownHost = cases.filter(({ id }) => id.startsWith("webhooks.address.loopback"));

/** An agent that takes some addresses of its own host. */
export interface AddressingMutant extends Omit<Mutant, "killedBy"> {
  /** Ids of the cases that must see it, all of them. */
  readonly killedBy: readonly string[];
}

const loopback = "webhooks.address.loopback";

/** Agents that are wrong about addresses of their own host. */
export const addressing: readonly AddressingMutant[] = [
  {
    name: "takes addresses of its own host",
    killedBy: ownHost.map(({ id }) => id),
    answer: granted((host) => /^127\.|^localhost$|::1\]$|ffff:127|ffff:7f00/.test(host)),
  },
  {
    name: "knows one address of its own host alone",
    killedBy: [`${loopback}.other`, `${loopback}.ipv6`, `${loopback}.mapped`, `${loopback}.name`],
    answer: granted((host) => host !== "127.0.0.1"),
  },
  {
    name: "takes the name of its own host",
    killedBy: [`${loopback}.name`],
    answer: granted((host) => host === "localhost"),
  },
  {
    name: "takes its own host within IPv6",
    killedBy: [`${loopback}.ipv6`, `${loopback}.mapped`],
    answer: granted((host) => host.startsWith("[")),
  },
];
