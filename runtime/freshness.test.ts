import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AgentOptions, createAgent } from "./agent.js";
import { timestampMs } from "./freshness.js";
import { skill } from "./skill.js";
import { ask, type Differences } from "./testing/asap-request.js";

const nowMs = Date.parse("2026-03-01T12:00:00.000Z");
const iso = (ms: number): string => new Date(ms).toISOString();

/** An echo agent whose clock is set by hand. */
function agentAt(options: Partial<AgentOptions> = {}) {
  const clock = { ms: nowMs };
  const agent = createAgent({
    id: "urn:asap:agent:server",
    skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
    now: () => clock.ms,
    ...options,
  });
  return { agent, clock };
}

const { agent } = agentAt();
const codeOf = async (timestamp: unknown) => (await ask(agent, { envelope: { timestamp } })).error?.code ?? "result";

describe("timestampMs()", () => {
  test("reads every form of any moment as Date.parse reads its ISO form", () => {
    const moment = fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, (date) => {
        const text = date.toISOString();
        const ms = date.getTime();
        const forms = [text, text.replace("Z", "000Z"), text.slice(0, -1), text.replace("T", " "), text.toLowerCase()];
        expect(forms.map(timestampMs)).toEqual(forms.map(() => ms));
        expect(timestampMs(text.replace(/\.\d+Z/, "Z"))).toBe(Math.floor(ms / 1_000) * 1_000);
        expect(timestampMs(text.replace("Z", "+01:30"))).toBe(ms - 5_400_000);
      }),
    );
  });
});

describe("freshness of envelopes (wire section 8.1)", () => {
  test("REPLAY-001, REPLAY-003: an age of exactly 300 s passes, one millisecond more does not", async () => {
    expect(await codeOf(iso(nowMs - 299_000))).toBe("result");
    expect(await codeOf(iso(nowMs - 300_000))).toBe("result");
    expect(await codeOf(iso(nowMs - 300_001))).toBe(-32602);
    expect(await codeOf("1970-01-01T00:00:00Z")).toBe(-32602);
  });

  test("REPLAY-002, REPLAY-003: 30 s ahead pass, one millisecond more does not", async () => {
    expect(await codeOf(iso(nowMs + 25_000))).toBe("result");
    expect(await codeOf(iso(nowMs + 30_000))).toBe("result");
    expect(await codeOf(iso(nowMs + 30_001))).toBe(-32602);
    expect(await codeOf("9999-12-31T23:59:59Z")).toBe(-32602);
  });

  test("ENV-004: an absent timestamp is always fresh", async () => {
    expect(await codeOf(undefined)).toBe("result");
    expect(await codeOf(null)).toBe("result");
  });

  test.each([
    "2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.1Z",
    "2026-03-01T12:00:00.123456789012Z",
    "2026-03-01t12:00:00z",
    "2026-03-01 12:00:00z",
    "2026-03-01 12:00:00",
    "2026-03-01T12:00:00",
    "2026-03-01T12:00:00.5",
    "2026-03-01T14:00:00+02:00",
    "2026-03-01T07:30:00-04:30",
    "2026-03-02t11:59:00+23:59",
  ])("TIME-002, TIME-004: %s is read as now", async (timestamp) => {
    expect(await codeOf(timestamp)).toBe("result");
  });

  test.each(["2026-03-01T12:00:00+02:00", "2026-03-01T12:00:00-00:30", "2026-03-01 11:54:59", "2026-03-01t12:00:31z"])(
    "TIME-004: %s is another moment",
    async (timestamp) => {
      const { error } = await ask(agent, { envelope: { timestamp } });
      expect(error?.data["code"]).toBe("asap:protocol/invalid_timestamp");
    },
  );

  test.each([
    "2026-03-01T24:00:00Z",
    "2026-03-01T12:00:60Z",
    "2026-03-01T12:00:00+02",
    "20260301T120000Z",
    "2026-W09-7T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "2026-02-30T12:00:00Z",
    "2026-04-31T12:00:00Z",
    "2026-13-01T12:00:00Z",
    "2026-03-01T12:00:00+24:00",
    "2026-03-01",
    "2026-03-01T12:00:00Z\n",
    " 2026-03-01T12:00:00Z",
    "",
    "now",
  ])("TIME-003, TIME-005: %j is refused by form", async (timestamp) => {
    const { error } = await ask(agent, { envelope: { timestamp } });
    expect(error).toMatchObject({ code: -32602, data: { error: "Invalid envelope structure" } });
  });

  test("REPLAY-010: the fault names the timestamp, the age, the envelope and the limit", async () => {
    const old = await ask(agent, { envelope: { id: "e1", timestamp: "2026-03-01T11:50:00.250Z" } });
    expect(old.error).toEqual({
      code: -32602,
      message: "Invalid params",
      data: {
        error: "Invalid envelope timestamp",
        code: "asap:protocol/invalid_timestamp",
        message: "Envelope timestamp is too old: 599.8 seconds (max: 300 seconds)",
        details: {
          timestamp: "2026-03-01T11:50:00.250000+00:00",
          age_seconds: 599.75,
          envelope_id: "e1",
          max_age_seconds: 300,
        },
      },
    });
    const ahead = await ask(agent, { envelope: { id: "e2", timestamp: "2026-03-01 14:01:00.5+02:00" } });
    expect(ahead.error?.data).toEqual({
      error: "Invalid envelope timestamp",
      code: "asap:protocol/invalid_timestamp",
      message: "Envelope timestamp is too far in the future: 60.5 seconds (max tolerance: 30 seconds)",
      details: {
        timestamp: "2026-03-01T12:01:00.500000+00:00",
        future_offset_seconds: 60.5,
        envelope_id: "e2",
        max_future_tolerance_seconds: 30,
      },
    });
  });

  test("both bounds are options", async () => {
    const strict = agentAt({ limits: { maxTimestampAgeMs: 1_000, maxTimestampAheadMs: 0 } }).agent;
    const data = async (ms: number) => (await ask(strict, { envelope: { timestamp: iso(ms) } })).error?.data["message"];
    expect(await data(nowMs - 1_000)).toBeUndefined();
    expect(await data(nowMs - 1_001)).toBe("Envelope timestamp is too old: 1.0 seconds (max: 1 seconds)");
    expect(await data(nowMs + 1)).toMatch(/too far in the future: 0\.0 seconds \(max tolerance: 0 seconds\)/);
  });
});

