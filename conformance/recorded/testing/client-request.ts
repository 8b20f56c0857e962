import { request } from "node:http";
import { routes } from "../../../generated/routes.js";
import { newUlid } from "../../ids.js";
import { NotRecorded } from "./client-outcome.js";
import type { ClientAnswer, ClientExchange } from "./client-recordings.js";

/** A request that is sent as one was recorded. */
export interface ClientRequest {
  readonly url: URL;
  readonly method: string;
  /** Names and values by turns, in the recorded order. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** What a task is sent for. */
export interface ClientTask {
  readonly recipient: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The recorded request for a document, for the one at a URL: all but Host is as it was. */
export function requestAt(url: string, { method, headers }: ClientExchange): ClientRequest {
  return written(new URL(url), method, headers, "");
}

/**
 * The recorded request that sends a task, for another task: all is as it was but Host, the recipient, the input, the time,
 * and ids and keys, which are new. The JSON-RPC id is the recorded one, which counts the requests of a client from 1.
 *
 * @param base URL of the agent, without a slash at its end (wire 16)
 */
export function requestFor(base: string, task: ClientTask, { method, headers, body }: ClientExchange): ClientRequest {
  const document = JSON.parse(body);
  const { envelope } = document.params;
  const now = Date.now();
  const key = newUlid(now);
  const own = {
    ...envelope,
    id: newUlid(now),
    timestamp: new Date(now).toISOString().replace("Z", "000Z"),
    recipient: task.recipient,
    payload: { ...envelope.payload, input: task.input },
  };
  const params = { ...document.params, envelope: own, idempotency_key: key };
  const renewed = headers.map(([name, value]) => [name, name === "X-Idempotency-Key" ? key : value] as const);
  return written(new URL(base + routes.rpc.path), method, renewed, pythonJson({ ...document, params }));
}

function written(url: URL, method: string, headers: ClientExchange["headers"], body: string): ClientRequest {
  const values: Readonly<Record<string, string>> = {
    Host: url.host,
    "Content-Length": String(Buffer.byteLength(body)),
  };
  return { url, method, headers: headers.flatMap(([name, value]) => [name, values[name] ?? value]), body };
}

/** Writes a JSON value as Python does: with a space after each comma and colon, and other than ASCII escaped. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([name, inner]) => `${pythonJson(name)}: ${pythonJson(inner)}`)
      .join(", ")}}`;
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Sends a request, and reads what is answered; a redirect is an answer.
 *
 * @throws NotRecorded for an answer with a content coding; Error for one that does not come
 */
export function send({ url, method, headers, body }: ClientRequest): Promise<ClientAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const coding = response.headers["content-encoding"];
      if (coding !== undefined) reject(new NotRecorded(`an answer with Content-Encoding: ${coding}`));
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
