import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CodegenError, compare, type Problem } from "./error.js";
import { isObject } from "./walk.js";

/** Name of the list that the generator keeps of its files. */
export const manifestName = ".manifest.json";

/** First line of every emitted file, by which the generator knows its own. */
export const mark = "// Generated from the spec. Do not edit: change the spec and run `asap generate`.";

/** The line of a header that states the hash of the spec. */
export const hashLine = /^\/\/ Spec sha256:.*$/m;

/** What the generator wrote last: the hash of the spec, and of each file. */
export interface Manifest {
  /** Version of the package that wrote it: another one may write other files from the same spec. */
  readonly generator: string;
  readonly spec: string;
  readonly files: Readonly<Record<string, string>>;
}

/** SHA-256 of a text in hexadecimal. */
function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The list of files in an output folder, null when there is none or it is not one. */
export async function readManifest(out: string): Promise<Manifest | null> {
  const text = await readIfThere(join(out, manifestName));
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    if (!isObject(found) || !isObject(found["files"])) return null;
    const { generator, spec, files } = found;
    if (typeof generator !== "string" || typeof spec !== "string") return null;
    const entries = Object.entries(files).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && isInside(entry[0]),
    );
    return { generator, spec, files: Object.fromEntries(entries) };
  } catch {
    return null;
  }
}

/** Whether a path from a list of files stays in the folder it is read from. */
function isInside(path: string): boolean {
  return path !== "" && path.split("/").every((part) => /^[\w.-]+$/.test(part) && part !== "." && part !== "..");
}

/** The text of a file, null when it does not exist. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isObject(cause) && (cause["code"] === "ENOENT" || cause["code"] === "ENOTDIR")) return null;
    throw cause;
  }
}

/** Whether every file of a manifest is there as it was written, and no stray beside them. */
export async function isIntact(out: string, manifest: Manifest): Promise<boolean> {
  const checks = Object.entries(manifest.files).map(async ([path, hash]) => {
    const text = await readIfThere(join(out, path));
    return text !== null && sha256(text) === hash;
  });
  if (!(await Promise.all(checks)).every(Boolean)) return false;
  return (await strays(out, new Set(Object.keys(manifest.files)))).length === 0;
}

/**
 * Files that carry the generator's mark, lie in the folders of those known and are not among them: left by a run whose
 * list is lost.
 */
export async function strays(out: string, known: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  for (const folder of new Set([...known].map(dirname))) {
    const names = await readdir(join(out, folder)).catch(() => []);
    for (const path of names.map((name) => (folder === "." ? name : `${folder}/${name}`))) {
      if (known.has(path) || !/\.[jt]s$/.test(path)) continue;
      if ((await readIfThere(join(out, path)))?.startsWith(mark) === true) found.push(path);
    }
  }
  return found;
}

/** Name and version of the package that this generator belongs to. */
export async function generatorName(): Promise<string> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const text = await readIfThere(join(folder, "package.json"));
    const found: unknown = text === null ? null : JSON.parse(text);
    if (isObject(found) && typeof found["version"] === "string") return `${String(found["name"])} ${found["version"]}`;
    if (dirname(folder) === folder) return "unknown";
    folder = dirname(folder);
  }
}

/** The list of files for an output, as text. */
export function manifestText(generator: string, specHash: string, files: ReadonlyMap<string, string>): string {
  const hashes = Object.fromEntries([...files].map(([path, text]) => [path, sha256(text)]));
  return `${JSON.stringify({ generator, spec: specHash, files: hashes }, null, 2)}\n`;
}

/** What writing did: paths relative to the output folder. */
interface Written {
  readonly written: readonly string[];
  readonly deleted: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * Brings an output folder to a state: writes what differs, deletes what the generator once wrote and writes no more.
 *
 * @param before - The list of files that is there now.
 * @param list - The list of files to leave there, as text.
 * @throws CodegenError when a file that is not the generator's stands where one of its files belongs; nothing is written.
 */
export async function writeOutput(
  out: string,
  files: ReadonlyMap<string, string>,
  before: Manifest | null,
  list: string,
): Promise<Written> {
  const owned = before?.files ?? {};
  const wanted = new Map<string, string>();
  const unchanged: string[] = [];
  const problems: Problem[] = [];
  for (const [path, text] of files) {
    const present = await readIfThere(join(out, path));
    if (present === text) unchanged.push(path);
    else if (present === null || present.startsWith(mark) || Object.hasOwn(owned, path)) wanted.set(path, text);
    else
      problems.push({
        file: path,
        pointer: "",
        reason: "stands in the output folder and was not written by the generator",
      });
  }
  if (problems.length > 0) throw new CodegenError(problems);
  for (const [path, text] of wanted) await replace(join(out, path), text);
  const deleted: string[] = [];
  const leftOver = new Set([...Object.keys(owned), ...(await strays(out, new Set(files.keys())))]);
  for (const path of leftOver) {
    if (files.has(path)) continue;
    const present = await readIfThere(join(out, path));
    if (present === null || !(present.startsWith(mark) || sha256(present) === owned[path])) continue;
    await rm(join(out, path));
    await removeEmpty(out, dirname(path));
    deleted.push(path);
  }
  if ((await readIfThere(join(out, manifestName))) !== list) await replace(join(out, manifestName), list);
  return { written: [...wanted.keys()], deleted: deleted.sort(compare), unchanged };
}

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function removeEmpty(out: string, folder: string): Promise<void> {
  if (folder === ".") return;
  const rest = await readdir(join(out, folder));
  if (rest.length > 0) return;
  await rmdir(join(out, folder));
  await removeEmpty(out, dirname(folder));
}
