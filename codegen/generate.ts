import { resolve } from "node:path";
import { generatorName, isIntact, manifestText, readManifest, writeOutput } from "./output.js";
import { readSpec, type SpecSource } from "./read.js";

/** Where a spec is and where its output goes. */
export interface GenerateOptions {
  /** Folder of the spec. */
  spec: string;
  /** Folder of the output; made when it does not exist. */
  out: string;
  /** Generate even when nothing seems to have changed. Default: false. */
  force?: boolean;
}

/** What a run did. Paths are relative to the output folder. */
export interface GenerateResult {
  readonly written: readonly string[];
  readonly deleted: readonly string[];
  readonly unchanged: readonly string[];
  /** Every file of the output. */
  readonly files: readonly string[];
  /** Time taken, in milliseconds. */
  readonly ms: number;
}

/**
 * Generates TypeScript from a spec. When the spec and the output are those of the last run, nothing is loaded or written.
 *
 * @throws CodegenError when the spec does not hold together, or a foreign file is in the way; nothing is written then.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const start = performance.now();
  const out = resolve(options.out);
  const [source, manifest, name] = await Promise.all([
    readSpec(resolve(options.spec)),
    readManifest(out),
    generatorName(),
  ]);
  const current = manifest?.spec === source.hash && manifest.generator === name ? manifest : null;
  if (current !== null && options.force !== true && (await isIntact(out, current))) {
    const files = Object.keys(current.files);
    return { written: [], deleted: [], unchanged: files, files, ms: performance.now() - start };
  }
  const files = await emit(source);
  const done = await writeOutput(out, files, manifest, manifestText(name, source.hash, files));
  return { ...done, files: [...files.keys()], ms: performance.now() - start };
}

/**
 * The whole output of a spec in memory.
 *
 * @throws CodegenError when the spec does not hold together.
 */
export async function emit(source: SpecSource): Promise<ReadonlyMap<string, string>> {
  const { load } = await import("./load.js");
  const model = load(source);
  const { emitAll } = await import("./emit/all.js");
  return emitAll(model);
}
