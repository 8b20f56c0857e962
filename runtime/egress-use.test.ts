import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const room = fileURLToPath(new URL(".", import.meta.url));

/** The sources that are shipped, without their comments, by path within runtime/. */
const sources = readdirSync(room, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/\.(?:test|bench)\.ts$|(?:^|\/)testing\/|\.d\.ts$/.test(path))
  .map((path) => {
    const text = readFileSync(`${room}/${path}`, "utf8");
    return [path, text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<![:"'`\\])\/\/.*$/gm, "")] as const;
  });

/** Every line that matches, with its file. */
const linesWith = (pattern: RegExp): string[] =>
  sources.flatMap(([path, text]) =>
    text
      .split("\n")
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );

/** Every value, not type, that is imported by name from modules that match, with its file. */
const valuesOf = (modules: RegExp): string[] =>
  sources.flatMap(([path, text]) =>
    [...text.matchAll(/import\s+(?!type\s)([^;"]*?)\s+from\s+"([^"]+)"/g)].flatMap(([, clause = "", name = ""]) =>
      modules.test(name)
        ? clause
            .replace(/[{}]/g, "")
            .split(",")
            .map((each) => each.trim())
            .filter((each) => each !== "" && !each.startsWith("type "))
            .map((each) => `${path}: ${each}`)
        : [],
    ),
  );

describe("what opens a connection", () => {
  test("there are sources to read, and the patterns find what they are for", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(linesWith(/guardedFetch\(/).length).toBeGreaterThan(4);
  });

  test("the platform's fetch is called in its wrapper alone", () => {
    expect(linesWith(/(?<![.#\w])fetch\(|globalThis\.fetch|\["fetch"\]/)).toEqual([
      "egress-global.ts: return (input, init) => fetch(input, init);",
    ]);
  });

  test("and stands in for an absent one only for the calls of an agent that the caller named himself", () => {
    const asValue = /(?:\?\?=?|\|\|) fetch\b(?! [!=]==)|= fetch[;,)]|\bfetch\.(?:bind|call|apply)/;
    expect(linesWith(asValue)).toEqual(["transport/http.ts: const send = options.fetch ?? fetch;"]);
  });

  test("sockets, names and other clients are opened in the guard alone", () => {
    expect(valuesOf(/^(?:node:)?(?:net|tls|dns|dns\/promises|dgram|http2|https)$|^undici$/)).toEqual([
      "egress-address.ts: isIP",
      "egress-connect.ts: connect as connectTcp",
      "egress-connect.ts: isIP",
      "egress-connect.ts: connect as connectTls",
      "egress-names.ts: lookup",
      "cli/conformance-server.ts: isIP",
    ]);
    expect(linesWith(/import\("(?:undici|(?:node:)?(?:net|tls|dns|http|https|http2)[/"])/)).toEqual([
      'egress-node.ts: const { Pool } = await import("undici");',
      'egress-node.ts: const { Agent, fetch: send } = await import("undici");',
    ]);
  });

  test("node:http serves and is not asked with", () => {
    const serving = /: (?:createServer|IncomingMessage|ServerResponse|STATUS_CODES)$/;
    expect(valuesOf(/^(?:node:)?http$/).length).toBeGreaterThan(0);
    expect(valuesOf(/^(?:node:)?http$/).filter((value) => !serving.test(value))).toEqual([]);
    expect(linesWith(/\bXMLHttpRequest\b|\bEventSource\(|\bsendBeacon\b/)).toEqual([]);
  });

  test("a WebSocket is opened by its two wrappers alone", () => {
    expect(linesWith(/new (?:globalThis\.)?WebSocket\(/).map((line) => line.replace(/:.*/s, ""))).toEqual([
      "transport/websocket-global.ts",
      "transport/websocket-node.ts",
    ]);
  });
});

describe("a document that a stranger may have named", () => {
  test.each(["discovery/manifest.ts", "discovery/registry.ts", "discovery/health.ts", "auth/metadata.ts"])(
    "%s is fetched by the one bounded and guarded way",
    (path) => {
      expect(linesWith(/\bgetDocument\(/).some((line) => line.startsWith(`${path}:`))).toBe(true);
    },
  );

  test("endpoints of a registry are connected to under the policy for the word of others", () => {
    expect(linesWith(/othersWord\(/).map((line) => line.replace(/:.*/s, ""))).toEqual(
      expect.arrayContaining(["listed.ts", "auth/metadata.ts", "auth/introspection.ts"]),
    );
  });
});
