import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, connectListed, discover, discoverFromRegistry, healthCheck } from "asap-kit";
import type { Acts } from "./driver.js";

const hello = { message: "hello" };
const variable = (name: string) => process.env[`ASAP_CONFORMANCE_${name}`] ?? "";

const readTwice = async (url: string) => {
  await discover(url);
  await sleep(Number(variable("WAIT_MS")));
  return discover(url);
};
const readNone = (url: string, code: string) => assert.rejects(discover(url), { code });
const isHealthy = async (url: string) => assert.equal((await healthCheck(url)).status, "healthy");
const findSkill = async () => {
  const registry = await discoverFromRegistry(variable("REGISTRY"));
  const skill = variable("SKILL");
  const [entry] = registry.findBySkill(skill);
  assert(entry);
  await using peer = await connectListed(registry, entry, { transport: "http" });
  assert.deepEqual(await peer.run(skill, hello), { echoed: hello });
};

/** Scenarios of manifests, health and registries. */
export const findingActs: Acts = {
  async "manifest-kept"(url) {
    await readTwice(url);
  },

  async "manifest-default-age"(url) {
    await readTwice(url);
  },

  async "manifest-expired"(url) {
    await readTwice(url);
  },

  async "manifest-changed"(url) {
    const { description } = await readTwice(url);
    assert.equal(description, "Version 2.");
  },

  "manifest-refused": (url) => readNone(url, "asap:transport/http_status"),
  "manifest-nonsense": (url) => readNone(url, "asap:discovery/manifest_invalid"),

  async "manifest-further-members"(url) {
    const { id } = await discover(url);
    await using peer = await connect(url, { transport: "http", recipient: id });
    assert.deepEqual(await peer.run("echo", hello), { echoed: hello });
  },

  health: isHealthy,
  "health-further-members": isHealthy,

  async "health-unhealthy"(url) {
    await assert.rejects(healthCheck(url), { code: "asap:discovery/unhealthy" });
  },

  "registry-find": findSkill,
  "registry-skill": findSkill,
  "registry-list": findSkill,
  "registry-further-members": findSkill,
  "registry-invalid-entries": findSkill,

  async "registry-id"() {
    const registry = await discoverFromRegistry(variable("REGISTRY"));
    await using peer = await connectListed(registry, variable("AGENT"), { transport: "http" });
    assert.deepEqual(await peer.run("echo", hello), { echoed: hello });
  },

  async "registry-kept"() {
    const fetched = () => discoverFromRegistry(variable("REGISTRY"));
    const [one, other] = await Promise.all([fetched(), fetched()]);
    assert.deepEqual([one.agents.length, other.agents.length, (await fetched()).agents.length], [4, 4, 4]);
  },
};
