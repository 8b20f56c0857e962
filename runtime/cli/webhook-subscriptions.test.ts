import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { asap } from "../testing/asap-command.js";
import { hasRedis, hasSqlite } from "../testing/services.js";
import { filePlace, prefixPlace, type StatePlace } from "../testing/state-places.js";
import { inPlace, webhookPlaces } from "../testing/webhook-places.js";
import { webhooks } from "../webhooks/poster.js";
import { startReceiver } from "../webhooks/testing/receiver.js";
import { deliveryTo } from "../webhooks/testing/sending.js";
import { verifyWebhookBody } from "../webhooks/verify.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const token = "canary-token";
const keys = "11".repeat(32);
const env = {
  HOOK_SECRET: secret,
  HOOK_AUTH: JSON.stringify({ type: "bearer", token }),
  ASAP_WEBHOOK_KEYS: ` ${keys} , ${"22".repeat(32)}`,
};
const agentId = "urn:asap:agent:echo-agent";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-webhook-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const { name, isThere, fresh } of webhookPlaces) {
  describe.skipIf(!isThere)(`subscriptions in a store of ${name}`, () => {
    let place: StatePlace;
    beforeAll(async () => {
      place = fresh();
      await inPlace(place.location, async () => {});
    });
    afterAll(() => place.remove());
    const hook = (...words: string[]) => asap(["webhook", ...words, "--storage", place.location], { env, cwd: folder });

    test("are added, listed, signed with a new secret and removed, and the agent heeds each of it", async () => {
      await using receiver = await startReceiver();
      const url = `${receiver.url}/hook?key=canary-query`;
      const flags = ["--secret-env", "HOOK_SECRET", "--auth-env", "HOOK_AUTH", "--allow-loopback", "--json"];
      const added = await hook("subscribe", url, "--event", "task.failed", "--event", "task.completed", ...flags);
      expect([added.code, added.err]).toEqual([0, ""]);
      const shown = JSON.parse(added.out);
      expect(shown).toMatchObject({
        agent: agentId,
        task: null,
        url: `${receiver.url}/hook`,
        events: ["task.failed", "task.completed"],
        secrets: 1,
        hasAuth: true,
        disabled: null,
      });
      const listed = await hook("list");
      expect(listed.out).toBe(
        `${[shown.id, `${receiver.url}/hook`, "task.failed,task.completed", "all tasks", "1 secret", "active", agentId].join("\t")}\n`,
      );
      const rotated = await hook("rotate", shown.id, "--secret-file", `${name}.secret`, "--grace", "60");
      expect(rotated.code).toBe(0);
      expect(rotated.out).toMatch(/^sub_\S+ signs with a new secret; those of before sign until \S+Z\n$/);
      const made = (await readFile(join(folder, `${name}.secret`), "utf8")).trim();
      expect(made).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect((await stat(join(folder, `${name}.secret`))).mode & 0o777).toBe(0o600);
      expect(JSON.parse((await hook("list", "--json")).out).secrets).toBe(2);

      await inPlace(place.location, async (store, state) => {
        const [record] = (await store.subscriptions.list()).items;
        expect(JSON.stringify(record)).not.toMatch(/canary-token|MfKQ9/);
        const options = { egress: { allowLoopback: true }, encryptionKeys: [keys] };
        const agent = createAgent({ id: agentId, state, webhooks: webhooks(options) });
        await agent.ready();
        await store.queue.enqueue([deliveryTo({ id: shown.id, url })]);
        await receiver.has(1);
        const [{ headers, body } = { headers: {}, body: "" }] = receiver.received;
        for (const each of [secret, made]) {
          expect((await verifyWebhookBody({ headers, body: Buffer.from(body) }, { secret: each })).events).toHaveLength(
            1,
          );
        }
        expect(headers["authorization"]).toBe(`Bearer ${token}`);
        await agent.close(1_000);
        await store.queue.enqueue([deliveryTo({ id: shown.id, url })]);
      });
      expect(await hook("remove", shown.id)).toEqual({ code: 0, out: `removed ${shown.id}\n`, err: "" });
      expect((await hook("list")).out).toBe("");
      await inPlace(place.location, async ({ queue }) => expect((await queue.stats()).pending).toBe(0));
      for (const { out, err } of [added, listed, rotated]) {
        expect(out + err).not.toMatch(/canary|whsec_|MfKQ9/);
      }
    });

    test("are refused for an agent that the store is not of", async () => {
      const refused = await hook("subscribe", "http://127.0.0.1:8099/", "--agent", "urn:asap:agent:other");
      expect([refused.code, refused.out]).toEqual([2, ""]);
      expect(refused.err).toContain(`keeps the webhooks of "${agentId}"`);
      expect(refused.err).toContain("(asap:config/webhook_store_taken)");
    });

    test("are taken by a store that nobody has, for any agent, and listed by agent and task", async () => {
      const own = fresh();
      await inPlace(own.location, async () => {});
      const hook = (...words: string[]) => asap(["webhook", ...words, "--storage", own.location], { env, cwd: folder });
      const flags = ["--allow-loopback", "--task", "task-7", "--ordered", "--batch-size", "10", "--batch-ms", "50"];
      const added = await hook("subscribe", "http://127.0.0.1:8099/hook", "--agent", "urn:asap:agent:other", ...flags);
      expect(added.code).toBe(0);
      const of = async (...words: string[]) => (await hook("list", "--json", ...words)).out;
      expect(JSON.parse(await of("--agent", "urn:asap:agent:other", "--task", "task-7"))).toMatchObject({
        task: "task-7",
        events: null,
        secrets: 0,
        hasAuth: false,
        ordered: true,
        batch: { size: 10, waitMs: 50 },
      });
      expect(await of("--agent", agentId)).toBe("");
      expect(await of("--task", "task-8")).toBe("");
      await inPlace(own.location, async (store) => expect(await store.agent()).toBeUndefined());
      await own.remove();
    });

    test("of a URL that is refused are none, and the file of their secret is not left", async () => {
      const refused = await hook("subscribe", "https://10.0.0.1/?key=canary", "--secret-file", "refused.secret");
      expect([refused.code, refused.out]).toEqual([1, ""]);
      expect(refused.err).toMatch(/^asap: Webhook URL rejected: [^\n]+ \(asap:transport\/webhook_url_rejected\)\n$/);
      expect(refused.err).not.toContain("canary");
      await expect(stat(join(folder, "refused.secret"))).rejects.toMatchObject({ code: "ENOENT" });
    });

    test("that are not there are said not to be there", async () => {
      const said = {
        code: 1,
        out: "",
        err: "asap: there is no subscription sub_none in the store (asap:webhook/subscription_not_found)\n",
      };
      expect(await hook("remove", "sub_none")).toEqual(said);
      expect(await hook("rotate", "sub_none", "--secret-env", "HOOK_SECRET")).toEqual(said);
    });
  });
}

