// Finds agents in the two ways the protocol has: by their address, and by what they can do, through a registry.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, createAgent, discover, discoverFromRegistry, healthCheck, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { entryFromManifest } from "asap-kit/registry";

const agent = createAgent({
  id: "urn:asap:agent:tide-tables",
  name: "Tide Tables",
  version: "1.2.0",
  description: "Predicts high water.",
  skills: {
    predict_tide: skill({
      description: "The next high water at a port.",
      input: Type.Object({ port: Type.String() }),
      output: Type.Object({ port: Type.String(), high_water: Type.String() }),
      run: ({ port }) => ({ port, high_water: "2026-03-02T11:42:00Z" }),
    }),
  },
});
const server = await serve(agent, { port: 0 });

// By address: the manifest says who the agent is and what it can do, health says how it is.
const manifest = await discover(server.url);
const health = await healthCheck(server.url);
console.log(`${server.url} is ${manifest.id}, ${health.status}`);
assert.equal(manifest.id, "urn:asap:agent:tide-tables");
assert.equal(health.status, "healthy");

// A registry is a file on a web server. An entry is made from the manifest of the agent that it lists.
const registry = {
  version: "1.0",
  updated_at: new Date().toISOString(),
  agents: [entryFromManifest(manifest), { id: "not a URN", name: "Broken" }],
};
const host = createServer((_, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(registry));
}).listen(0, "127.0.0.1");
await new Promise((resolve) => host.once("listening", resolve));
const registryUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}/registry.json`;

// By skill: an entry that breaks the rules is set aside with its reason, the others can be used.
const view = await discoverFromRegistry(registryUrl);
console.log(`the registry lists ${view.agents.length} agent, ${view.skipped.length} entry was skipped`);
const [found] = view.findBySkill("predict_tide");
assert.equal(found?.id, "urn:asap:agent:tide-tables");
assert.equal(view.findById("urn:asap:agent:nobody"), undefined);
assert.equal(view.skipped.length, 1);

const peer = await connect(server.url);
const tide = await peer.run("predict_tide", { port: "Brest" });
console.log(tide);
assert.deepEqual(tide, { port: "Brest", high_water: "2026-03-02T11:42:00Z" });

await peer.close();
await server.close();
host.close();
