import { readFileSync } from "node:fs";
import { signatureOf } from "../../webhook-signature.js";

/** A header as it was written. */
export type Header = readonly [name: string, value: string];

/** A request that the reference's library posted. */
export interface RecordedPost {
  readonly name: string;
  /** In the order in which they were sent. */
  readonly headers: readonly Header[];
  readonly body: string;
}

/** A delivery of the reference's library: one call of it, to a receiver that gave each attempt the same status. */
export interface RecordedDelivery {
  readonly status: number;
  /** Its attempts, in the order in which they came. */
  readonly posts: readonly RecordedPost[];
  /** Name of the recording of what the library told of it. */
  readonly outcome: string;
  /** Attempts that the library's dead letter counts; absent where it told of none. */
  readonly deadAfter?: number;
}

/** What the reference's library does about a status. */
export interface Habit {
  readonly delivery: RecordedDelivery;
  /** Whether that status itself was recorded. Otherwise it is another one that section 12.3 has in the same line. */
  readonly isRecorded: boolean;
}

interface Line {
  readonly name: string;
  readonly transport: string;
  readonly request?: { readonly line: string; readonly headers: readonly Header[]; readonly body: string };
  readonly response?: { readonly status: number };
  readonly result?: { readonly r?: string; readonly attempts?: readonly number[] };
}

const readLines = (): Line[] =>
  readFileSync(new URL("../../captures.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as Line);

const resultIn = /^WebhookResult\(url='https?:\/\/[^/']*([^']*)', status_code=(\d+),/;

/**
 * Every delivery whose requests were recorded, in the order in which the library told of them: the requests to a path are
 * those of the calls for that path, in that order. Of a call that reached nobody (`outcome webhook_conn_refused`) no request
 * was recorded, and so not how many attempts there were.
 *
 * @throws Error where the requests to a path are not as many for each of its calls.
 */
export function readDeliveries(): readonly RecordedDelivery[] {
  const lines = readLines();
  const results = lines.flatMap(({ name, transport, result }) => {
    const [, path, status] = resultIn.exec(result?.r ?? "") ?? [];
    if (transport !== "client-result" || path === undefined) return [];
    return [{ name, path, status: Number(status), dead: result?.attempts?.[0] }];
  });
  const paths = [...new Set(results.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const posts = lines.flatMap(({ name, transport, request, response }) => {
      if (transport !== "client-http" || request === undefined || request.line !== `POST ${path} HTTP/1.1`) return [];
      return [{ name, status: response?.status, headers: request.headers, body: request.body }];
    });
    const calls = results.filter((one) => one.path === path);
    const each = posts.length / calls.length;
    if (!Number.isInteger(each)) throw new Error(`${posts.length} requests to ${path} are of ${calls.length} calls`);
    return calls.flatMap(({ name, status, dead }, at) => {
      const own = posts.slice(at * each, (at + 1) * each);
      if (own.some((post) => post.status !== status)) throw new Error(`${name} tells of another status than was given`);
      const delivery = { status, posts: own, outcome: name, ...(dead === undefined ? {} : { deadAfter: dead }) };
      return own.length === 0 ? [] : [delivery];
    });
  });
}

/** Every delivery; read once. */
export const deliveries: readonly RecordedDelivery[] = readDeliveries();

/**
 * What the library does about a status: as it was recorded, or as it was for every recorded status of the same class, since
 * section 12.3 has one line for 2xx, 4xx, and 3xx with 5xx each.
 *
 * @param status of an answer; 0 where there was none.
 * @returns undefined where nothing was recorded of it, or different things of its class.
 */
export function habitFor(status: number): Habit | undefined {
  const exact = deliveries.find((one) => one.status === status);
  if (exact !== undefined) return { delivery: exact, isRecorded: true };
  const classOf = (code: number) => Math.floor(code / 100);
  const alike = deliveries.filter((one) => classOf(one.status) === classOf(status));
  const [first] = alike;
  const isOne = alike.every(({ posts }) => posts.length === first?.posts.length);
  return first === undefined || !isOne ? undefined : { delivery: first, isRecorded: false };
}

const signatureHeader = "x-asap-signature";
const named = (name: string) => (header: Header) => header[0].toLowerCase() === name;

/** A recorded request with or without a signature, whose caller gave no headers of its own. */
function postWith(isSigned: boolean): RecordedPost {
  const found = deliveries
    .flatMap(({ posts }) => posts)
    .find(({ headers }) => {
      const isPlain = headers.filter(named("content-type")).length === 1;
      return isPlain && headers.some(named(signatureHeader)) === isSigned;
    });
  if (found === undefined) throw new Error(`no request ${isSigned ? "with" : "without"} a signature was recorded`);
  return found;
}

/** A recorded request whose body has an event and a task. */
function postOfEvent(): RecordedPost {
  const posts = deliveries.flatMap((one) => one.posts);
  const found = posts.find(({ body }) => /"event":/.test(body) && /"task_id":/.test(body));
  if (found === undefined) throw new Error("no body with an event and a task was recorded");
  return found;
}

/** A request as it was recorded, for another event. */
export interface Form {
  /** In the recorded order. */
  readonly headers: readonly Header[];
  readonly body: Buffer;
  /** Names of the recordings that headers and body come from. */
  readonly names: readonly string[];
}

/**
 * A request as it was recorded, with or without a signature. Of the body, with its keys and its escapes, event and task are
 * put in, and what else the recorded caller gave stays in it; of the headers host, length and signature.
 *
 * @param taskId ASCII.
 * @param secret Undefined where none was given: then there is no signature.
 * @throws Error where no such request was recorded.
 */
export function formOf(event: string, taskId: string, secret: string | undefined, host: string): Form {
  const [head, model] = [postWith(secret !== undefined), postOfEvent()];
  const body = Buffer.from(
    model.body
      .replace(/"event":"[^"]*"/, () => `"event":${JSON.stringify(event)}`)
      .replace(/"task_id":"[^"]*"/, () => `"task_id":${JSON.stringify(taskId)}`),
  );
  const own: Readonly<Record<string, string | undefined>> = {
    host,
    "content-length": String(body.length),
    [signatureHeader]: secret === undefined ? undefined : signatureOf(body, secret),
  };
  return {
    headers: head.headers.map(([name, value]) => [name, own[name.toLowerCase()] ?? value]),
    body,
    names: [...new Set([head.name, model.name])],
  };
}
