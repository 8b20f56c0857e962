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

/**
 * Bundles a program.
 *
 * @param source Path of its module from the root of the project, such as `runtime/cli/main.ts`.
 */
export async function bundleProgram(source: string): Promise<BundledProgram> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "asap-program-"));
  await build({
    entryPoints: [join(root, source)],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    outdir: folder,
    logLevel: "silent",
  });
  return {
    folder,
    path: join(folder, basename(source).replace(/\.ts$/, ".js")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
