import { join, resolve } from "node:path";
import { unifiedDiff } from "./diff.js";
import { compare } from "./error.js";
import { emit } from "./generate.js";
import { generatorName, hashLine, manifestName, manifestText, readIfThere, readManifest, strays } from "./output.js";
import { readSpec } from "./read.js";

/** A file of the output that is not what the spec makes of it. */
export interface Difference {
  /** Path relative to the output folder. */
  readonly file: string;
  /**
   * `changed`: says something else; `header`: only the spec hash in its first lines is another; `missing`: is not there;
   * `stray`: was written by an earlier run, or carries the generator's mark, and is no part of the output.
   */
  readonly kind: "changed" | "header" | "missing" | "stray";
  /** From what is there to what should be there, in the unified format. */
  readonly diff: string;
}

/** Outcome of a check. `differences` are sorted by file, those of kind `header` last. */
export interface CheckResult {
  readonly ok: boolean;
  readonly differences: readonly Difference[];
}

/**
 * Compares an output folder with what its spec generates today. Nothing is written.
 *
 * @throws CodegenError when the spec does not hold together.
 */
export async function check(options: { spec: string; out: string }): Promise<CheckResult> {
  const out = resolve(options.out);
  const source = await readSpec(resolve(options.spec));
  const files = await emit(source);
  const before = await readManifest(out);
  // Another version of the generator that writes the same files is no difference.
  const list = manifestText(before?.generator ?? (await generatorName()), source.hash, files);
  const wanted = new Map([...files, [manifestName, list] as const]);
  const differences: Difference[] = [];
  for (const [file, text] of wanted) {
    const present = await readIfThere(join(out, file));
    if (present === text) continue;
    const headerOnly = present !== null && (file === manifestName || withoutHash(present) === withoutHash(text));
    const kind = present === null ? "missing" : headerOnly ? "header" : "changed";
    differences.push({ file, kind, diff: unifiedDiff(file, present ?? "", text) });
  }
  const owned = Object.keys(before?.files ?? {});
  for (const file of new Set([...owned, ...(await strays(out, new Set(wanted.keys())))])) {
    const present = wanted.has(file) ? null : await readIfThere(join(out, file));
    if (present !== null) differences.push({ file, kind: "stray", diff: unifiedDiff(file, present, "") });
  }
  const order = (one: Difference) => (one.kind === "header" ? 1 : 0);
  differences.sort((a, b) => order(a) - order(b) || compare(a.file, b.file));
  return { ok: differences.length === 0, differences };
}

/** A text without its spec hash: in the header, and where the protocol itself states it. */
function withoutHash(text: string): string {
  return text.replace(hashLine, "").replace(/^ {2}specHash: .*$/m, "");
}
