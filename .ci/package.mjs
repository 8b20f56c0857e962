// Packs the package and looks at the tarball as a stranger would: publint, attw, what is inside, an import of every
// export in a folder that has nothing but the package and the dependencies it declares, and a strict type check there.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "asap-kit-package-"));
try {
  look();
} catch (cause) {
  console.error(cause.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function look() {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
  const tarball = join(folder, packed.filename);
  const strays = packed.files
    .map((file) => file.path)
    .filter((path) => /\.(test|bench)\.|^dist\/examples\/|\/(mutants|testing)\//.test(path));
  if (strays.length > 0) throw new Error(`the tarball holds files no user needs:\n${strays.join("\n")}`);
  console.log(`${packed.filename}: ${packed.files.length} files, ${Math.round(packed.size / 1024)} kB`);

  run(process.execPath, [join(modules, "publint/src/cli.js"), "--strict", tarball], root);
  console.log("publint: no fault");
  run(process.execPath, [join(modules, "@arethetypeswrong/cli/dist/index.js"), tarball, ...attw()], root);
  console.log("attw: types and code agree for ESM users");

  install(tarball);
  const entries = entryNames();
  const program = entries.map((name) => `await import(${JSON.stringify(name)}${attributes(name)});`).join("\n");
  writeFileSync(join(folder, "all.mjs"), program);
  run(process.execPath, ["all.mjs"], folder);
  console.log(`imported ${entries.length} entries`);
  const version = run(process.execPath, [join("node_modules", manifest.name, manifest.bin.asap), "--version"], folder);
  if (version.trim() !== manifest.version) throw new Error(`asap --version prints ${version.trim()}`);
  typecheck(entries.filter((name) => !name.endsWith(".json")));
}

/** The dependencies are links to the ones in this tree, so nothing is fetched and nothing undeclared is found. */
function install(tarball) {
  const home = join(folder, "node_modules", manifest.name);
  mkdirSync(home, { recursive: true });
  run("tar", ["-xzf", tarball, "--strip-components=1", "-C", home], folder);
  for (const name of [...Object.keys(manifest.dependencies), "@types/node", "undici-types"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link, "dir");
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
}

/** Every export by the name a user writes; a pattern stands for each file that it matches. */
function entryNames() {
  const home = join(folder, "node_modules", manifest.name);
  return Object.entries(manifest.exports).flatMap(([key, target]) => {
    const name = (path) => `${manifest.name}${path.slice(1)}`;
    if (!key.includes("*")) return [name(key)];
    const [before, after] = target.split("*");
    return readdirSync(join(home, before), { recursive: true })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(after === "" ? ".json" : after))
      .map((path) => name(key.replace("*", path.slice(0, path.length - after.length))));
  });
}

function typecheck(entries) {
  const lines = entries.map((name, index) => `import * as e${index} from ${JSON.stringify(name)};`);
  writeFileSync(join(folder, "all.ts"), `${lines.join("\n")}\nexport default [${lines.map((_, i) => `e${i}`)}];\n`);
  const options = { module: "nodenext", target: "es2022", lib: ["es2023", "esnext.disposable", "dom", "dom.iterable"] };
  const compilerOptions = { ...options, types: ["node"], strict: true, exactOptionalPropertyTypes: true, noEmit: true };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["all.ts"] }));
  run(process.execPath, [join(modules, "typescript/bin/tsc"), "-p", "tsconfig.json"], folder);
  console.log(`type-checked ${entries.length} entries with the declarations of the package itself checked too`);
}

function attw() {
  const patterns = Object.keys(manifest.exports).filter((key) => key.includes("*") || key.endsWith(".json"));
  return ["--profile", "esm-only", "--no-emoji", "--exclude-entrypoints", ...patterns.map((key) => key.slice(2))];
}

function attributes(name) {
  return name.endsWith(".json") ? ', { with: { type: "json" } }' : "";
}

function run(command, words, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, encoding: "utf8", maxBuffer: 1 << 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${words.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}
