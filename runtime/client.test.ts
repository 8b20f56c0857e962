import { describe, expect, test } from "vitest";
import { type Move, type Received, scriptedPeer, sent, taskAnswer } from "../project/scripted-peer.js";
import { connect } from "./client.js";

const recipient = "urn:asap:agent:sink";
const answering = (request: Received): Move | undefined => (request.path === "/asap" ? taskAnswer(request) : undefined);

describe("connect()", () => {
  test("runs", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, { recipient });
    expect(await peer.run("echo", { message: "hi" })).toEqual({ ok: true });
    expect(sent(agent.requests[0] as Received).params.envelope["recipient"]).toBe(recipient);
  });
});
