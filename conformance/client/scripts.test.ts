import { describe, expect, test } from "vitest";
import { routes } from "../../generated/routes.js";
import { manifestOf } from "./conforming.js";
import type { PeerSocket, Stage } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import type { Answer, Received } from "./session.js";

const url = "http://127.0.0.1:1";
const stage: Stage = {
  url,
  requests: [],
  signal: new AbortController().signal,
  env: {},
  next: () => Promise.resolve(),
  post: () => Promise.resolve(null),
};
const asked = (method: string, target: string, document?: unknown): Received => ({
  at: 0,
  method,
  target,
  headers: [],
  body: Buffer.alloc(0),
  text: document === undefined ? "" : JSON.stringify(document),
  document,
  connection: 0,
  atMs: 0,
  clockMs: 0,
});
const send = (id: unknown) => ({ jsonrpc: "2.0", method: "asap.send", params: { envelope: { id: "01" } }, id });
const answerOf = (name: string, request: Received): Promise<Answer | undefined> | Answer | undefined =>
  scenarios
    .find((one) => one.name === name)
    ?.behave?.()
    .answer?.(request, stage);

const documents = [undefined, null, 7, "x", [], {}, { params: [] }, { jsonrpc: "2.0" }, send(1), send({})];
const targets = [
  "/",
  "/asap",
  "/asap/ws",
  "/elsewhere",
  "/agents/echo/asap",
  "/agents/one/asap",
  "/agents/echo-finder/asap",
  "/lists/registry.json",
  "/issuer/grants/tokens",
  routes.manifest.path,
];

describe("the script of a scenario", () => {
  test.each(scenarios.map(({ name, behave }) => [name, behave] as const))(
    "%s answers whatever is asked without an error",
    async (_, behave) => {
      const script = behave?.() ?? {};
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        for (const target of targets) {
          for (const document of documents) {
            const request = asked(method, target, document);
            await script.answer?.(request, stage);
            script.upgrade?.(request, stage);
          }
        }
      }
    },
  );

  test.each(scenarios.map(({ name, behave }) => [name, behave] as const))(
    "%s takes whatever comes over a WebSocket without an error",
    (_, behave) => {
      const script = behave?.() ?? {};
      const socket: PeerSocket = {
        number: 0,
        request: asked("GET", routes.websocket.path),
        frames: [],
        send: () => undefined,
        sendJson: () => undefined,
        later: () => undefined,
        close: () => undefined,
        destroy: () => undefined,
      };
      script.opened?.(socket, stage);
      for (const document of documents) script.message?.(document, socket, stage);
    },
  );
});

describe("an agent under a base path", () => {
  test.each([
    ["base-path", "/agents/echo", manifestOf(`${url}/agents/echo`)],
    ["socket-base-path", "/agents/one", manifestOf(`${url}/agents/one`)],
    ["registry-find", "/agents/other", manifestOf(`${url}/agents/other`, { id: "urn:asap:agent:other" })],
  ])("of the scenario %s has its manifest there", async (name, base, manifest) => {
    const answer = await answerOf(name, asked("GET", `${base}${routes.manifest.path}`));
    expect(answer).toMatchObject({ status: 200, body: manifest });
  });

  test("refuses what is no message", async () => {
    const answer = (document: unknown) => answerOf("base-path", asked("POST", "/agents/echo/asap", document));
    expect(await answer({ jsonrpc: "2.0", id: 1 })).toMatchObject({ body: { error: { code: -32600 }, id: 1 } });
    expect(await answer(undefined)).toMatchObject({ body: { error: { code: -32700 } } });
    expect(await answerOf("base-path", asked("GET", "/agents/echo/asap"))).toMatchObject({ status: 405 });
  });
});
