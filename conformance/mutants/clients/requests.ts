import { gunzipSync, gzipSync } from "node:zlib";
import { objectOf } from "../edit.js";
import type { Asked } from "../wrap.js";
import { jsonAnswer, messages, mutantsOf, rewriting, rightAnswer } from "./edit.js";
import { counting, credulous, hopeless, only, refusal, silent } from "./exchanges.js";
import { type ClientFault, type ClientMutant, type Exchange, pause, reset } from "./mutant.js";

const base = mutantsOf("base-path");
const large = mutantsOf("large-body");
const redirect = mutantsOf("redirect");
const timeout = mutantsOf("call-timeout");
const abort = mutantsOf("call-abort");
const breaker = mutantsOf("breaker");
const breakerErrors = mutantsOf("breaker-errors");

const isGzip = (asked: Asked) => asked.headers["content-encoding"] === "gzip";
/** Writes a compressed message otherwise. */
const repacked =
  (change: (text: Buffer) => Partial<Asked>): Exchange =>
  async (asked, forward) => {
    if (!isGzip(asked)) return forward();
    const plain = gunzipSync(asked.body);
    const { body = asked.body, headers } = change(plain);
    await forward({ body, headers: { ...asked.headers, ...headers } });
    return rightAnswer({ ...asked, body: plain });
  };

/** Follows redirects, and tells nobody. */
const following = (change: (given: Asked["headers"]) => Asked["headers"]): Exchange =>
  messages(async (asked, forward) => {
    const reply = await forward();
    if (reply !== reset && reply.headers.location !== undefined)
      await forward({ path: "/elsewhere", headers: { ...asked.headers, ...change(asked.headers) } });
    return reply;
  });

/** Clients that are wrong about where messages go, how they are written, and when calls end. */
export const requestClients: readonly ClientMutant[] = [
  base("base-fails", "A client that fails under a base path", "completed", hopeless),
  base(
    "no-base-path",
    "A client that posts to the path alone",
    "path",
    rewriting(() => ({ path: "/asap" })),
  ),
  base(
    "two-slashes",
    "A client that keeps the slash at the end of a base URL",
    "path",
    rewriting(({ path }) => ({ path: path.replace("/asap", "//asap") })),
  ),
  large(
    "large-fails",
    "A client that fails with a large message",
    "completed",
    (): ClientFault => ({
      exchange: async (asked, forward) => {
        const reply = await forward();
        return isGzip(asked) ? refusal : reply;
      },
    }),
  ),
  large(
    "never-compresses",
    "A client that never compresses",
    "compressed",
    repacked((plain) => ({ body: plain, headers: { "content-encoding": undefined } })),
  ),
  large(
    "larger",
    "A client whose compression makes bodies larger",
    "smaller",
    repacked((plain) => ({ body: gzipSync(plain, { level: 0 }) })),
  ),
  large(
    "cut",
    "A client that cuts long texts",
    "task",
    repacked((plain) => ({ body: gzipSync(plain.toString().replace(/(hello agent, ){100}/, "")) })),
  ),
  redirect("redirect-is-success", "A client that takes a 308 for an answer", "completed", only(5, credulous)),
  redirect(
    "follows",
    "A client that follows redirects",
    "not-followed",
    following(() => ({ authorization: undefined })),
  ),
  redirect(
    "follows-with-token",
    "A client that follows redirects with its token",
    "token",
    following(() => ({})),
    ["not-followed"],
  ),
  redirect(
    "meets-no-redirect",
    "A client that sends nothing",
    "met",
    silent(() => ({ ...refusal, status: 307 })),
    ["completed", "not-followed", "token"],
  ),
  timeout("no-timeout", "A client whose calls have no timeout", ["completed", "ended"], () => ({
    env: { ASAP_CONFORMANCE_TIMEOUT_MS: "60000" },
  })),
  timeout(
    "late-timeout",
    "A client whose timeout is late",
    "ended",
    (): ClientFault => ({
      env: { ASAP_CONFORMANCE_TIMEOUT_MS: "8500" },
    }),
  ),
  abort(
    "hasty",
    "A client that makes an answer up before it is given up",
    "completed",
    (): ClientFault => ({
      exchange: messages((asked, forward) => {
        void forward();
        return pause(500).then(() => rightAnswer(asked));
      }),
    }),
  ),
  abort(
    "lingers",
    "A client that ends long after a call was given up",
    "ended",
    (): ClientFault => ({
      exchange: (_, forward) => {
        setTimeout(() => undefined, 9000);
        return forward();
      },
    }),
  ),
  breaker(
    "opens-late",
    "A client whose circuit opens after six failures",
    ["opens"],
    counting(async (number, _, forward) => {
      const reply = await forward();
      return number === 5 ? forward() : reply;
    }),
    ["probe"],
  ),
  breaker(
    "no-probe",
    "A client whose circuit stays open",
    "probe",
    counting(async (number, _, forward) => (number > 5 ? jsonAnswer({}, 503) : forward())),
  ),
  breaker(
    "two-probes",
    "A client that lets two messages through an open circuit",
    "probe",
    counting(async (number, _, forward) => {
      const reply = await forward();
      return number === 6 ? forward() : reply;
    }),
  ),
  breaker(
    "probe-is-success",
    "A client that takes a 503 for an answer when its circuit was open",
    "completed",
    counting(async (number, asked, forward) => {
      const reply = await forward();
      return number === 6 ? rightAnswer(asked) : reply;
    }),
  ),
  breakerErrors(
    "errors-open",
    "A client whose circuit opens after five JSON-RPC errors",
    "closed",
    counting(async (number, asked, forward) => {
      if (number <= 5) return forward();
      const error = { code: -32602, message: "Invalid params", data: null };
      return jsonAnswer({ jsonrpc: "2.0", error, id: objectOf(asked.body).id });
    }),
  ),
  breakerErrors(
    "seventh-is-success",
    "A client that takes an error for an answer after six others",
    "completed",
    counting(async (number, asked, forward) => {
      const reply = await forward();
      return number === 7 ? rightAnswer(asked) : reply;
    }),
  ),
];
