import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules/.cache");

/** A program of this project, bundled as it stands in the sources, to run in a process of its own. */
export interface BundledProgram {
  /** Path of the file to run. */
  readonly path: string;
  /** Folder of its own, where a test may keep files beside it. */
  readonly folder: string;
  /** Removes the folder. */
  remove(): void;
}

/** Packages of CommonJS ask for `require`, which a module does not have. */
const required = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
const whole = { banner: { js: required }, external: ["better-sqlite3", "pg", "redis"], minify: true };

/**
 * Bundles a program.
 *
 * @param source Path of its module from the root of the project, such as `runtime/cli/main.ts`.
 * @param alias Files to take for imports of these names. Default: none.
 * @param isWhole Puts everything into one file, packages too, so that it starts in half the time; parts of their own would
 * lose the named exports of packages in CommonJS that are imported when they are needed. Default: false.
 */
export async function bundleProgram(
  source: string,
  alias: Readonly<Record<string, string>> = {},
  isWhole = false,
): Promise<BundledProgram> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "asap-program-"));
  await build({
    entryPoints: [join(root, source)],
    bundle: true,
    ...(isWhole ? whole : { splitting: true, packages: "external" }),
    format: "esm",
    target: "es2022",
    platform: "node",
    alias,
    outdir: folder,
    logLevel: "silent",
  });
  return {
    folder,
    path: join(folder, basename(source).replace(/\.ts$/, ".js")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
