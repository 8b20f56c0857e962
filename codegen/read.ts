import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CodegenError, compare } from "./error.js";

const rootFiles = new Set(["protocol.json", "errors.json", "states.json"]);

/** A spec as text: its files by relative path, in order, and the SHA-256 of them in hexadecimal. */
export interface SpecSource {
  readonly files: ReadonlyMap<string, string>;
  readonly hash: string;
}

/**
 * Reads the files of a spec that generation depends on: the three tables and every `*.schema.json` below the folder,
 * `samples/`, `node_modules/` and folders whose name begins with a dot left out. Symbolic links are not followed. A byte
 * order mark goes, and line ends become one line feed.
 *
 * @throws CodegenError when a folder or a file cannot be read, or is no UTF-8 text.
 */
export async function readSpec(spec: string): Promise<SpecSource> {
  const paths = (await listSpec(spec)).sort(compare);
  const files = new Map<string, string>();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  for (const path of paths) {
    try {
      files.set(path, decoder.decode(await readFile(join(spec, path))).replace(/\r\n/g, "\n"));
    } catch (cause) {
      throw new CodegenError([{ file: path, pointer: "", reason: "cannot be read as UTF-8 text" }], { cause });
    }
  }
  return { files, hash: hashOf(files) };
}

function hashOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const [path, text] of files) hash.update(`${path}\n${Buffer.byteLength(text)}\n${text}`);
  return hash.digest("hex");
}

async function listSpec(spec: string, folder = ""): Promise<string[]> {
  let entries: Awaited<ReturnType<typeof openFolder>>;
  try {
    entries = await openFolder(join(spec, folder));
  } catch (cause) {
    throw new CodegenError([{ file: folder || ".", pointer: "", reason: "the spec folder cannot be read" }], { cause });
  }
  const found: string[] = [];
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && entry.name !== "node_modules" && path !== "samples") {
        found.push(...(await listSpec(spec, path)));
      }
    } else if (entry.isFile() && (rootFiles.has(path) || entry.name.endsWith(".schema.json"))) {
      found.push(path);
    }
  }
  return found;
}

function openFolder(path: string) {
  return readdir(path, { withFileTypes: true });
}
