import type { Command } from "commander";
import type { Baseline } from "../../conformance/index.js";
import { isAsapError } from "../error.js";
import type { CliIo } from "./output.js";
import { readSource } from "./read-source.js";

/** The known failures of `--baseline`, none unless it was given; wrong usage where they cannot be read or used. */
export async function baselineGiven(
  command: Command,
  path: string | undefined,
  io: CliIo,
): Promise<Baseline | undefined> {
  if (path === undefined) return undefined;
  const { readBaseline } = await import("../../conformance/index.js");
  try {
    return readBaseline(new TextDecoder().decode(await readSource(path, io)));
  } catch (cause) {
    const reason = isAsapError(cause) ? cause.data["reason"] : undefined;
    const message = cause instanceof Error ? cause.message : String(cause);
    return command.error(`--baseline ${path}: ${typeof reason === "string" ? reason : message}`);
  }
}