describe.skipIf(!hasSqlite)("asap webhook", () => {
  let place: StatePlace;
  beforeAll(async () => {
    place = filePlace.fresh();
    await inPlace(place.location, async () => {});
  });
  afterAll(() => place.remove());
  const url = "https://hooks.example.com/asap";

  test.each([
    ["no URN for an agent", ["subscribe", url, "--agent", "me"], /--agent must be an agent URN/],
    ["an event that is none", ["subscribe", url, "--event", "task.complete"], /Did you mean task.completed/],
    ["a batch without its time", ["subscribe", url, "--batch-size", "5"], /--batch-size is given without --batch-ms/],
    ["a variable that is not set", ["subscribe", url, "--secret-env", "NONE"], /NONE, which --secret-env names/],
    [
      "a secret that is not Base64",
      ["subscribe", url, "--secret-env", "EMPTY"],
      /--secret-env must be Base64 after whsec_/,
    ],
    ["two secrets", ["subscribe", url, "--secret-env", "S", "--secret-file", "f"], /either --secret-env or --secret/],
    ["credentials that are no JSON", ["subscribe", url, "--auth-env", "WRONG"], /holds no JSON object with a type/],
    ["credentials of no kind", ["subscribe", "http://127.0.0.1/", "--allow-loopback", "--auth-env", "KIND"], /auth/],
    ["a rotation without a secret", ["rotate", "sub_1"], /give either --secret-env or --secret-file/],
    ["a file that is there", ["subscribe", url, "--secret-file", "there"], /a file that is there already/],
    ["keys that are none", ["subscribe", url], /ASAP_WEBHOOK_KEYS holds what is no key of 32 bytes/],
    ["a moment that is none", ["history", "--since", "yesterday"], /It must be how long ago/],
  ])("refuses %s, and repeats no secret", async (what, words, said) => {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(folder, "there"), "");
    const wrong = { EMPTY: "whsec_%canary%", WRONG: "canary", KIND: '{"type":"canary"}', S: secret };
    const key = what.startsWith("keys") ? { ASAP_WEBHOOK_KEYS: "canary" } : {};
    const ended = await asap(["webhook", ...words, "--storage", place.location], {
      env: { ...wrong, ...key },
      cwd: folder,
    });
    expect([ended.code, ended.out]).toEqual([64, ""]);
    expect(ended.err).toMatch(said);
    expect(ended.err).not.toContain("canary");
  });

  test("takes no store that ends with its process", async () => {
    for (const words of [["list"], ["dead", "list"], ["history"], ["stats"], ["replay", "--all"]]) {
      const { code, err } = await asap(["webhook", ...words]);
      expect([words, code, err]).toEqual([
        words,
        64,
        expect.stringContaining("storage must name a store that outlives"),
      ]);
    }
  });

  test("opens no store that is not there", async () => {
    const { code, err } = await asap(["webhook", "list", "--storage", "sqlite:none.db"], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining("(asap:state/unavailable)")]);
  });
});

test.skipIf(!hasRedis)("a store of Redis keeps no webhooks, which is said", async () => {
  const place = prefixPlace.fresh();
  try {
    await asap(["state", "migrate", place.location, place.location]);
    const { openState } = await import("../state/open-state.js");
    const state = await openState(place.location);
    await state.snapshots.save({ id: "s", task_id: "t", version: 1, data: {}, created_at: "2026-01-02T03:04:05Z" });
    await state.close();
    const said = /must name a store that keeps webhooks: sqlite:PATH or postgres:\/\/…, not redis/;
    const listed = await asap(["webhook", "list", "--storage", place.location]);
    expect([listed.code, listed.err]).toEqual([64, expect.stringMatching(said)]);
    const moved = await asap(["webhook", "migrate", place.location, "memory:"]);
    expect([moved.code, moved.err]).toEqual([64, expect.stringMatching(said)]);
  } finally {
    await place.remove();
  }
});
