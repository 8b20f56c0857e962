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
});
