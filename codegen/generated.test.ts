import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { afterAll, describe, expect, expectTypeOf, it } from "vitest";
import {
  type AsapClient,
  type AsapErrorCode,
  type AsapHandlers,
  cancellableStates,
  canTransition,
  createClient,
  type Envelope,
  errors,
  errorsByName,
  handlersByName,
  isTypeName,
  limits,
  loadValidator,
  type MessageAck,
  type MessageEnvelope,
  messageOf,
  messages,
  type ProtocolDefinition,
  protocol,
  type ReplyMap,
  type TaskRequest,
  type TaskResponse,
  type TaskUpdate,
  taskStates,
  terminalStates,
} from "../generated/index.js";
import { validateTaskRequest } from "../generated/validators/task-request.js";
import { createBench, readJson, specDir } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "generated");
const files = readdirSync(generated, { recursive: true, encoding: "utf8" }).filter((file) => /\.(?:ts|js)$/.test(file));
const validatorFiles = files.filter((file) => file.startsWith("validators/") && file.endsWith(".js"));

async function bundledSize(file: string): Promise<number> {
  const options = { bundle: true, minify: true, treeShaking: true, format: "esm", write: false } as const;
  const { outputFiles } = await bundle({ ...options, entryPoints: [join(generated, file)] });
  return outputFiles[0]?.contents.length ?? Number.POSITIVE_INFINITY;
}

