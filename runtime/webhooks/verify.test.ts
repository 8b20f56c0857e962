import { describe, expect, test } from "vitest";
import { signatureHeaders } from "./sign.js";
import { forgedWebhooks, honestBody, honestHeaders, nowSeconds, secret } from "./testing/forged-webhooks.js";
import {
  memoryReplayStore,
  type VerifyOptions,
  verifyWebhook,
  verifyWebhookBody,
  WebhookVerificationError,
} from "./verify.js";

const now = () => nowSeconds * 1000 + 999;
const options: VerifyOptions = { secret, now };
const only = (name: string, of = honestHeaders()) => {
  const unsigned = Object.entries(of).filter(([key]) => !key.includes("ignature"));
  return { ...Object.fromEntries(unsigned), [name]: of[name] ?? "" };
};
const faultOf = async (work: Promise<unknown>): Promise<WebhookVerificationError> => {
  const fault = await work.then(
    () => "verified",
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(WebhookVerificationError);
  return fault as WebhookVerificationError;
};

describe("forged webhooks", () => {
  test("there are at least 60, each of another name", () => {
    expect(forgedWebhooks.length).toBeGreaterThan(60);
    expect(new Set(forgedWebhooks.map(({ name }) => name)).size).toBe(forgedWebhooks.length);
  });

  test.each(forgedWebhooks)("$name: $code", async ({ code, headers, body, options: own }) => {
    const given = { ...options, ...own };
    const fromNode = await faultOf(verifyWebhookBody({ headers, body }, given));
    expect(fromNode.code).toBe(code);
    const list = Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );
    const request = new Request("https://receiver.example/", {
      method: "POST",
      headers: list,
      body: new Uint8Array(body),
    });
    const fromFetch = await faultOf(verifyWebhook(request, given));
    expect(fromFetch.code).toBe(code);
    for (const { message, stack = "" } of [fromNode, fromFetch]) {
      expect(message + stack).not.toMatch(/BwcHBwcH|whsec_|[0-9a-f]{64}|v1,/);
    }
  });
});

