import { Command, CommanderError } from "commander";
import { addNotes } from "./command.js";
import { type CommandEntry, commands, groups } from "./commands.js";
import { type CliIo, exitCodes, fail } from "./output.js";
import { findPackage } from "./package-root.js";

const notes = `
Examples:
  $ asap serve --port 8000
  $ asap call http://localhost:8000 echo '{"message":"hi"}'
  $ asap conformance server http://localhost:8000
  $ asap registry validate registry.json
  $ asap generate --check

Results go to standard output, logs to standard error.

Exit codes:
  0   good
  1   findings
  2   could not run
  64  wrong usage`;

function createProgram(io: CliIo): Command {
  const write = (text: string) => text.replace(/\n$/, "");
  return new Command("asap")
    .description("The ASAP agent protocol: regenerate its types, judge agents, check registries.")
    .option("--json", "print results as JSON")
    .version(findPackage().version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "Print help for a command")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.print(write(text)),
      writeErr: (text) => io.log(write(text)),
      outputError: () => {},
      getOutHasColors: () => io.colour,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText("after", notes);
}

function addGroup(parent: Command, word: string): Command {
  const { summary = "", examples = [] } = groups[word] ?? {};
  const group = parent.command(word).description(summary).helpCommand("help [command]", "print help for a command");
  addNotes(group, { examples, exits: { 0: "good", 1: "findings", 2: "could not run" } });
  return group;
}

function addCommand(program: Command, entry: CommandEntry): Command {
  let parent = program;
  for (const word of entry.path.slice(0, -1)) {
    parent = parent.commands.find((command) => command.name() === word) ?? addGroup(parent, word);
  }
  return parent.command(entry.path.at(-1) ?? "").description(entry.summary);
}

function wantedEntry(argv: readonly string[]): CommandEntry | undefined {
  const words = argv.filter((word) => !word.startsWith("-") && word !== "help");
  return commands.find(({ path }) => path.every((word, index) => words[index] === word));
}

/** The message of a wrong command line, without the value of a header or of an unknown option: it may be a secret. */
function usageMessage(error: CommanderError): string {
  const shown = error.message
    .replace(/^(error: unknown option '[^=']+)=.*'/s, "$1'")
    .replace(/^(error: option '--header [^']*') argument '.*' is invalid\./s, "$1 is invalid.");
  const text = shown.replace(/^error: /, "").replace(/\n\((Did you mean .*)\)$/s, ". $1");
  return text.replace(/\.$/, "");
}

function report(io: CliIo, cause: unknown): number {
  if (cause instanceof CommanderError) {
    if (cause.exitCode === 0) return exitCodes.ok;
    if (cause.code !== "commander.help") fail(io, usageMessage(cause), "usage");
    return exitCodes.usage;
  }
  const { message, code } = cause as { message?: unknown; code?: unknown };
  fail(io, String(message ?? cause), typeof code === "string" ? code : "asap:rpc/internal_error");
  return exitCodes.couldNotRun;
}

/**
 * Runs the CLI.
 *
 * @param argv words of the command line after the program's name
 * @param io what the command may touch of its process
 * @returns the exit code: 0 good, 1 findings, 2 could not run, 64 wrong usage
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  const end = argv.indexOf("--");
  const head = end < 0 ? argv : argv.slice(0, end);
  const wanted = wantedEntry(head) ?? wantedEntry(argv);
  const isSplit = end >= 0 && wanted?.takesRest === true;
  const rest = isSplit ? argv.slice(end + 1) : [];
  let exitCode: number = exitCodes.ok;
  try {
    for (const entry of commands) {
      const command = addCommand(program, entry);
      if (entry !== wanted) continue;
      const module = await entry.load();
      module.command.configure(command);
      command.action(async () => {
        exitCode = await module.command.run(command, io, rest);
      });
    }
    await program.parseAsync([...(isSplit ? head : argv)], { from: "user" });
    return exitCode;
  } catch (cause) {
    return report(io, cause);
  }
}
