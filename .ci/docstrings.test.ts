import { Node, Project } from "ts-morph";
import { describe, expect, test } from "vitest";
import { read, root } from "./sources.js";

const manifest = JSON.parse(read("package.json")) as { exports: Record<string, string> };
const entries = Object.entries(manifest.exports)
  .filter(([, target]) => target.startsWith("./dist/") && !target.includes("*"))
  .map(([key, target]) => [key, target.replace("./dist/", "").replace(/\.js$/, ".ts")] as const);

const project = new Project({
  tsConfigFilePath: `${root}/tsconfig.json`,
  skipAddingFilesFromTsConfig: true,
});

/** The nodes that can carry the docstring of a declaration: itself, or the statement around a variable. */
function documented(node: Node): boolean {
  const holder = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  if (holder === undefined || !Node.isJSDocable(holder)) return false;
  return holder.getJsDocs().some((doc) => doc.getDescription().trim().length >= 10);
}

describe("docstrings", () => {
  test.each(entries)("every export of %s has one", (_, path) => {
    const source = project.addSourceFileAtPath(`${root}/${path}`);
    const exported = [...source.getExportedDeclarations()];
    expect(exported.length).toBeGreaterThan(0);
    const bare = exported
      .filter(([, nodes]) => {
        const own = nodes.filter((node) => node.getSourceFile().getFilePath().startsWith(root) && !inModules(node));
        return own.length > 0 && !own.some(documented);
      })
      .map(([name, nodes]) => `${name} (${nodes[0]?.getSourceFile().getFilePath().slice(root.length)})`);
    expect(bare).toEqual([]);
  });
});

function inModules(node: Node): boolean {
  return node.getSourceFile().getFilePath().includes("/node_modules/");
}
