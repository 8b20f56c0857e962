// What `npm run generate` does after a build: generates the code anew, also where only the generator changed, builds
// again with it, and writes the pages that are made from the program.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { generate } from "asap-kit/codegen";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const { written, deleted, unchanged } = await generate({
  spec: here("../spec"),
  out: here("../generated"),
  force: true,
});
console.log(`generated: ${written.length} files written, ${deleted.length} deleted, ${unchanged.length} as they were`);
if (written.length + deleted.length > 0) execFileSync(process.execPath, [here("../build.mjs")], { stdio: "inherit" });
execFileSync(process.execPath, [here("../docs/pages.mjs")], { stdio: "inherit" });
