// A client that is wrong on purpose: a client that is right, with a relay that is wrong between it and the agent of the suite.
// Started with the path of the client, the id of the mutant, `none` for no fault, and the URL of the agent.
import { pathToFileURL } from "node:url";
import { clientMutants } from "./index.js";
import { startClientRelay } from "./relay.js";

const [path = "", id, url = ""] = process.argv.slice(-3);
const mutant = clientMutants.find((one) => one.id === id);
if (mutant === undefined && id !== "none") throw new RangeError(`no client is called ${id}`);
const fault = mutant?.make() ?? {};
const relay = await startClientRelay(url, fault);
for (const [name, value = ""] of Object.entries(process.env)) {
  if (name.startsWith("ASAP_CONFORMANCE_")) process.env[name] = relay.renamed(value);
}
for (const [name, value] of Object.entries(fault.env ?? {})) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
process.argv.splice(-2, 2, relay.url);
await import(pathToFileURL(path).href);
