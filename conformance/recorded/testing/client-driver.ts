// What the suite starts as the recorded client: sends what was recorded, and does with answers what was recorded of their
// kind. Its arguments are the file of recordings, a folder for the names of what it replays, by scenario, and the URL.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { routes } from "../../../generated/routes.js";
import { asObject } from "../../documents.js";
import { NotRecorded, recordedLike } from "./client-outcome.js";
import { type ClientCall, type ClientExchange, readClientCalls } from "./client-recordings.js";
import { type ClientRequest, requestAt, requestFor, send } from "./client-request.js";

/** Ends with this code where nothing was recorded of what is asked for, or of what was answered. */
const notDone = 77;

const [captures = "", notes = "", url = ""] = process.argv.slice(2);
const { ASAP_CONFORMANCE_SCENARIO: scenario = "" } = process.env;
const variable = (name: string) => process.env[`ASAP_CONFORMANCE_${name}`] ?? "";
const calls = readClientCalls(captures);
const input = { message: "hello" };
const peer = "urn:asap:agent:conformance-peer";

interface Entry {
  readonly id: string;
  readonly endpoints: { readonly http?: string };
  readonly skills: readonly string[];
}

/** The reference was recorded to fail at an answer of that kind. */
class RecordedFailure extends Error {}

/** Sends a request as the first exchange of a call was recorded, and does with the answer as it was recorded. */
async function replay(call: ClientCall, requestOf: (exchange: ClientExchange) => ClientRequest): Promise<unknown> {
  const [first] = call.exchanges;
  if (first === undefined) throw new NotRecorded("no exchange");
  const request = requestOf(first);
  const answer = await send(request);
  const { name, outcome } = recordedLike(answer, call, request.body);
  appendFileSync(join(notes, scenario), `${name}\n${outcome.name}\n`);
  if (outcome.failure !== undefined) throw new RecordedFailure(`${outcome.failure}, as in ${outcome.name}`);
  return JSON.parse(answer.body);
}

const discover = async () => replay(calls.manifest, (exchange) => requestAt(url + routes.manifest.path, exchange));
const sendTask = (base: string, recipient: string) =>
  replay(calls.message, (exchange) => requestFor(base, { recipient, input }, exchange));

/** Finds an entry as the registry of the reference does: by a skill of just that name, or by its id (wire 13.3). */
async function find(isOne: (entry: Entry) => boolean): Promise<void> {
  const registry = await replay(calls.registry, (exchange) => requestAt(variable("REGISTRY"), exchange));
  const entry = (registry as { readonly agents: readonly Entry[] }).agents.find(isOne);
  if (entry?.endpoints.http === undefined) throw new Error("no such agent is listed");
  await sendTask(entry.endpoints.http.slice(0, -routes.rpc.path.length), entry.id);
}

const findSkill = () => find(({ skills }) => skills.includes(variable("SKILL")));

/** Where a call must fail, a result is what ends this program with another code than 0. */
async function fails(call: Promise<unknown>): Promise<void> {
  const failure = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (failure === undefined) throw new Error("the answer was read");
  if (!(failure instanceof RecordedFailure)) throw failure;
}

const acts: Readonly<Record<string, () => Promise<unknown>>> = {
  discover,
  "manifest-further-members": async () => sendTask(url, String(asObject(await discover())?.id)),
  "registry-find": findSkill,
  "registry-skill": findSkill,
  "registry-further-members": findSkill,
  send: () => sendTask(url, peer),

  "registry-id": () => find(({ id }) => id === variable("AGENT")),
  "registry-list": findSkill,
  "base-path": () => sendTask(variable("BASE_URL").replace(/\/$/, ""), peer),
  "answer-error": () => fails(sendTask(url, peer)),
  "answer-internal-error": () => fails(sendTask(url, peer)),
  "answer-foreign-id": () => fails(sendTask(url, peer)),
  "answer-foreign-correlation": () => fails(sendTask(url, peer)),
};

try {
  const act = acts[scenario];
  if (act === undefined) throw new NotRecorded(`the scenario ${scenario}`);
  await act();
} catch (cause) {
  const { message } = cause as Error;
  process.stderr.write(cause instanceof NotRecorded ? `not recorded: ${message}\n` : `${message}\n`);
  process.exitCode = cause instanceof NotRecorded ? notDone : 1;
}
