import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { registryView } from "./discovery/registry.js";
import { connectListed } from "./listed.js";
import { serve } from "./node.js";
import { skill } from "./skill.js";
import { type Received, scriptedPeer, sent, taskAnswer } from "./testing/scripted-peer.js";

const id = "urn:asap:agent:a";
const view = (endpoints: object) =>
  registryView([{ id, name: "A", description: "d", endpoints, skills: [], asap_version: "1.1.0" }], "u");
const manifestPath = "/.well-known/asap/manifest.json";
const manifestOf = (url: string, parts: object = {}) =>
  JSON.stringify({
    id,
    name: "A",
    version: "1.0.0",
    description: "",
    capabilities: { asap_version: "0.1" },
    endpoints: { asap: `${url}/asap` },
    ...parts,
  });

const egress = { allowLoopback: true };
const http = { transport: "http", egress } as const;

describe("connectListed()", () => {
  test("connects to the endpoint http and names the agent as recipient (REG-002)", async () => {
    await using agent = await scriptedPeer(taskAnswer);
    await using peer = await connectListed(view({ http: `${agent.url}/asap` }), id, http);
    await peer.run("echo", {});
    expect(agent.requests.map(({ path }) => path)).toEqual(["/asap"]);
    expect(sent(agent.requests[0] as Received).params.envelope["recipient"]).toBe(id);
  });

  test("takes an entry, and options that go before it", async () => {
    await using agent = await scriptedPeer(taskAnswer);
    const registry = view({ http: agent.url });
    const [entry] = registry.findBySkill("none").concat(registry.agents);
    await using peer = await connectListed(registry, entry ?? "", { ...http, recipient: "urn:asap:agent:other" });
    await peer.run("echo", {});
    expect(sent(agent.requests[0] as Received).params.envelope["recipient"]).toBe("urn:asap:agent:other");
  });

  test("asks the manifest where there is no endpoint http", async () => {
    await using agent = await scriptedPeer((got) =>
      got.path === manifestPath ? { body: manifestOf(`http://${got.headers.host}/deep`) } : taskAnswer(got),
    );
    await using peer = await connectListed(view({ manifest: agent.url + manifestPath }), id, http);
    await peer.run("echo", {});
    expect(agent.requests.map(({ path }) => path)).toEqual([manifestPath, "/deep/asap"]);
  });

  test("refuses a manifest of another agent", async () => {
    await using agent = await scriptedPeer(() => ({ body: manifestOf("", { id: "urn:asap:agent:b" }) }));
    await expect(connectListed(view({ manifest: agent.url + manifestPath }), id, { egress })).rejects.toMatchObject({
      code: "asap:discovery/manifest_mismatch",
    });
  });

  test("connects to the endpoint ws where there is no other", async () => {
    const agent = createAgent({ id, skills: { echo: skill({ description: "Echo", run: (input) => input }) } });
    await using server = await serve(agent, { port: 0 });
    await using peer = await connectListed(view({ ws: `${server.url.replace("http", "ws")}/asap/ws` }), id, { egress });
    expect(await peer.run("echo", { n: 1 })).toEqual({ n: 1 });
    expect(peer.connection.transport).toBe("websocket");
  });

  test.each([
    ["an agent that is not there", "urn:asap:agent:b", { http: "https://a.example" }],
    ["an agent that can only be reached otherwise", id, { mqtt: "mqtts://a.example" }],
  ])("refuses %s", async (_, agent, endpoints) => {
    await expect(connectListed(view(endpoints), agent)).rejects.toMatchObject({
      code: "asap:discovery/agent_not_listed",
      data: { id: agent },
    });
  });

  test("refuses a listed endpoint over plain http elsewhere (CLIENT-004)", async () => {
    await expect(connectListed(view({ http: "http://a.example/asap" }), id)).rejects.toMatchObject({
      code: "asap:transport/insecure_url",
    });
  });
});
