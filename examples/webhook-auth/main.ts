// An agent posts webhooks to a receiver that asks for OAuth 2.0 access tokens and signatures. Tokens are fetched, renewed
// before their end and replaced when they are refused; the secret is changed while webhooks are under way.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { connect, createAgent, isAsapError, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { memoryState } from "asap-kit/state";
import { type WebhookNotice, webhooks } from "asap-kit/webhooks";
import { startProvider } from "./provider.js";
import { startReceiver } from "./receiver.js";

const clientSecret = "a secret that the provider knows";
const firstSecret = `whsec_${randomBytes(32).toString("base64")}`;
const provider = await startProvider("stock-hooks", clientSecret);
const receiver = await startReceiver(provider.issuer, firstSecret);

let ahead = 0;
const now = () => Date.now() + ahead;
const notices: WebhookNotice[] = [];
const state = memoryState({ now });
const agent = createAgent({
  id: "urn:asap:agent:stock",
  name: "Stock",
  version: "1.0.0",
  description: "Counts what is in stock, and tells a receiver of each count.",
  skills: {
    count: skill({
      description: "Counts what is in stock.",
      input: Type.Object({ item: Type.String() }),
      output: Type.Object({ count: Type.Integer() }),
      pure: true,
      run: ({ item }) => ({ count: item.length }),
    }),
  },
  state,
  now,
  webhooks: webhooks({
    encryptionKeys: [process.env["ASAP_WEBHOOK_KEY"] ?? randomBytes(32).toString("base64")],
    egress: { allowLoopback: true }, // For a receiver and a provider on this host, as here.
    retry: { retries: 2, baseMs: 50 },
    onNotice: (notice) => notices.push(notice),
  }),
});
await using server = await serve(agent, { port: 0, rateLimit: "off" });
await using peer = await connect(server.url);
const hooks = agent.webhooks;
assert(hooks);

try {
  const subscription = await hooks.subscribe({
    url: receiver.url,
    events: ["task.completed"],
    secret: firstSecret,
    auth: {
      type: "oauth2",
      issuer: provider.issuer,
      clientId: "stock-hooks",
      clientSecret,
      scope: "hooks:write",
    },
  });
  const stored = JSON.stringify(await state.webhooks?.subscriptions.get(subscription.id));
  assert(stored.includes("sealed:v1:") && !stored.includes(firstSecret) && !stored.includes(clientSecret));
  console.log("secrets are sealed where they are stored, and are not shown");

  const first = await tell();
  assert.equal(await tell(), first);
  console.log("two webhooks came with one access token, and with signatures that are right");

  ahead = 100_000;
  const second = await tell();
  assert.notEqual(second, first);
  console.log("a token of 120 seconds is renewed when 20 are left");

  receiver.revoke(second);
  const before = receiver.statuses.length;
  const third = await tell();
  assert.notEqual(third, second);
  assert.deepEqual(receiver.statuses.slice(before), [401, 204]);
  console.log("a token that is refused is replaced, and the webhook is tried again");

  const nextSecret = await hooks.rotateSecret(subscription.id, { graceMs: 60_000 });
  assert.equal((await hooks.get(subscription.id))?.secrets, 2);
  await tell();
  receiver.secret = nextSecret;
  await tell();
  console.log("after the change of the secret both sign, so the receiver may change at a moment of its own");

  ahead += 60_000;
  await tell();
  assert.equal((await hooks.get(subscription.id))?.secrets, 1);
  receiver.secret = firstSecret;
  await peer.run("count", { item: "plums" });
  await until(() => notices.some(({ type }) => type === "delivery.exhausted"));
  const [dead] = (await hooks.queue.dead.list()).items;
  assert.equal(dead?.status, 401);
  console.log(
    "a minute later the old secret signs no more: who knows that one alone refuses, and there is a dead letter",
  );

  receiver.secret = nextSecret;
  const told = receiver.taken.length;
  assert.deepEqual(await hooks.queue.dead.replay([dead?.id ?? ""]), [true]);
  await until(() => receiver.taken.length > told);
  console.log("which arrives when it is replayed, signed with the secret of now");

  const stranger = await fetch(receiver.url, { method: "POST", body: "{}" });
  assert.equal(stranger.status, 401);
  const refused = await hooks.subscribe({ url: "https://10.0.0.1/hooks" }).catch((cause: unknown) => cause);
  assert(isAsapError(refused) && refused.code === "asap:transport/webhook_url_rejected");
  console.log("who has no token is refused, and so is a subscription that leads into a private network");
} finally {
  await agent.close(1_000);
  await receiver.close();
  await provider.close();
}

/** Runs a task and waits until its webhook is delivered. @returns The access token that it came with. */
async function tell(): Promise<string> {
  const before = receiver.taken.length;
  await peer.run("count", { item: "apples" });
  await until(() => receiver.taken.length > before);
  await until(async () => (await hooks?.queue.stats())?.leased === 0);
  return receiver.taken.at(-1)?.token ?? "";
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await isSo()) return;
    await wait(10);
  }
  assert.fail("it has not come to that within ten seconds");
}
