import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { namedVariable, withFlags } from "./auth-options.js";
import type { CliIo } from "./output.js";

/** Options that name a secret without telling it. */
export interface SecretOptions {
  readonly secretEnv?: string;
  readonly secretFile?: string;
}

/** Adds the options that name a secret. */
export function addSecretOptions(command: Command): Command {
  return command
    .option("--secret-env <variable>", "environment variable with the secret that signs")
    .option("--secret-file <file>", "make a secret, and write it to a new file that its owner alone can read");
}

async function written(command: Command, io: CliIo, file: string): Promise<string> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  try {
    const handle = await open(resolve(io.cwd, file), "wx", 0o600);
    await handle.writeFile(`${secret}\n`).finally(() => handle.close());
    return secret;
  } catch (cause) {
    const isThere = (cause as { readonly code?: unknown }).code === "EEXIST";
    return command.error(`--secret-file ${isThere ? "names a file that is there already" : "cannot be written"}`);
  }
}

/**
 * Does what takes a secret, with the one that the options name. A file that was made for it is removed where that fails.
 */
export async function withSecret<T>(
  command: Command,
  io: CliIo,
  { secretEnv, secretFile }: SecretOptions,
  work: (secret: string | undefined) => Promise<T>,
): Promise<T> {
  if (secretEnv !== undefined && secretFile !== undefined)
    return command.error("give either --secret-env or --secret-file");
  if (secretFile === undefined) {
    const secret = secretEnv && namedVariable(command, io, "--secret-env", secretEnv);
    const { checkSecret } = await import("../webhooks/sign.js");
    if (secret !== undefined) await withFlags(command, {}, () => checkSecret(secret, "--secret-env"));
    return work(secret);
  }
  const secret = await written(command, io, secretFile);
  try {
    return await work(secret);
  } catch (cause) {
    await rm(resolve(io.cwd, secretFile), { force: true });
    throw cause;
  }
}
