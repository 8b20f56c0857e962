import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "asap-kit";
import { clientCredentials } from "asap-kit/auth";
import type { Acts } from "./driver.js";

const hello = { message: "hello" };
const echoed = { echoed: hello };
const http = { transport: "http" } as const;
const variable = (name: string) => process.env[`ASAP_CONFORMANCE_${name}`] ?? "";

const withToken = (url: string) =>
  connect(url, { ...http, auth: { token: async () => variable("TOKEN"), refused() {} } });
const withGrant = (url: string) => {
  const auth = clientCredentials({
    issuer: variable("ISSUER"),
    clientId: variable("CLIENT_ID"),
    clientSecret: variable("CLIENT_SECRET"),
    scope: variable("SCOPE"),
    egress: { allowLoopback: true },
  });
  return connect(url, { ...http, auth });
};

/** Scenarios of tokens. */
export const tokenActs: Acts = {
  async "bearer-token"(url) {
    await using peer = await withToken(url);
    assert.deepEqual(await peer.run("echo", hello), echoed);
  },

  async "bearer-refused"(url) {
    await using peer = await withToken(url);
    await assert.rejects(peer.run("echo", hello), { code: "asap:transport/remote_error" });
  },

  async "oauth-credentials"(url) {
    await using peer = await withGrant(url);
    assert.deepEqual(await peer.run("echo", hello), echoed);
    assert.deepEqual(await peer.run("echo", hello), echoed);
  },

  async "oauth-metadata"(url) {
    await using peer = await withGrant(url);
    assert.deepEqual(await peer.run("echo", hello), echoed);
  },

  async "oauth-foreign-issuer"(url) {
    await using peer = await withGrant(url);
    await assert.rejects(peer.run("echo", hello), { code: "asap:auth/issuer_mismatch" });
  },

  async "oauth-renewal"(url) {
    await using peer = await withGrant(url);
    assert.deepEqual(await peer.run("echo", hello), echoed);
    await sleep(Number(variable("WAIT_MS")));
    assert.deepEqual(await peer.run("echo", hello), echoed);
  },

  async "oauth-refused"(url) {
    await using peer = await withGrant(url);
    assert.deepEqual(await peer.run("echo", hello), echoed);
  },
};
