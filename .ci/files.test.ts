import { describe, expect, test } from "vitest";
import { filesOf, read, trackedFiles } from "./sources.js";

const rooms = ["spec", "codegen", "generated", "runtime", "conformance", "examples", ".ci", "docs"];
const written = filesOf(rooms, /\.(ts|mjs|js)$/).filter((path) => !/(^|\/)generated\//.test(path));
const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|schema|d))?\.[a-z0-9]+$/;
const folderName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

describe("file rules", () => {
  test("folders and files are named in kebab-case", () => {
    const named = rooms.filter((room) => !room.startsWith("."));
    const own = trackedFiles().filter((path) => named.includes(path.split("/")[0] ?? "") && path.includes("/"));
    expect(own.length).toBeGreaterThan(0);
    const wrong = own.filter((path) => {
      const parts = path.split("/");
      const file = parts.pop() ?? "";
      if (file === "README.md" || file.startsWith(".")) return !parts.every((part) => folderName.test(part));
      if (path.startsWith("spec/samples/")) return !parts.slice(0, 3).every((part) => folderName.test(part));
      return !fileName.test(file) || !parts.every((part) => folderName.test(part));
    });
    expect(wrong).toEqual([]);
  });

  test("the top level holds the rooms, the documents and dotfiles, and no further folder", () => {
    const folders = new Set(trackedFiles().flatMap((path) => (path.includes("/") ? [path.split("/")[0]] : [])));
    const further = [...folders].filter((folder) => !rooms.includes(folder ?? "") && !folder?.startsWith("."));
    expect(further).toEqual([]);
  });

  test("no folder is named util, utils, helpers, shared, common, lib or core", () => {
    const dumping = /(^|\/)(util|utils|helper|helpers|shared|common|lib|core)\//;
    expect(trackedFiles().filter((path) => dumping.test(path))).toEqual([]);
  });

  test("no hand-written file is over 400 lines", () => {
    const long = written.map((path) => [path, read(path).trimEnd().split("\n").length] as const);
    expect(long.filter(([, lines]) => lines > 400)).toEqual([]);
  });

  test("code is silent about types it cannot prove: no any, no suppressed error, no note to self", () => {
    const self = ".ci/files.test.ts";
    const banned =
      /@ts-ignore|@ts-expect-error|@ts-nocheck|biome-ignore|eslint-disable|\bas any\b|\b(TODO|FIXME|XXX)\b/;
    const allowed = (path: string, line: string) => path.endsWith(".test.ts") && line.includes("@ts-expect-error");
    const found = written
      .filter((path) => path !== self)
      .flatMap((path) =>
        read(path)
          .split("\n")
          .filter((line) => banned.test(line) && !allowed(path, line))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(found).toEqual([]);
  });

  test("every file ends with a line break and has no carriage return", () => {
    const text = trackedFiles().filter(
      (path) => /\.(ts|js|mjs|json|md|yml)$/.test(path) && !path.startsWith("spec/samples/"),
    );
    expect(text.filter((path) => !read(path).endsWith("\n") || read(path).includes("\r"))).toEqual([]);
  });
});

describe("registry hosts", () => {
  const text = trackedFiles().filter((path) => !/\.(png|gz|br)$/.test(path));
  const hosts = [
    ["registry", "npmjs", "org"],
    ["registry", "yarnpkg", "com"],
    ["npm", "pkg", "github", "com"],
  ];
  const own = ["npmjs", "org"].join(".");

  test("no tracked file names a package registry", () => {
    const found = text.filter((path) => {
      const content = read(path);
      return content.includes(own) || hosts.some((host) => content.includes(host.join(".")));
    });
    expect(found).toEqual([]);
  });

  test("the lockfile says what to install, with a digest for each package, and not from where", () => {
    const lock = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
    };
    const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
    expect(read(".npmrc")).toContain("omit-lockfile-registry-resolved=true");
  });
});