describe("generated files", () => {
  it("import nothing from outside, ajv least of all", () => {
    for (const file of files) {
      const sources = [...readFileSync(join(generated, file), "utf8").matchAll(/(?:\bfrom |\bimport\()"([^"]+)"/g)];
      for (const [, source = ""] of sources) {
        const target = join(generated, file, "..", source);
        expect(target.startsWith(generated) && source.startsWith("."), `${file}: ${source}`).toBe(true);
      }
    }
  });

  it("run where code may not be made from strings", () => {
    const script = `
      const loaded = await Promise.all(${JSON.stringify(validatorFiles)}.map((file) => import(${JSON.stringify(pathToFileURL(generated).href)} + "/" + file)));
      const faces = loaded.flatMap((module) => Object.values(module)).filter((value) => value.typeName);
      for (const validate of faces) { validate({ type: "text" }); validate["~standard"].validate(undefined); }
      let made = false;
      try { new Function("return 1")(); made = true; } catch {}
      console.log(faces.length, made);`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script];
    const told = execFileSync(process.execPath, flags, { encoding: "utf8" });
    expect(told).toBe(`${validatorFiles.length - 1} false\n`);
  });

  it("hold no way to make code from strings", () => {
    for (const file of validatorFiles) {
      const text = readFileSync(join(generated, file), "utf8");
      expect(text, file).not.toMatch(/\brequire\(|\bFunction\b|\beval\(|\bajv\b|\.evaluated\b/);
    }
  });

  it("bundle to less than 12 kB for the envelope or any one type that travels, and to 50 kB for reports", async () => {
    const sizes = await Promise.all(validatorFiles.map(async (file) => [file, await bundledSize(file)] as const));
    const most = (file: string) => (/\/conformance-/.test(file) ? 50_000 : 12_000);
    expect(sizes.filter(([file, size]) => size <= 100 || size >= most(file))).toEqual([]);
  });

  it("leave a bundle when nothing of them is used", async () => {
    const entry = join(bench.folder, "entry.js");
    const imports = validatorFiles.map(
      (file) => `import * as m${file.replace(/\W/g, "")} from ${JSON.stringify(join(generated, file))};`,
    );
    writeFileSync(entry, `${imports.join("\n")}\nconsole.log(1);`);
    const result = await bundle({ entryPoints: [entry], bundle: true, minify: true, format: "esm", write: false });
    expect(result.outputFiles[0]?.text).toBe("console.log(1);\n");
  });

  it("type-check for a user who checks libraries too, with isolated declarations", () => {
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: true, rootDir: root, skipLibCheck: false, types: [], isolatedDeclarations: true },
      include: [join(generated, "**/*")],
      exclude: [],
    };
    writeFileSync(join(bench.folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/.bin/tsc");
    expect(execFileSync(tsc, ["-p", join(bench.folder, "tsconfig.json")], { encoding: "utf8", stdio: "pipe" })).toBe(
      "",
    );
  });

  it("carry the description of every type and member", () => {
    const schema = readJson(specDir, "payloads/task-request.schema.json");
    const text = readFileSync(join(generated, "models/task-request.ts"), "utf8").replace(/\s*\n\s*\*?\s*/g, " ");
    const described = [schema, ...Object.values(schema["properties"] ?? {})];
    for (const { description } of described) expect(text).toContain(String(description));
  });
});

describe("messageOf()", () => {
  it.each(Object.values(messages))("knows every spelling of $name, and its variants", (message) => {
    for (const spelling of message.spellings) expect(messageOf(spelling)).toBe(message);
    expect(messageOf(message.name.toUpperCase())).toBe(message);
    expect(messageOf(message.name.split("").join("_"))).toBe(message);
    expect(messageOf(` ${message.name}`)).toBeUndefined();
  });

  it("knows no other text", () => {
    for (const text of ["", "__proto__", "constructor", "toString", "task", "TaskRequests"])
      expect(messageOf(text)).toBeUndefined();
  });
});

describe("the union of typed envelopes", () => {
  it("narrows by every accepted spelling, and is an envelope", () => {
    const payloadOf = (message: MessageEnvelope) => {
      switch (message.payload_type) {
        case "task.request":
        case "TaskRequest":
        case "task_request":
          expectTypeOf(message.payload).toEqualTypeOf<TaskRequest>();
          return message.payload.skill_id;
        case "task.update":
          expectTypeOf(message.payload).toEqualTypeOf<TaskUpdate>();
          return message.payload.update_type;
        case "message.ack":
          expectTypeOf(message.payload).toEqualTypeOf<MessageAck>();
          return message.payload.status;
        default:
          return undefined;
      }
    };
    expectTypeOf<MessageEnvelope>().toExtend<Envelope>();
    expectTypeOf<"message_ack">().toExtend<MessageEnvelope["payload_type"]>();
    expectTypeOf<"other">().not.toExtend<MessageEnvelope["payload_type"]>();
    const head = { asap_version: "0.1", sender: "urn:asap:agent:a", recipient: "urn:asap:agent:b" };
    const payload = { conversation_id: "c", skill_id: "echo", input: {} };
    expect(payloadOf({ ...head, payload_type: "task_request", payload })).toBe("echo");
  });
});

describe("the client stub", () => {
  it("has a typed method per message that a client sends, and none for responses", async () => {
    const sent: unknown[] = [];
    const client = createClient(async (name, payload, options) => {
      sent.push([name, payload, options]);
      return { task_id: "t", status: "completed" };
    });
    expectTypeOf(client.taskRequest).returns.resolves.toEqualTypeOf<TaskResponse>();
    expectTypeOf<AsapClient>().not.toHaveProperty("taskResponse");
    expectTypeOf<ReplyMap["McpToolResult"]>().toEqualTypeOf<undefined>();
    const payload = { conversation_id: "c", skill_id: "echo", input: {} };
    expect((await client.taskRequest(payload, { timeoutMs: 5 })).status).toBe("completed");
    expect(sent).toEqual([["TaskRequest", payload, { timeoutMs: 5 }]]);
    const sendable = Object.values(messages).filter((message) => message.direction !== "response");
    expect(Object.keys(client)).toEqual(sendable.map((message) => message.method));
  });
});

describe("the server stub", () => {
  it("finds the given handlers by message name and keeps them bound", async () => {
    class Handlers implements AsapHandlers<{ from: string }> {
      readonly status = "working";
      taskRequest(payload: TaskRequest, call: { from: string }): TaskResponse {
        return { task_id: `${call.from}/${payload.skill_id}`, status: this.status };
      }
    }
    const found = handlersByName<{ from: string }>(new Handlers());
    expect([...found.keys()]).toEqual(["TaskRequest"]);
    const answer = found.get("TaskRequest")?.({ skill_id: "echo" }, { from: "me" });
    expect(answer).toEqual({ task_id: "me/echo", status: "working" });
  });
});

describe("the Standard Schema face", () => {
  it("gives the value itself, or issues with their path", () => {
    const face = validateTaskRequest["~standard"];
    const value: unknown = { conversation_id: "c", skill_id: "echo", input: {} };
    expect([face.version, face.vendor]).toEqual([1, "asap-kit"]);
    expect(face.validate(value)).toEqual({ value });
    const result = face.validate({ conversation_id: 1, input: {}, "x/~y": 1 });
    expect(result).toEqual({
      issues: [
        { message: "must have required property 'skill_id'", path: [] },
        { message: "must NOT have additional properties", path: [] },
        { message: "must be string", path: ["conversation_id"] },
      ],
    });
    validateTaskRequest(value);
    expect(result).toHaveProperty("issues.2.message", "must be string");
    expectTypeOf(face.types).toEqualTypeOf<{ readonly input: TaskRequest; readonly output: TaskRequest } | undefined>();
  });

  it("names members and positions of nested values", async () => {
    const part = await loadValidator("Manifest");
    const manifest = { capabilities: { skills: [{ id: "a", description: "b" }, { id: 3 }] } };
    const result = part["~standard"].validate(manifest);
    const paths = "issues" in result ? result.issues.map((issue) => issue.path) : [];
    expect(paths).toContainEqual(["capabilities", "skills", 1, "id"]);
  });
});

describe("tables", () => {
  it("agree with the spec", () => {
    const spec = readJson(specDir, "protocol.json");
    expect(Object.keys(messages)).toEqual(Object.keys(spec["messages"] ?? {}));
    expect(limits).toEqual(spec["limits"]);
    expect(protocol.scopes).toEqual(spec["scopes"]);
    expect(Object.keys(protocol.routes)).toEqual(Object.keys(spec["routes"] ?? {}));
    expect(Object.keys(protocol.closeCodes)).toEqual(Object.keys(spec["close_codes"] ?? {}));
    const errorTable = readJson(specDir, "errors.json");
    for (const [name, error] of Object.entries(errorsByName)) {
      const { name: own, ...rest } = error;
      expect([own, rest]).toEqual([name, errorTable[name]]);
      expect(Object.entries(errors).find(([code]) => code === error.code)?.[1]).toBe(error);
    }
    expectTypeOf<"asap:rpc/parse_error">().toExtend<AsapErrorCode>();
    expectTypeOf<string>().not.toExtend<AsapErrorCode>();
    expectTypeOf(protocol).toExtend<ProtocolDefinition>();
  });

  it("know the steps between states", () => {
    expect(canTransition("working", "completed")).toBe(true);
    expect(canTransition("completed", "working")).toBe(false);
    expect(taskStates.filter((state) => terminalStates.has(state) && cancellableStates.has(state))).toEqual([]);
  });

  it("load validators by type name, and know which names are types", async () => {
    expect(isTypeName("TaskRequest")).toBe(true);
    expect(isTypeName("toString")).toBe(false);
    expect((await loadValidator("HealthTolerant")).typeName).toBe("Health");
  });
});