describe("nonces (wire section 8.1)", () => {
  const withNonce = (nonce: unknown, envelope: Differences["envelope"] = {}): Differences => ({
    envelope: { extensions: { nonce }, ...envelope },
  });

  test("REPLAY-007: unless asked for, nonces are not looked at", async () => {
    for (const nonce of ["n", "n", "", 5]) expect((await ask(agent, withNonce(nonce))).result).toBeDefined();
  });

  test("REPLAY-004: one used before is refused, whoever sends it", async () => {
    const { agent } = agentAt({ nonces: true });
    expect((await ask(agent, withNonce("n1"))).result).toBeDefined();
    const again = await ask(agent, withNonce("n1", { id: "e9", sender: "urn:asap:agent:other" }));
    expect(again.error).toEqual({
      code: -32602,
      message: "Invalid params",
      data: {
        error: "Invalid envelope nonce",
        code: "asap:protocol/invalid_nonce",
        message: "Duplicate nonce detected: n1",
        details: { nonce: "n1", envelope_id: "e9" },
      },
    });
    expect((await ask(agent, withNonce("n2"))).result).toBeDefined();
    for (const name of ["__proto__", "constructor"]) expect((await ask(agent, withNonce(name))).result).toBeDefined();
  });

  test("REPLAY-004: of 1,000 copies at once, under ids of their own, one is taken", async () => {
    const validateToken = async () => "urn:asap:agent:client";
    const { agent } = agentAt({ nonces: true, auth: { validateToken } });
    const copies = Array.from({ length: 1_000 }, () => ask(agent, withNonce("n1"), { authorization: "Bearer t" }));
    expect((await Promise.all(copies)).filter(({ result }) => result !== undefined)).toHaveLength(1);
  });

  test.each([
    ["", "empty string", ""],
    [null, "NoneType", "None"],
    [5, "int", "5"],
    [5.5, "float", "5.5"],
    [true, "bool", "True"],
    [["x"], "list", '["x"]'],
    [{ a: 1 }, "dict", '{"a":1}'],
  ])("REPLAY-005: the nonce %j is refused as %s", async (nonce, kind, shown) => {
    const { agent } = agentAt({ nonces: true });
    const { error } = await ask(agent, withNonce(nonce, { id: "e1" }));
    expect(error?.data).toMatchObject({
      code: "asap:protocol/invalid_nonce",
      message: `Nonce must be a non-empty string, got ${kind}`,
      details: { nonce: shown, envelope_id: "e1" },
    });
  });

  test("REPLAY-005: one of more than 1,024 characters is refused and not kept", async () => {
    const { agent } = agentAt({ nonces: true });
    expect((await ask(agent, withNonce("n".repeat(1_024)))).result).toBeDefined();
    const { error } = await ask(agent, withNonce("n".repeat(1_025), { id: "e1" }));
    expect(error?.data).toMatchObject({
      code: "asap:protocol/invalid_nonce",
      message: "Nonce must have at most 1024 characters",
      details: { nonce: `${"n".repeat(64)}...`, envelope_id: "e1" },
    });
  });

  test("REPLAY-006: a request without one is fine", async () => {
    const { agent } = agentAt({ nonces: true });
    for (const extensions of [undefined, null, {}, { other: 1 }]) {
      expect((await ask(agent, { envelope: { extensions } })).result).toBeDefined();
    }
  });

  test("REPLAY-008: a stale envelope does not use it up, an unknown payload type does", async () => {
    const { agent } = agentAt({ nonces: true });
    const stale = await ask(agent, withNonce("n1", { timestamp: iso(nowMs - 400_000) }));
    expect(stale.error?.data["code"]).toBe("asap:protocol/invalid_timestamp");
    expect((await ask(agent, withNonce("n1"))).result).toBeDefined();
    expect((await ask(agent, withNonce("n2", { payload_type: "x.unknown" }))).error?.code).toBe(-32601);
    expect((await ask(agent, withNonce("n2"))).error?.data["code"]).toBe("asap:protocol/invalid_nonce");
  });

  test("IDEM-003: a repeat of an answered envelope is answered before its nonce is looked at", async () => {
    const { agent } = agentAt({ nonces: true });
    const first = await ask(agent, withNonce("n1", { id: "same" }));
    expect(await ask(agent, withNonce("n1", { id: "same" }))).toEqual(first);
  });

  test("REPLAY-009: it is remembered for 600 seconds, and free again after", async () => {
    const { agent, clock } = agentAt({ nonces: true });
    const refused = async (nonce: string) => (await ask(agent, withNonce(nonce))).error !== undefined;
    expect(await refused("n1")).toBe(false);
    clock.ms += 500_000;
    expect(await refused("n2")).toBe(false);
    clock.ms += 99_999;
    expect(await refused("n1")).toBe(true);
    clock.ms += 1;
    expect(await refused("n1")).toBe(false);
    expect(await refused("n2")).toBe(true);
    clock.ms += 86_400_000;
    expect(await refused("n2")).toBe(false);
  });

  test("how many and how long is an option; beyond the count the oldest half goes", async () => {
    const { agent, clock } = agentAt({ nonces: { maxEntries: 10, lifetimeMs: 1_000 } });
    const refused = async (nonce: string) => (await ask(agent, withNonce(nonce))).error !== undefined;
    for (let n = 0; n < 11; n++) expect(await refused(`n${n}`)).toBe(false);
    expect(await refused("n10")).toBe(true);
    expect(await refused("n5")).toBe(true);
    expect(await refused("n0")).toBe(false);
    clock.ms += 1_000;
    expect(await refused("n10")).toBe(false);
  });
});
