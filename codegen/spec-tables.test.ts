import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errors } from "../generated/errors.js";
import { limits } from "../generated/limits.js";
import { type MessageName, messageNameOf, messages } from "../generated/messages.js";
import { routes } from "../generated/routes.js";
import { cancellableStates, canTransition, type TaskState, taskStates, terminalStates } from "../generated/states.js";

const specDir = fileURLToPath(new URL("../spec/", import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(specDir + path, "utf8")) as Record<string, unknown>;
const names = Object.keys(messages) as MessageName[];

describe("message table", () => {
  it("MSG-001: every casing and separation of a name means that message type", () => {
    for (const name of names) {
      const words = name.match(/[A-Z][a-z]+/g) ?? [];
      const forms = ["", ".", "_", "-"].flatMap((separator) => {
        const text = words.join(separator);
        return [text, text.toLowerCase(), text.toUpperCase()];
      });
      for (const form of forms) expect(messageNameOf(form), form).toBe(name);
    }
  });

  it("MSG-001: a name that differs in more than case and separators means nothing", () => {
    for (const text of ["", ".", "task", "task.requests", "task request", "task/request", "__proto__", "constructor"]) {
      expect(messageNameOf(text), text).toBeUndefined();
    }
  });

  it("MSG-002: task messages are emitted dotted and all others in PascalCase", () => {
    const dotted = names.filter((name) => messages[name].emit.includes("."));
    expect(dotted).toEqual(["TaskRequest", "TaskResponse", "TaskUpdate", "TaskCancel"]);
    for (const name of dotted) expect(messages[name].emit).toBe(name.replace("Task", "task.").toLowerCase());
    for (const name of names.filter((each) => !dotted.includes(each))) expect(messages[name].emit).toBe(name);
  });

  it("MSG-003: an acknowledgement is emitted as MessageAck", () => {
    expect(messages.MessageAck.emit).toBe("MessageAck");
  });

  it("has the thirteen payloads, and asks for an ack on the four that change state", () => {
    expect(names).toHaveLength(13);
    const acknowledged = names.filter((name) => messages[name].needsAck);
    expect(acknowledged).toEqual(["TaskRequest", "TaskCancel", "MessageSend", "StateRestore"]);
  });
});

describe("state table", () => {
  const allowed = [
    "submitted>working",
    "submitted>cancelled",
    "working>completed",
    "working>failed",
    "working>cancelled",
    "working>input_required",
    "input_required>working",
    "input_required>cancelled",
  ];

  it("ENT-012: exactly the eight steps of the protocol are allowed", () => {
    const steps = taskStates.flatMap((from) => taskStates.map((to): [TaskState, TaskState] => [from, to]));
    const found = steps.filter(([from, to]) => canTransition(from, to)).map((step) => step.join(">"));
    expect(found.sort()).toEqual([...allowed].sort());
  });

  it("ENT-012: nothing follows a final state", () => {
    expect([...terminalStates].sort()).toEqual(["cancelled", "completed", "failed"]);
    for (const from of terminalStates) for (const to of taskStates) expect(canTransition(from, to)).toBe(false);
  });

  it("ENT-013: a task is cancellable exactly when it is submitted or working", () => {
    expect([...cancellableStates].sort()).toEqual(["submitted", "working"]);
    for (const state of cancellableStates) expect(canTransition(state, "cancelled")).toBe(true);
  });

  it("has the values of TaskStatus", () => {
    expect([...taskStates].sort()).toEqual([...(readJson("entities/task-status.schema.json").enum as string[])].sort());
  });
});

describe("error table", () => {
  const fixedTexts = new Map([
    [-32700, "Parse error"],
    [-32600, "Invalid request"],
    [-32601, "Method not found"],
    [-32602, "Invalid params"],
    [-32603, "Internal error"],
    [429, "Rate limit exceeded"],
    [-32001, "Rate limit exceeded; too many messages per second"],
  ]);

  it("CODE-001: every error that travels as JSON-RPC has the fixed text of its code", () => {
    const { "asap:transport/thread_pool_exhausted": overload, ...others } = errors;
    expect(overload).toMatchObject({ http: 503, message: "Service Temporarily Unavailable" });
    for (const { code, jsonrpc, message } of Object.values(others)) expect(message, code).toBe(fixedTexts.get(jsonrpc));
    expect(new Set(Object.values(others).map(({ jsonrpc }) => jsonrpc))).toEqual(new Set(fixedTexts.keys()));
  });

  it("CODE-004: the codes of the wire are there with the facts they carry", () => {
    const taxonomy = {
      "asap:protocol/invalid_state": ["from_state", "to_state"],
      "asap:protocol/malformed_envelope": [],
      "asap:protocol/invalid_timestamp": ["timestamp", "age_seconds", "future_offset_seconds"],
      "asap:protocol/invalid_nonce": ["nonce"],
      "asap:task/not_found": ["task_id"],
      "asap:task/already_completed": ["task_id", "current_status"],
      "asap:transport/handler_not_found": ["payload_type"],
      "asap:transport/thread_pool_exhausted": ["max_threads", "active_threads"],
      "asap:transport/circuit_open": ["base_url", "consecutive_failures"],
      "asap:transport/webhook_url_rejected": ["url", "reason"],
      "asap:auth/unsupported_scheme": ["scheme", "supported_schemes"],
    } as const;
    for (const [code, facts] of Object.entries(taxonomy) as [keyof typeof taxonomy, readonly string[]][]) {
      expect(errors[code].code).toBe(code);
      expect(errors[code].details).toEqual(expect.arrayContaining([...facts]));
    }
  });
});

describe("protocol table", () => {
  const protocol = readJson("protocol.json");

  it("names the events that EventName lists", () => {
    const listed = readJson("entities/event-name.schema.json").enum;
    expect(Object.keys(protocol.events as object)).toEqual(listed);
  });

  it("HEALTH-003: the default of a manifest's ttl_seconds is the limit of 300 seconds", () => {
    const { ttl_seconds: ttl } = readJson("discovery/manifest.schema.json").properties as Record<
      string,
      { default?: unknown }
    >;
    expect(ttl?.default).toBe(300);
    expect(limits.manifest_ttl_seconds).toBe(300);
  });

  it("DISC-001, HEALTH-001: manifest and health have their well-known paths, open to all", () => {
    expect(routes.manifest).toMatchObject({ path: "/.well-known/asap/manifest.json", scope: null });
    expect(routes.agent_health).toMatchObject({ path: "/.well-known/asap/health", scope: null });
  });
});
