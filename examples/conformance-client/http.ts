import assert from "node:assert/strict";
import { connect } from "asap-kit";
import type { Acts } from "./driver.js";

const hello = { message: "hello" };
const http = { transport: "http" } as const;

/** Scenarios of single requests over HTTP. */
export const httpActs: Acts = {
  async send(url) {
    await using peer = await connect(url, http);
    assert.deepEqual(await peer.run("echo", hello), { echoed: hello });
  },

  async "send-twice"(url) {
    await using peer = await connect(url, http);
    await peer.run("echo", hello);
    await peer.run("echo", hello);
  },

  async "answer-error"(url) {
    await using peer = await connect(url, http);
    await assert.rejects(peer.run("echo", hello), { code: "asap:transport/remote_error" });
  },
};
