import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../canonical-json.js";
import { checkSecret, signatureHeaders } from "./sign.js";
import { verifyWebhookBody } from "./verify.js";

const at = { id: "msg_1", timestampSeconds: 1_800_000_000 };
const encoded = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("signatureHeaders()", () => {
  test.each([
    [{ event: "task.started" }, "167d94a3bacbc2d2febd3f116cb645b1965e4df6024d75dea6db26978e73a450"],
    [
      { event: "task.completed", task_id: "t1", b: { z: 1, a: "é☃" } },
      "dadea2a414bbd8a7c8d78d077ff5d7b097d795732f2ba5db269a516e6fe36ddf",
    ],
  ])("the vectors of the protocol hold for the body of %j (HOOKW-001, HOOKW-002)", (event, hex) => {
    const headers = signatureHeaders({ ...at, body: canonicalJson(event), secrets: ["s3cret"] });
    expect(headers["X-ASAP-Signature"]).toBe(`sha256=${hex}`);
  });

  test("without a secret id and time alone are sent", () => {
    expect(signatureHeaders({ ...at, body: "{}", secrets: [] })).toEqual({
      "webhook-id": "msg_1",
      "webhook-timestamp": "1800000000",
    });
  });

  test("each profile is sent where it is asked for", () => {
    const names = (profiles?: readonly ("asap" | "standard" | "a2a")[]) =>
      Object.keys(signatureHeaders({ ...at, body: "{}", secrets: ["s"], ...(profiles && { profiles }) })).slice(2);
    expect(names()).toEqual(["webhook-signature", "X-ASAP-Signature"]);
    expect(names(["asap"])).toEqual(["X-ASAP-Signature"]);
    expect(names(["standard"])).toEqual(["webhook-signature"]);
    expect(names(["a2a"])).toEqual(["X-A2A-Signature"]);
    expect(names(["asap", "standard", "a2a"])).toHaveLength(3);
    expect(names([])).toEqual([]);
    const both = signatureHeaders({ ...at, body: "{}", secrets: ["s"], profiles: ["asap", "a2a"] });
    expect(both["X-A2A-Signature"]).toBe(both["X-ASAP-Signature"]);
  });

  test("all live secrets sign in webhook-signature, the latest alone in X-ASAP-Signature", () => {
    const headers = signatureHeaders({ ...at, body: "{}", secrets: ["new", encoded] });
    const mac = (key: string | Buffer, content: string) => createHmac("sha256", key).update(content);
    const content = "msg_1.1800000000.{}";
    expect(headers["webhook-signature"]).toBe(
      `v1,${mac("new", content).digest("base64")} v1,${mac(Buffer.alloc(32, 7), content).digest("base64")}`,
    );
    expect(headers["X-ASAP-Signature"]).toBe(`sha256=${mac("new", "{}").digest("hex")}`);
  });

  test("bytes are signed as they are, and a text as its UTF-8", () => {
    const body = '{"a":"é☃\u{1f680}"}';
    const of = (value: string | Uint8Array) => signatureHeaders({ ...at, body: value, secrets: ["s"] });
    expect(of(Buffer.from(body))).toEqual(of(body));
    expect(of(new Uint8Array([0xff, 0x00]))["X-ASAP-Signature"]).toBe(
      `sha256=${createHmac("sha256", "s")
        .update(Buffer.from([0xff, 0]))
        .digest("hex")}`,
    );
  });

  test.each([
    ["id", { id: "" }],
    ["id", { id: "msg.1" }],
    ["id", { id: "msg 1" }],
    ["id", { id: "msg\r\nx: y" }],
    ["id", { id: "é" }],
    ["id", { id: "a".repeat(129) }],
    ["timestampSeconds", { timestampSeconds: 1.5 }],
    ["timestampSeconds", { timestampSeconds: -1 }],
    ["timestampSeconds", { timestampSeconds: Number.NaN }],
    ["secrets", { secrets: [""] }],
    ["secrets", { secrets: ["whsec_"] }],
    ["secrets", { secrets: ["s", "whsec_*private*"] }],
  ])("refuses another form of %s: %j, without the secret in the error", (option, change) => {
    const work = () => signatureHeaders({ ...at, body: "{}", secrets: ["s"], ...change });
    expect(work).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option", data: expect.objectContaining({ option }) }),
    );
    expect(work).not.toThrow("private");
  });

  test("many secrets are signed with, more than are kept", () => {
    const sign = (secret: string) => signatureHeaders({ ...at, body: "{}", secrets: [secret] })["X-ASAP-Signature"];
    const first = sign("secret 0");
    for (let n = 1; n <= 20_001; n++) sign(`secret ${n}`);
    expect(sign("secret 0")).toBe(first);
  });
});

describe("checkSecret()", () => {
  test.each(["s", "s3cret", "é", encoded, "whsec_YQ", "whsec_YQ==", "WHSEC_*"])("takes %j", (secret) => {
    expect(() => checkSecret(secret, "callback_secret")).not.toThrow();
  });

  test.each(["", "whsec_", "whsec_=", "whsec_a", "whsec_a b", "whsec_YQ=a", "whsec_-_"])("refuses %j", (secret) => {
    expect(() => checkSecret(secret, "callback_secret")).toThrow("callback_secret");
  });
});

describe("the library of Standard Webhooks", () => {
  const secrets = fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((key) => `whsec_${Buffer.from(key).toString("base64")}`);
  const bodies = fc
    .array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 3 })
    .map((events) => JSON.stringify(events));
  const ids = fc.stringMatching(/^[!-\-/-~]{1,64}$/);

  test("verifies what is signed here, with each of several secrets", () => {
    const now = Math.floor(Date.now() / 1000);
    fc.assert(
      fc.property(secrets, secrets, bodies, ids, (first, second, body, id) => {
        const headers = signatureHeaders({ id, timestampSeconds: now, body, secrets: [first, second] });
        for (const secret of [first, second]) {
          expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
        }
      }),
    );
  });

  test("signs what is verified here, with the key as text too", async () => {
    const time = new Date(1_800_000_000_000);
    await fc.assert(
      fc.asyncProperty(secrets, bodies, ids, fc.boolean(), async (encodedSecret, body, id, isText) => {
        const secret = isText ? encodedSecret.slice("whsec_".length) : encodedSecret;
        const signer = isText ? new Webhook(secret, { format: "raw" }) : new Webhook(secret);
        const headers = {
          "webhook-id": id,
          "webhook-timestamp": "1800000000",
          "webhook-signature": signer.sign(id, time, body),
        };
        const { events, ...facts } = await verifyWebhookBody({ headers, body }, { secret, now: () => time.getTime() });
        expect(events).toEqual(JSON.parse(body));
        expect(facts).toEqual({ scheme: "standard", id, timestamp: time, body });
      }),
    );
  });
});
