import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface PackageFile {
  readonly name: string;
  readonly version: string;
}

/** Folder and version of the asap-kit package that this file belongs to, compiled or not. */
export function findPackage(start: string = fileURLToPath(import.meta.url)): { root: string; version: string } {
  for (let folder = dirname(start); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (!existsSync(path)) continue;
    const { name, version }: PackageFile = JSON.parse(readFileSync(path, "utf8"));
    if (name === "asap-kit") return { root: folder, version };
  }
  throw new Error("the package.json of asap-kit is not where it was installed");
}
