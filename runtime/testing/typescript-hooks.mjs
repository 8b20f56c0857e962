// Hooks of Node's module loader: an import of x.js gets x.ts where that is the source.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

export async function resolve(specifier, context, next) {
  if (/^(\.|file:).*\.js(?=\?|$)/.test(specifier)) {
    const source = new URL(specifier.replace(/\.js(?=\?|$)/, ".ts"), context.parentURL);
    if (existsSync(source)) return { url: source.href, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !/\.ts(\?|$)/.test(url)) return next(url, context);
  const sourcefile = fileURLToPath(url);
  const { code } = await transform(await readFile(sourcefile, "utf8"), { loader: "ts", target: "es2022", sourcefile });
  return { format: "module", source: code, shortCircuit: true };
}
