import type { Command } from "commander";
import { oneOf } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { objectGiven } from "./json-document.js";
import { header, seconds } from "./peer-command.js";

interface Options extends GlobalOptions {
  readonly format?: "text" | "json";
  readonly skill?: string;
  readonly input?: string;
  readonly token?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly sender?: string;
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly burst?: boolean;
  readonly timeout?: number;
  readonly verbose?: boolean;
}

const another = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** `asap conformance server`: judges an agent by its URL. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<url>", "URL of the agent")
      .option("--format <format>", "text or json", oneOf("text", "json"))
      .option("--skill <id>", "skill asked for in tasks (default: echo)")
      .option("--input <json>", 'input of those tasks, a JSON object (default: {"message":"hello"})')
      .option("--token <token>", "bearer token to send")
      .option("--header <name: value>", "HTTP header to send; may be given again", header)
      .option("--sender <urn>", "agent the suite speaks as (default: urn:asap:agent:conformance)")
      .option(
        "--only <name>",
        "run cases of this id, area or requirement; * stands for anything; may be given again",
        another,
      )
      .option("--strict", "count warnings as findings")
      .option("--burst", "run into the agent's rate limit on purpose, at the end")
      .option("--timeout <seconds>", "longest wait for one answer (default: 8)", seconds)
      .option("--verbose", "log each case as it ends");
    addNotes(command, {
      examples: [
        "conformance server http://localhost:8000",
        'conformance server https://agents.example/billing --skill invoice --input \'{"number":7}\' --token "$TOKEN"',
        "conformance server http://localhost:8000 --only envelope --only 'RPC-*' --json",
      ],
      exits: { 0: "no MUST is broken", 1: "findings", 2: "could not run: no verdict on the agent" },
    });
  },
  async run(command: Command, io) {
    const [url = ""] = command.args;
    const options = command.optsWithGlobals<Options>();
    const { skill, token, header: headers, sender, only, burst, timeout } = options;
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) command.error(`${url} is not an http or https URL`);
    const input =
      options.input === undefined
        ? undefined
        : objectGiven(command, "--input", new TextEncoder().encode(options.input));
    const { exitCode, judgeServer, renderCase, renderJson, renderText } = await import("../../conformance/index.js");
    const report = await judgeServer(url, {
      ...(skill !== undefined && { skill }),
      ...(input !== undefined && { input }),
      ...(token !== undefined && { token }),
      ...(headers !== undefined && { headers }),
      ...(sender !== undefined && { sender }),
      ...(only !== undefined && { only }),
      ...(burst !== undefined && { burst }),
      ...(timeout !== undefined && { timeoutMs: timeout }),
      ...(options.verbose && { onCase: (result) => io.log(renderCase(result)) }),
    });
    const asJson = (options.format ?? (options.json ? "json" : "text")) === "json";
    const text = asJson ? renderJson(report) : renderText(report, { color: io.colour });
    await io.print(text.trimEnd());
    return exitCode(report, { strict: options.strict ?? false });
  },
};
