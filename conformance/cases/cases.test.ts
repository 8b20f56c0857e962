import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validateAgentUrn } from "../../generated/validators/agent-urn.js";
import type { Area } from "../case.js";
import { envelopeSent } from "../documents.js";
import { hasWebSocket, missingOf } from "../prerequisites.js";
import { sampleContext } from "../sample-context.js";
import { coreIds, tagged } from "../tags.js";
import type { Exchange } from "../wire.js";
import { cases } from "./index.js";

const file = new URL("../../spec/requirements.json", import.meta.url);
const { requirements } = JSON.parse(readFileSync(file, "utf8")) as { requirements: { id: string; level: string }[] };
const levels = new Map(requirements.map(({ id, level }) => [id, level]));

describe("cases", () => {
  it("have ids of their own, that start with a word and hold no space", () => {
    const ids = cases.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z]+\.\S+$/.test(id))).toEqual([]);
  });

  it("are as many in each area as the page on conformance says", () => {
    const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
    const told = [...page.matchAll(/^\| `([a-z]+)` \| (\d+) \|/gm)].map(([, area, count]) => [area, Number(count)]);
    const areas = [...new Set(cases.map(({ area }) => area))];
    expect(told).toEqual(areas.map((area) => [area, cases.filter((one) => one.area === area).length]));
  });

  it("each stand for requirements that exist", () => {
    expect(cases.filter((one) => one.requirements.length === 0).map(({ id }) => id)).toEqual([]);
    expect(cases.flatMap((one) => one.requirements.filter((id) => !levels.has(id)))).toEqual([]);
  });

  it("are never stricter than the strictest of their requirements", () => {
    const stricter = cases.filter(
      (one) => one.level === "MUST" && one.requirements.every((id) => levels.get(id) !== "MUST"),
    );
    expect(stricter.map(({ id }) => id)).toEqual([]);
  });

  it("hold a core of MUSTs, and tags that name cases", () => {
    const core = cases.filter(({ tags }) => tags?.includes("core"));
    expect(core.map(({ id }) => id).toSorted()).toEqual([...coreIds].toSorted());
    expect(core.filter(({ level, watches }) => level !== "MUST" || watches)).toEqual([]);
    const starts = Object.values(tagged).flat();
    expect(starts.filter((start) => !cases.some(({ id }) => id.startsWith(start)))).toEqual([]);
    const generated = cases.filter(({ tags }) => tags?.includes("generated"));
    const areas = new Set(generated.map(({ area }) => area));
    expect(["jsonrpc", "envelope", "task", "payloads", "state"].filter((area) => !areas.has(area as Area))).toEqual([]);
  });

  it("send something, unless they watch", () => {
    const silent = cases.filter((one) => one.steps(sampleContext).length === 0);
    expect(silent.map(({ id }) => id)).toEqual(cases.filter(({ watches }) => watches).map(({ id }) => id));
  });

  it("speak as another sender only where no token names the sender", () => {
    const bound = { ...sampleContext, mint: "none", manifest: { auth: { schemes: ["bearer"] } } };
    const speaking = cases.filter((one) =>
      one.steps(sampleContext).some((step) => {
        const sender = envelopeSent(typeof step === "function" ? step([]) : step)?.sender;
        return validateAgentUrn(sender) && sender !== sampleContext.sender;
      }),
    );
    expect(speaking.map(({ id }) => id)).toContain("idempotency.other-sender");
    expect(speaking.filter((one) => missingOf(one, bound) === null).map(({ id }) => id)).toEqual([]);
  });

  it("say that they need a WebSocket where they open one, and only there", () => {
    const opens = ({ steps }: (typeof cases)[number]) =>
      steps(sampleContext).some((step) => (typeof step === "function" ? step([]) : step).socket !== undefined);
    const needs = cases.filter(({ prerequisites }) => prerequisites?.includes(hasWebSocket));
    expect(needs.map(({ id }) => id)).toEqual(cases.filter(opens).map(({ id }) => id));
  });

  it("fail, or do not apply, when the agent falls silent, at whichever step", () => {
    for (const one of cases) {
      const exchanges: Exchange[] = [];
      const failure = { kind: "timeout", message: "no answer" } as const;
      for (const step of [null, ...one.steps(sampleContext)]) {
        const request = typeof step === "function" ? step(exchanges) : step;
        if (request !== null) {
          exchanges.push({ request, sent: Buffer.alloc(0), sentBytes: 0, failure, startedAt: 0, elapsedMs: 9000 });
        }
        expect(["fail", "not-applicable"], one.id).toContain(one.judge(exchanges, sampleContext).outcome);
      }
    }
  });

  it("judge the same exchanges the same way twice", () => {
    for (const one of cases) {
      const exchanges = one.steps(sampleContext).map((step) => {
        const request = typeof step === "function" ? step([]) : step;
        const response = { status: 200, reason: "OK", headers: [], body: Buffer.from("{}") };
        return { request, sent: Buffer.alloc(0), sentBytes: 0, response, startedAt: 0, elapsedMs: 1 };
      });
      expect(one.judge(exchanges, sampleContext)).toEqual(one.judge(exchanges, sampleContext));
      expect(one.judge(exchanges, sampleContext).outcome).not.toBe("pass");
    }
  });

  it("judge values that no text can be made of, wherever they stand", () => {
    const odd = { toString: 1, valueOf: 1 };
    const odder = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, odd]));
    const payload = {
      ...odder("task_id status metrics final_state original_envelope_id error event version data created_at snapshot"),
      result: odder("echoed snapshot steps"),
    };
    const names = "id asap_version timestamp sender recipient payload_type correlation_id trace_id requires_ack";
    const envelope = { ...odder(names), payload };
    const data = { ...odder("error code method payload_type received_type message details"), validation_errors: [odd] };
    const documents = [
      { jsonrpc: odd, id: odd, result: { envelope } },
      { jsonrpc: odd, id: odd, result: { envelope: odd } },
      { jsonrpc: odd, id: odd, error: { code: odd, message: odd, data } },
      {
        ...odder("id name version description ttl_seconds status agent_id uptime_seconds load detail"),
        endpoints: odd,
      },
      {
        id: "urn:asap:agent:a",
        endpoints: odder("asap events"),
        auth: { schemes: [odd], oauth2: odder("issuer audience scopes") },
        capabilities: { asap_version: odd, skills: [odder("id description input_schema")] },
      },
    ];
    for (const document of documents) {
      const context = { ...sampleContext, manifest: document };
      const body = Buffer.from(JSON.stringify(document));
      for (const one of cases) {
        for (const status of one.id.startsWith("websocket.") ? [101, 200] : [200, 401]) {
          const exchanges: Exchange[] = [];
          const frame = { direction: "received", opcode: 1, fin: true, rsv: 0, masked: false, atMs: 1 } as const;
          const judge = () => {
            for (const step of one.steps(context)) {
              const request = typeof step === "function" ? step(exchanges) : step;
              const response = { status, reason: "", headers: [], body };
              const frames = [{ ...frame, data: body, bytes: body.length }];
              exchanges.push({ request, sent: body, sentBytes: 0, response, frames, startedAt: 0, elapsedMs: 1 });
            }
            return one.judge(exchanges, context);
          };
          expect(judge, one.id).not.toThrow();
        }
      }
    }
  });
});