describe("verifyWebhookBody()", () => {
  const body = honestBody;

  test("gives id, time, events and text of a webhook with a signed time", async () => {
    expect(await verifyWebhookBody({ headers: honestHeaders(), body }, options)).toEqual({
      scheme: "standard",
      id: "msg_1",
      timestamp: new Date(nowSeconds * 1000),
      events: [{ event: "task.completed", task_id: "tést" }],
      body,
    });
  });

  test("gives no id and no time where they are not signed", async () => {
    const verified = await verifyWebhookBody({ headers: only("X-ASAP-Signature"), body }, options);
    expect(verified).toMatchObject({ scheme: "asap", id: null, timestamp: null });
  });

  test.each([
    ['{"event":"task.started"}', "167d94a3bacbc2d2febd3f116cb645b1965e4df6024d75dea6db26978e73a450"],
    [
      String.raw`{"b":{"a":"\u00e9\u2603","z":1},"event":"task.completed","task_id":"t1"}`,
      "dadea2a414bbd8a7c8d78d077ff5d7b097d795732f2ba5db269a516e6fe36ddf",
    ],
  ])("the vectors of the protocol hold for %s, in either letter case", async (text, hex) => {
    for (const digits of [hex, hex.toUpperCase()]) {
      const headers = { "X-ASAP-Signature": `sha256=${digits}` };
      const { events } = await verifyWebhookBody({ headers, body: text }, { secret: "s3cret" });
      expect(events).toEqual([JSON.parse(text)]);
    }
  });

  test("X-A2A-Signature is taken where it is asked for", async () => {
    const headers = signatureHeaders({
      id: "a",
      timestampSeconds: nowSeconds,
      body,
      secrets: [secret],
      profiles: ["a2a"],
    });
    expect((await verifyWebhookBody({ headers, body }, { ...options, scheme: "a2a" })).scheme).toBe("a2a");
    expect((await faultOf(verifyWebhookBody({ headers, body }, options))).code).toBe("missing_header");
  });

  test("a batch is an array of events", async () => {
    const batch = '[{"event":"task.started","task_id":"a"},{"event":"task.completed","task_id":"a"}]';
    const { events } = await verifyWebhookBody({ headers: honestHeaders({ body: batch }), body: batch }, options);
    expect(events.map(({ event }) => event)).toEqual(["task.started", "task.completed"]);
  });

  test("the time may be off by the tolerance to the second, and no more", async () => {
    const codeAt = async (at: number, toleranceSeconds?: number) => {
      const given = { ...options, ...(toleranceSeconds !== undefined && { toleranceSeconds }) };
      const work = verifyWebhookBody({ headers: honestHeaders({ at: nowSeconds + at }), body }, given);
      return work.then(
        () => "verified",
        (error: WebhookVerificationError) => error.code,
      );
    };
    expect(await Promise.all([-301, -300, 0, 300, 301].map((at) => codeAt(at)))).toEqual([
      "too_old",
      "verified",
      "verified",
      "verified",
      "too_new",
    ]);
    expect(await Promise.all([-61, -60, 60, 61].map((at) => codeAt(at, 60)))).toEqual([
      "too_old",
      "verified",
      "verified",
      "too_new",
    ]);
  });

  test("while a secret is changed nothing is refused, whichever side goes first", async () => {
    const old = "old secret";
    const sent = [[old], [secret, old], [old, secret], [secret]];
    for (const secrets of sent) {
      const headers = signatureHeaders({ id: "a", timestampSeconds: nowSeconds, body, secrets });
      for (const names of [["webhook-signature"], ["X-ASAP-Signature"], ["webhook-signature", "X-ASAP-Signature"]]) {
        const kept = Object.assign({}, ...names.map((name) => only(name, headers))) as Record<string, string>;
        for (const known of [
          [old, secret],
          [secret, old],
        ]) {
          await expect(
            verifyWebhookBody({ headers: kept, body }, { ...options, secret: known }),
          ).resolves.toBeDefined();
        }
      }
    }
    const both = signatureHeaders({ id: "a", timestampSeconds: nowSeconds, body, secrets: [secret, old] });
    for (const known of [old, secret]) {
      await expect(verifyWebhookBody({ headers: both, body }, { ...options, secret: known })).resolves.toBeDefined();
    }
  });

  test("signatures of versions to come beside one that is known are passed over", async () => {
    const headers = honestHeaders();
    const several = { ...headers, "webhook-signature": `v1a,later ${headers["webhook-signature"]} v9,x` };
    await expect(verifyWebhookBody({ headers: several, body }, options)).resolves.toBeDefined();
  });

  test.each([{ event: "task.completed" }, undefined, null, 1, [1]])(
    "a body that is %j was parsed, and the error says what helps",
    async (parsed) => {
      const fault = await faultOf(
        verifyWebhookBody({ headers: honestHeaders(), body: parsed as unknown as string }, options),
      );
      expect(fault.code).toBe("body_consumed");
      expect(fault.message).toContain("express.raw");
    },
  );

  test.each([
    ["an empty secret", ""],
    ["no secret", []],
    ["an empty one of several", [secret, ""]],
    ["nothing after whsec_", "whsec_"],
    ["no Base64 after whsec_", "whsec_*private*"],
    ["an absent variable", undefined as unknown as string],
  ])("%s is the fault of the receiver, not of the webhook", async (_, wrong) => {
    const work = verifyWebhookBody({ headers: honestHeaders(), body }, { ...options, secret: wrong });
    await expect(work).rejects.toThrow(TypeError);
    await expect(work).rejects.not.toThrow("private");
  });

  test("names of headers that objects have by nature are no headers", async () => {
    const headers = Object.create({ "x-asap-signature": "sha256=" }) as Record<string, string>;
    expect((await faultOf(verifyWebhookBody({ headers, body }, options))).code).toBe("missing_header");
    const named = { ...honestHeaders(), get: "a header of that name", entries: "another" };
    await expect(verifyWebhookBody({ headers: named, body }, options)).resolves.toBeDefined();
  });
});

