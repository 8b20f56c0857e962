import { readFileSync } from "node:fs";
import { type Known, membersOfPrinted, withMembersAt } from "./client-members.js";

/** A request of the reference client as it was recorded, what it was answered, and what the client told of that. */
export interface ClientExchange {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  /** Headers as they were written, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly answer: ClientAnswer;
  readonly outcome: ClientOutcome;
}

/** An answer that a client read. */
export interface ClientAnswer {
  readonly status: number;
  readonly body: string;
}

/** What the reference client told of an answer. */
export interface ClientOutcome {
  readonly name: string;
  /** Name of the exception; absent where it read what it was answered. */
  readonly failure?: string;
}

/** What the reference client does over HTTP: what it was recorded to send and to be answered, and the members that it knows. */
export interface ClientCall {
  readonly exchanges: readonly ClientExchange[];
  readonly known: Known;
}

/** The calls of which recordings are replayed. */
export interface ClientCalls {
  readonly manifest: ClientCall;
  readonly registry: ClientCall;
  readonly message: ClientCall;
}

interface Line {
  readonly name: string;
  readonly transport: string;
  readonly request?: {
    readonly line: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
  };
  readonly response?: ClientAnswer;
  readonly result?: { readonly ok?: unknown; readonly exc?: string };
}

/**
 * The outcome of each exchange, by names. Recordings of transport `client-http` stand in the order in which they were made,
 * and so do those of transport `client-result`: the first manifest that was asked for is that of `get_manifest()`, the
 * second, at `/other`, that of `discover()`.
 */
const pairs = {
  manifest: {
    "client_http_GET_other_.well-known_asap_manifest.json": "outcome client_discover",
    "client_http_GET_extra_.well-known_asap_manifest.json": "outcome client_discover_extra_field",
  },
  registry: {
    "client_http_GET_registry.json": "outcome registry",
    "client_http_GET_registry_extra.json": "outcome registry_extra_field",
    "client_http_GET_registry_array.json": "outcome registry_array_root",
  },
  message: {
    "client_http_POST_asap#1": "outcome client_send_small",
    client_http_POST_rpcerr_asap: "outcome client_rpc_error",
    client_http_POST_badid_asap: "outcome client_response_wrong_id_accepted",
    client_http_POST_extraenv_asap: "outcome client_response_envelope_extra_field",
  },
} as const;

/** The manifest with a skill that the reference itself wrote. */
const written = "manifest_200_rich";

/** Place of the envelope in an answer to a message. */
export const envelopePlace = "result.envelope";

/**
 * Reads what the reference client was recorded to do.
 *
 * The members that it knows are those of the models that its outcomes print with all their fields: `Manifest`, `Capability`
 * and `Endpoint` in `outcome client_discover`, `LiteRegistry` and `RegistryEntry` in `outcome registry`, `Envelope` in
 * `outcome client_send_small`. The printed manifest has no skill: the members of one are those that the reference writes
 * in `manifest_200_rich`, in which every field is present (wire 13.1). They are those of the tables of wire 2, 5 and 13.3.
 *
 * @param path of the file of recordings
 * @throws Error where one of these recordings is not there
 */
export function readClientCalls(path: string): ClientCalls {
  const lines = new Map(
    readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => JSON.parse(text) as Line)
      .map((line) => [line.name, line]),
  );
  const lineOf = (name: string): Line => {
    const line = lines.get(name);
    if (line === undefined) throw new Error(`no recording is called ${name}`);
    return line;
  };
  const exchangesOf = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([exchange, outcome]) => exchangeOf(lineOf(exchange), lineOf(outcome)));
  const printed = (name: string) => String(lineOf(name).result?.ok);
  const manifest = membersOfPrinted(printed("outcome client_discover"));
  const ofSkills: unknown = JSON.parse(lineOf(written).response?.body ?? "");
  return {
    manifest: {
      exchanges: exchangesOf(pairs.manifest),
      known: withMembersAt(manifest, "capabilities.skills.*", ofSkills),
    },
    registry: { exchanges: exchangesOf(pairs.registry), known: membersOfPrinted(printed("outcome registry")) },
    message: {
      exchanges: exchangesOf(pairs.message),
      known: membersOfPrinted(printed("outcome client_send_small"), envelopePlace),
    },
  };
}

function exchangeOf({ name, request, response }: Line, outcome: Line): ClientExchange {
  if (request === undefined || response === undefined) throw new Error(`${name} is no exchange`);
  const [method = "", target = ""] = request.line.split(" ");
  const { exc } = outcome.result ?? {};
  return {
    name,
    method,
    target,
    headers: request.headers,
    body: request.body,
    answer: { status: response.status, body: response.body },
    outcome: { name: outcome.name, ...(exc === undefined ? {} : { failure: exc }) },
  };
}
