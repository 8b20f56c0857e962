import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { CliIo } from "./output.js";
import { isUrl } from "./read-source.js";

function repositoryOf(io: CliIo): string {
  const workspace = io.env["GITHUB_WORKSPACE"];
  if (workspace) return workspace;
  for (let folder = resolve(io.cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return io.cwd;
  }
}

/**
 * How reports for code hosts name a source: a path relative to the root of its repository, with forward slashes; the
 * absolute file URL when it lies outside; a URL as it is.
 */
export function sourceLabel(source: string, io: CliIo): string {
  if (source === "-") return "stdin";
  if (isUrl(source)) return source;
  const path = resolve(io.cwd, source);
  const label = relative(repositoryOf(io), path);
  if (label === "" || label === ".." || label.startsWith(`..${sep}`) || isAbsolute(label))
    return pathToFileURL(path).href;
  return label.replaceAll(sep, "/");
}
