import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../runtime/cli/commands.js";
import { filesOf, read, root, trackedFiles } from "./sources.js";

const pages = trackedFiles().filter((path) => path.endsWith(".md"));
const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts);

/** The fenced blocks of a page in one language. */
function blocks(path: string, language: string): string[] {
  return [...read(path).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => (text ?? "").trim());
}

describe("documents", () => {
  test("there are pages to look at", () => {
    expect(pages).toContain("README.md");
    expect(pages.filter((path) => path.startsWith("docs/")).length).toBeGreaterThan(5);
  });

  test.each(pages)("every relative link of %s leads somewhere", (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
    const broken = links
      .filter((link) => !/^(https?:|mailto:|#)/.test(link))
      .filter((link) => !existsSync(join(root, dirname(page), link.replace(/#.*$/, ""))));
    expect(broken).toEqual([]);
  });

  test("every TypeScript block stands in an example that runs", () => {
    const examples = filesOf(["examples"], /\.ts$/)
      .filter((path) => !path.includes("/generated/"))
      .map(read);
    const strays = pages.flatMap((page) =>
      blocks(page, "ts")
        .filter((block) => !examples.some((text) => text.includes(block)))
        .map((block) => `${page}: ${block.split("\n")[0]}`),
    );
    expect(strays).toEqual([]);
  });

  test("every command of a shell block exists", () => {
    const wrong = pages.flatMap((page) =>
      blocks(page, "sh")
        .flatMap((block) => block.split("\n"))
        .filter((line) => {
          const script = /^npm run ([\w:-]+)/.exec(line)?.[1];
          if (script !== undefined) return !scripts.includes(script);
          const words = /^npx (?:--\S+ \S+ )?asap (.*)$/.exec(line)?.[1]?.split(" ");
          return words !== undefined && !commands.some(({ path }) => path.every((word, i) => words[i] === word));
        })
        .map((line) => `${page}: ${line}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["Options of `serve`:", ["runtime/transport/node.ts", "runtime/transport/http-service.ts"]],
    ["`limits` of `createAgent`:", ["runtime/agent-limits.ts"]],
  ])("the table under %s names options and defaults as their docstrings do", (heading, files) => {
    const table = read("docs/http-binding.md").split(heading)[1]?.split("\n## ")[0]?.split("\n\n`limits`")[0] ?? "";
    const rows = [...table.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name = "", value = ""]) => [
      name,
      value.trim(),
    ]);
    expect(rows.length).toBeGreaterThan(4);
    const source = files.map(read).join("\n");
    const wrong = rows.filter(([name = "", value = ""]) => {
      const doc = new RegExp(`/\\*\\* ([^\\n]*) \\*/\\n  readonly ${name}\\?:`).exec(source)?.[1];
      return !doc?.includes(value.replace(/[`"]/g, ""));
    });
    expect(wrong).toEqual([]);
  });

  test("every limit of an agent is in the table, and the code has the default that its docstring names", () => {
    const source = read("runtime/agent-limits.ts");
    const limits = /export interface AgentLimits \{([\s\S]*?)^\}/m.exec(source)?.[1] ?? "";
    const members = [...limits.matchAll(/Default ([\d,]+)\. \*\/\n {2}readonly (\w+)\?/g)];
    expect(members.length).toBe([...limits.matchAll(/readonly /g)].length);
    for (const [, value = "", name = ""] of members) {
      expect(read("docs/http-binding.md")).toContain(`| \`${name}\` | ${value} |`);
      const code = new RegExp(`${name}: (?:([\\w]+),|secondsLimit\\(protocol, "\\w+", (\\d+)\\))`).exec(source);
      const constant = new RegExp(`^const ${code?.[1]} = (\\w+);`, "m").exec(source)?.[1] ?? code?.[1];
      const number = code?.[2] === undefined ? Number(constant?.replaceAll("_", "")) : Number(code[2]) * 1000;
      expect(number, name).toBe(Number(value.replaceAll(",", "")));
    }
  });

  test.each([
    [
      "auth",
      "Of `resourceServer`:",
      ["auth/resource-server ResourceServerOptions", "auth/metadata IssuerFetchOptions"],
    ],
    ["auth", "`jwks` of it:", ["auth/jwks KeySetRules"]],
    ["auth", "`introspection` of it:", ["auth/introspection IntrospectionOptions"]],
    ["auth", "`binding` of it:", ["auth/identity BindingOptions"]],
    [
      "auth",
      "Of every grant:",
      ["auth/token-request TokenRequestOptions", "auth/token-identity ClientIdentity", "base-url BaseUrlOptions"],
    ],
    ["auth", "Of `authorizationCode` beside them:", ["auth/token-login AuthorizationCodeOptions"]],
    ["state", "Of `memoryState`:", ["state/memory MemoryStateOptions"]],
    ["state", "Of `sqliteState`:", ["state/sqlite/open SqliteStateOptions"]],
    [
      "state",
      "Of `postgresState`:",
      ["state/postgres/open PostgresStateOptions", "state/postgres/driver PostgresServer"],
    ],
    ["webhook-receivers", "Of both:", ["webhooks/verify VerifyOptions"]],
    ["webhooks", "Of a subscription:", ["webhooks/webhooks NewSubscription"]],
    ["webhooks", "Of `webhooks`:", ["webhooks/options WebhookOptions"]],
    ["webhooks", "`retry` of it:", ["webhooks/outcome DeliveryRetryOptions"]],
    ["state", "Of `redisState`:", ["state/redis/open RedisStateOptions"]],
    ["security-model", "Of `egress`:", ["egress EgressPolicy"]],
    ["own-backend", "Of the subject:", ["state/contract/case Subject"]],
  ])("in %s.md the table under %s has every option, with the default of its docstring", (page, heading, interfaces) => {
    const table = read(`docs/${page}.md`).split(`\n${heading}\n\n`)[1]?.split("\n\n")[0] ?? "";
    const rows = [...table.matchAll(/^\| (`[^|]*`) \| ([^|]*) ?\|/gm)].flatMap(([, names = "", value = ""]) =>
      names.split(", ").map((name) => [name.replaceAll("`", ""), value.replaceAll("`", "").trim()] as const),
    );
    const members = new Map(interfaces.flatMap((one) => membersOf(...(one.split(" ") as [string, string]))));
    const elsewhere = ["store", "issuer"];
    const missing = [...members.keys()].filter((name) => !rows.some(([row]) => row === name));
    expect(missing.filter((name) => !elsewhere.includes(name))).toEqual([]);
    expect(rows.filter(([name]) => !members.has(name) && !elsewhere.includes(name))).toEqual([]);
    expect(rows.filter(([name, value]) => members.get(name)?.includes(value) === false)).toEqual([]);
  });

  test("figures of the guide to failover are those of the code", () => {
    const guide = read("docs/failover-and-migration.md");
    const engine = read("runtime/state/engine.ts");
    const lease = /taskLeaseMs: ([\d_]+)/.exec(read("runtime/agent-limits.ts"))?.[1]?.replaceAll("_", ",");
    expect(guide).toContain(`is ${lease} by default`);
    expect(engine).toContain("leaseMs / 3");
    expect(guide).toContain("Three times in that time");
    const [most, close] = [/Math\.min\(room\(\), (\d+)\)/, /longestCloseMs = ([\d_]+)/].map((figure) =>
      figure.exec(engine)?.[1]?.replaceAll("_", ","),
    );
    expect(guide).toContain(`up to ${most} at a time`);
    expect(guide).toContain(`Up to ${close} ms more`);
  });
});

/** Members of an interface of the runtime with what their docstrings say of the default. */
function membersOf(file: string, name: string): (readonly [string, string])[] {
  const body =
    new RegExp(`export interface ${name}\\b[^{]*\\{\n([\\s\\S]*?)^\\}`, "m").exec(read(`runtime/${file}.ts`))?.[1] ??
    "";
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(({ 1: member = "", index }) => {
    const before = body.slice(0, index).trimEnd();
    const doc = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
    const text = doc.replace(/\n\s*\*/g, "").replaceAll("`", "");
    return [member, text.split("Default: ")[1] ?? text] as const;
  });
}
