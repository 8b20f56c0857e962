import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** One import of a source file. */
export interface Import {
  /** The file that imports, relative to the root, with forward slashes. */
  readonly from: string;
  /** The name in quotes, as it stands in the file. */
  readonly name: string;
  /** What it means: a path relative to the root, or the name of a package or builtin. */
  readonly target: string;
  /** `type` is erased, `static` is loaded with the file, `dynamic` when the call is reached. */
  readonly kind: "type" | "static" | "dynamic";
}

/** Every file under the rooms that matches, relative to the root, sorted. */
export function filesOf(rooms: readonly string[], matches: RegExp): string[] {
  return rooms
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((path) => `${room}/${slashed(path)}`),
    )
    .filter((path) => matches.test(path))
    .sort();
}

/** Every file that git tracks, relative to the root. */
export function trackedFiles(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
}

/** Reads a file by its path relative to the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The imports of one TypeScript or JavaScript file, in order, re-exports included. */
export function importsOf(path: string): Import[] {
  const found: Import[] = [];
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const add = (node: ts.Expression, kind: Import["kind"]) => {
    if (ts.isStringLiteralLike(node)) {
      found.push({ from: path, name: node.text, target: targetOf(path, node.text), kind });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ? "type" : "static");
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node.moduleSpecifier, node.isTypeOnly ? "type" : "static");
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) add(node.argument.literal, "type");
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) {
      add(node.arguments[0], "dynamic");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Everything that loading a file loads: files relative to the root, packages and builtins by name. */
export function loadedBy(entry: string): Set<string> {
  const seen = new Set<string>();
  const walk = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const item of importsOf(path)) {
      if (item.kind !== "static") continue;
      if (item.name.startsWith(".")) walk(item.target);
      else seen.add(item.target);
    }
  };
  walk(entry);
  return seen;
}

function targetOf(from: string, name: string): string {
  if (!name.startsWith(".")) return name;
  const path = resolve(root, dirname(from), name);
  const source = path.replace(/\.js$/, ".ts");
  return slashed(relative(root, existsSync(source) ? source : path));
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
