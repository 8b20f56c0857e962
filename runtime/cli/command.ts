import type { Command } from "commander";
import type { CliIo } from "./output.js";

/** A command of the CLI. Its module is loaded only when it is asked for. */
export interface CliCommand {
  /** Adds the command's arguments, options, examples and exit codes. */
  configure(command: Command): void;
  /**
   * Carries the command out and returns its exit code.
   *
   * @param rest what stands after `--`, as it is, where the command's entry says that it takes that
   */
  run(command: Command, io: CliIo, rest: readonly string[]): Promise<number>;
}

/** Options that every command takes. */
export interface GlobalOptions {
  /** Print results as JSON. */
  readonly json?: boolean;
}

/** What a command's help shows after its options. */
export interface HelpNotes {
  /** Command lines, without the leading `asap`. */
  readonly examples: readonly string[];
  /** Meaning of each exit code. */
  readonly exits: Readonly<Record<number, string>>;
}

/**
 * The value of an option that a command cannot do without. Commander checks its own required options before it looks
 * for unknown ones, so that a misspelt flag would not be named.
 */
export function required<T>(command: Command, flags: string, value: T | undefined): T {
  return value ?? command.error(`required option '${flags}' not specified`);
}

/** Adds examples and exit codes to a command's help. */
export function addNotes(command: Command, { examples, exits }: HelpNotes): void {
  const codes = Object.entries({ ...exits, 64: "wrong usage" }).map(
    ([code, meaning]) => `  ${code.padEnd(4)}${meaning}`,
  );
  const lines = examples.map((example) => `  $ asap ${example}`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}\n\nExit codes:\n${codes.join("\n")}`);
}
