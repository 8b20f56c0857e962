import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Validator } from "../../generated/contract.js";
import type { ValidationIssue } from "../../generated/models.js";
import { describeIssues, issuesOf } from "../validation.js";
import { addNotes, type CliCommand, type GlobalOptions, required } from "./command.js";
import { parseDocument } from "./json-document.js";
import { readLines } from "./lines.js";
import { type CliIo, exitCodes } from "./output.js";
import { readSource, unreadable } from "./read-source.js";
import { typeMeant } from "./type-name.js";

interface Options extends GlobalOptions {
  readonly type?: string;
  readonly jsonl?: boolean;
  readonly tolerant?: boolean;
}

interface Verdict {
  readonly valid: boolean;
  readonly errors: readonly ValidationIssue[];
}

const whiteSpace = new Set([0x20, 0x09, 0x0d]);

const isBlank = (line: Uint8Array): boolean => line.every((byte) => whiteSpace.has(byte));

function judge(validate: Validator, bytes: Uint8Array): Verdict {
  const document = parseDocument(bytes);
  if (!document.ok) return { valid: false, errors: [{ type: "json_invalid", loc: [], msg: document.reason }] };
  if (validate(document.value)) return { valid: true, errors: [] };
  return { valid: false, errors: issuesOf(validate.errors) };
}

const verdictLine = (label: string, { valid, errors }: Verdict): string =>
  valid ? `${label}: valid` : `${label}: invalid: ${describeIssues([...errors])}`;

async function loadType(command: Command, word: string, tolerant: boolean): Promise<Validator> {
  const { validators } = await import("../../generated/validators/index.js");
  const loaders: Readonly<Record<string, () => Promise<Validator>>> = validators;
  const plain = Object.keys(loaders).filter((name) => !name.endsWith("Tolerant"));
  const meant = typeMeant(word, plain);
  const load = "name" in meant ? (tolerant && loaders[`${meant.name}Tolerant`]) || loaders[meant.name] : undefined;
  if (load) return load();
  const like = "like" in meant && meant.like.length > 0 ? `. Did you mean ${meant.like.join(", ")}?` : "";
  return command.error(`there is no type ${word}${like}`);
}

async function judgeLines(validate: Validator, source: string, json: boolean, io: CliIo): Promise<boolean> {
  const chunks: AsyncIterable<Uint8Array> = source === "-" ? io.stdin() : createReadStream(resolve(io.cwd, source));
  let number = 0;
  let allValid = true;
  try {
    for await (const line of readLines(chunks)) {
      number += 1;
      if (isBlank(line)) continue;
      const verdict = judge(validate, line);
      allValid &&= verdict.valid;
      await io.print(json ? JSON.stringify(verdict) : verdictLine(`line ${number}`, verdict));
    }
  } catch (cause) {
    throw unreadable(source, cause);
  }
  return allValid;
}

/** `asap validate`: holds JSON documents against a type of the protocol. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<file>", "file, or - for standard input")
      .option(
        "--type <type>",
        "required: name of the type, in any letter case, or of a message type: Envelope, task.request",
      )
      .option("--jsonl", "one document per line; blank lines are skipped")
      .option("--tolerant", "accept unknown members where readers ignore them (manifest, registry, health)");
    addNotes(command, {
      examples: [
        "validate --type Envelope envelope.json",
        "validate --type task.request --jsonl requests.jsonl --json",
        "health http://localhost:8000 --json | asap validate --type Health -",
      ],
      exits: { 0: "all valid", 1: "some invalid", 2: "could not be read" },
    });
  },
  async run(command: Command, io) {
    const [source = "-"] = command.args;
    const { type, jsonl = false, tolerant = false, json = false } = command.optsWithGlobals<Options>();
    const validate = await loadType(command, required(command, "--type <type>", type), tolerant);
    if (jsonl) return (await judgeLines(validate, source, json, io)) ? exitCodes.ok : exitCodes.findings;
    const verdict = judge(validate, await readSource(source, io));
    await io.print(json ? JSON.stringify(verdict) : verdictLine(source === "-" ? "stdin" : source, verdict));
    return verdict.valid ? exitCodes.ok : exitCodes.findings;
  },
};