describe("verifyWebhook()", () => {
  const request = (body: string | Uint8Array<ArrayBuffer> = honestBody) =>
    new Request("https://receiver.example/", {
      method: "POST",
      headers: Object.entries(honestHeaders()) as [string, string][],
      body,
    });

  test("reads the body of a request itself", async () => {
    expect((await verifyWebhook(request(), options)).id).toBe("msg_1");
  });

  test("a body that was read before cannot be verified, and the error says so", async () => {
    const read = request();
    await read.json();
    expect((await faultOf(verifyWebhook(read, options))).code).toBe("body_consumed");
  });
});

describe("replays", () => {
  const received = { headers: honestHeaders(), body: honestBody };

  test("of 1,000 copies at once one is handled, in either scheme", async () => {
    for (const headers of [received.headers, only("X-ASAP-Signature")]) {
      const seen = memoryReplayStore({ now });
      const copies = Array.from({ length: 1000 }, () =>
        verifyWebhookBody({ ...received, headers }, { ...options, seen }),
      );
      const ends = await Promise.allSettled(copies);
      const faults = ends.flatMap((end) =>
        end.status === "rejected" ? [(end.reason as WebhookVerificationError).code] : [],
      );
      expect(faults).toEqual(Array.from({ length: 999 }, () => "replayed"));
    }
  });

  test("upper-case digits do not make another webhook of one", async () => {
    const seen = memoryReplayStore({ now });
    const headers = only("X-ASAP-Signature");
    await verifyWebhookBody({ ...received, headers }, { ...options, seen });
    const value = String(headers["X-ASAP-Signature"]).slice("sha256=".length).toUpperCase();
    const upper = { "X-ASAP-Signature": `sha256=${value}` };
    expect((await faultOf(verifyWebhookBody({ ...received, headers: upper }, { ...options, seen }))).code).toBe(
      "replayed",
    );
  });

  test("a retry with another time is a replay by its id; a forged webhook uses no id up", async () => {
    const seen = memoryReplayStore({ now });
    await faultOf(verifyWebhookBody({ ...received, body: "{}" }, { ...options, seen }));
    await verifyWebhookBody(received, { ...options, seen });
    const later = honestHeaders({ at: nowSeconds + 30 });
    expect((await faultOf(verifyWebhookBody({ ...received, headers: later }, { ...options, seen }))).code).toBe(
      "replayed",
    );
    seen.forget("msg_1");
    await expect(verifyWebhookBody({ ...received, headers: later }, { ...options, seen })).resolves.toBeDefined();
  });

  test("a store is told until when the time of the webhook would pass", async () => {
    const used: unknown[] = [];
    const seen = { use: async (...given: unknown[]) => used.push(given) > 0 };
    await verifyWebhookBody(received, { ...options, seen, toleranceSeconds: 60 });
    expect(used).toEqual([["msg_1", (nowSeconds + 60) * 1000]]);
  });
});

describe("memoryReplayStore()", () => {
  test("keeps an id as long as asked, a day at least by default", async () => {
    let time = 0;
    const store = memoryReplayStore({ now: () => time });
    expect(await store.use("a", 10)).toBe(true);
    expect(await store.use("b", 100_000_000)).toBe(true);
    time = 86_399_999;
    expect([await store.use("a", 10), await store.use("b", 10)]).toEqual([false, false]);
    time = 86_400_000;
    expect([await store.use("a", 10), await store.use("b", 10)]).toEqual([true, false]);
    time = 100_000_000;
    expect(await store.use("b", 10)).toBe(true);
  });

  test("keeps no more ids than asked: the oldest goes first", async () => {
    const store = memoryReplayStore({ maxEntries: 2, now: () => 0 });
    for (const id of ["a", "b", "c"]) expect(await store.use(id, 1)).toBe(true);
    expect([await store.use("b", 1), await store.use("c", 1), await store.use("a", 1)]).toEqual([false, false, true]);
  });

  test("drops the repeats of 10,000 webhooks that come three times", async () => {
    const store = memoryReplayStore();
    let handled = 0;
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 10_000; n++) if (await store.use(`msg_${n}`, Date.now() + 300_000)) handled += 1;
    }
    expect(handled).toBe(10_000);
  });
});
