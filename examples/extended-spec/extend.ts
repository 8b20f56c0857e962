import { cp, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the schemas and message types of this example stand in the source tree. */
export const additions = join(
  dirname(fileURLToPath(import.meta.resolve("asap-kit/package.json"))),
  "examples/extended-spec/additions",
);

/**
 * Writes the ASAP spec that the package ships, and the additions of this example, into an empty folder. In a project
 * of your own this is done once, by hand: copy the folder, add your files, keep both under version control.
 */
export async function extendSpec(folder: string): Promise<void> {
  await cp(dirname(fileURLToPath(import.meta.resolve("asap-kit/spec/protocol.json"))), folder, { recursive: true });
  for (const kind of ["entities", "payloads"]) await cp(join(additions, kind), join(folder, kind), { recursive: true });
  const file = join(folder, "protocol.json");
  const protocol = JSON.parse(await readFile(file, "utf8")) as { messages: Record<string, unknown> };
  const messages = JSON.parse(await readFile(join(additions, "messages.json"), "utf8")) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...protocol, messages: { ...protocol.messages, ...messages } }, null, 2));
}
