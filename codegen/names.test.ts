import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { camel, kebab, memberNameFault, normalSpelling, pascal, show, typeNameFault } from "./names.js";

describe("names", () => {
  it.each([
    ["TaskRequest", "task-request", "taskRequest"],
    ["McpToolCall", "mcp-tool-call", "mcpToolCall"],
    ["MCPTool", "mcp-tool", "mcpTool"],
    ["URL", "url", "url"],
    ["Part2Sum", "part2-sum", "part2Sum"],
    ["A", "a", "a"],
  ])("%s is the file %s and the method %s", (name, file, method) => {
    expect([kebab(name), camel(name)]).toEqual([file, method]);
  });

  it("keys of $defs become type names", () => {
    expect(["line-item", "lineItem", "Line_item", "line item"].map(pascal)).toEqual(Array(4).fill("LineItem"));
  });

  it("types are named by letters and digits after a capital, and not as generated code names its own", () => {
    expect(["TaskRequest", "A1"].map(typeNameFault)).toEqual([null, null]);
    const refused = [
      "task",
      "Task_Request",
      "1A",
      "",
      "Tâche",
      "A B",
      "A;B",
      "__proto__",
      "Promise",
      "Validator",
      "Faults",
    ];
    expect(refused.filter((name) => typeNameFault(name) === null)).toEqual([]);
  });

  it("no type takes the name of one that generated code declares", () => {
    const generated = fileURLToPath(new URL("../generated/", import.meta.url));
    const texts = readdirSync(generated).filter((file) => file.endsWith(".ts"));
    const declared = [...texts, "validators/index.ts"].flatMap((file) =>
      [...readFileSync(generated + file, "utf8").matchAll(/^export (?:interface|type) (\w+)/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(declared).toContain("SpellingMap");
    expect(declared.filter((name = "") => typeNameFault(name) === null)).toEqual([]);
  });

  it("members are named by letters, digits and _, and by no reserved word", () => {
    expect(["ack_timeout", "rpc", "a1"].map(memberNameFault)).toEqual([null, null, null]);
    const refused = [
      "",
      "1a",
      "a-b",
      "a b",
      "delete",
      "then",
      "constructor",
      "toString",
      "__proto__",
      "hasOwnProperty",
    ];
    expect(refused.filter((name) => memberNameFault(name) === null)).toEqual([]);
  });

  it("spellings are compared without case, dots, underscores and hyphens", () => {
    expect(["task.request", "Task_Request", "TASK-REQUEST"].map(normalSpelling)).toEqual(Array(3).fill("taskrequest"));
  });

  it("texts are shown on one line, without control characters, and cut", () => {
    expect(show('a"b\n\u001b[31m\u0085\u2028')).toBe('"a\\"b\\n\\u001b[31m\\u0085\\u2028"');
    expect(show("x".repeat(500))).toHaveLength(82);
  });
});
