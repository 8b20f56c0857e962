import { createHmac } from "node:crypto";
import type { WebhookOptions } from "../../runtime/webhooks.js";
import { asObject } from "../documents.js";
import { signatureOf } from "../webhook-signature.js";
import { json, objectOf, sent } from "./edit.js";
import type { Forward, Posting, RelayEdit } from "./relay.js";
import type { Mutant } from "./wrap.js";

/** An agent that is wrong in one way about webhooks. */
export interface PostingMutant extends Pick<Mutant, "name" | "ask" | "answer"> {
  /** Ids of the cases of the area that must see it, all of them. */
  readonly killedBy: readonly string[];
  readonly options?: WebhookOptions;
  /** Changes deliveries on their way. */
  readonly relay?: RelayEdit;
  /** Makes such a function that keeps something in mind, anew for each agent. */
  readonly makeRelay?: () => RelayEdit;
}

/** Changes the config of a request over HTTP; undefined leaves it. */
const config = (change: (config: Config) => Config | undefined): NonNullable<Mutant["ask"]> =>
  sent((envelope) => {
    const payload = asObject(envelope.payload);
    const own = asObject(payload?.config);
    const changed = own === undefined ? undefined : change(own);
    return changed === undefined ? {} : { payload: { ...payload, config: changed } };
  });

type Config = Readonly<Record<string, unknown>>;

const done = { status: 204 };
const retries = ["500", "503", "408", "429", "no-answer", "wait", "same-body", "same-id", "signed"];
const redirects = ["301", "302", "303", "307", "308"].map((status) => `redirect.${status}`);
const retry = (...names: readonly string[]) => names.map((name) => `retry.${name}`);

/** Drops the deliveries of an event. */
const silentOn =
  (event: string): RelayEdit =>
  async (posting, forward) =>
    posting.event === event ? done : forward();

/** Changes the body, and signs it again. */
const rewritten =
  (change: (body: Buffer, posting: Posting) => string | Buffer): RelayEdit =>
  async (posting, forward) => {
    const body = Buffer.from(change(posting.body, posting));
    return forward({ body, headers: signedAgain(posting, body) });
  };

const signedAgain = ({ headers, secret }: Posting, body: Buffer) =>
  secret === undefined ? headers : { ...headers, "x-asap-signature": signatureOf(body, secret) };

/** Changes the header with the signature; leaves it out where there is none given. */
const signed =
  (change: (value: string, posting: Posting) => string | undefined): RelayEdit =>
  async (posting, forward) => {
    const { "x-asap-signature": value, ...rest } = posting.headers;
    const own = value === undefined ? undefined : change(value, posting);
    return forward({ headers: own === undefined ? rest : { ...rest, "x-asap-signature": own } });
  };

const hmac = (key: string | Buffer, data: string | Buffer) => createHmac("sha256", key).update(data);

/** Tells the agent that all is well where the receiver answered so. */
const givesUpOn =
  (...statuses: readonly number[]): RelayEdit =>
  async (_, forward) => {
    const replied = await forward();
    return statuses.includes(replied.status) ? done : replied;
  };

/** Follows a redirect. */
const follows =
  (changed: (status: number) => Parameters<Forward>[0], statuses: readonly number[]): RelayEdit =>
  async (_, forward) => {
    const replied = await forward();
    const { status, location } = replied;
    if (!statuses.includes(status) || location === undefined) return replied;
    await forward({ path: location, ...changed(status) });
    return done;
  };

const tellings: readonly PostingMutant[] = [
  {
    name: "posts nothing of the beginning",
    killedBy: ["events.started", "events.websocket", "config.null"],
    relay: silentOn("task.started"),
  },
  {
    name: "posts nothing of the end of a conversation whose name is beyond ASCII",
    killedBy: ["events.completed", "events.none-chosen"],
    relay: async ({ event, body }, forward) =>
      event === "task.completed" && body.includes('"conversation_id":"conv_\\u00fc') ? done : forward(),
  },
  {
    name: "posts nothing of failures",
    killedBy: ["events.cancelled", "events.failed"],
    relay: silentOn("task.failed"),
  },
  { name: "posts no progress", killedBy: ["events.progress"], relay: silentOn("task.progress") },
  { name: "puts", killedBy: ["events.method"], relay: async (_, forward) => forward({ method: "PUT" }) },
  {
    name: "posts as text",
    killedBy: ["events.method"],
    relay: async ({ headers }, forward) => forward({ headers: { ...headers, "content-type": "text/plain" } }),
  },
  {
    name: "posts every event",
    killedBy: ["events.chosen", "events.none-chosen"],
    ask: config(({ callback_events: events, ...rest }) => (isKnown(events) ? rest : undefined)),
  },
  {
    name: "posts nothing where events are null",
    killedBy: ["config.null"],
    ask: config((own) => (own.callback_events === null ? { ...own, callback_events: ["artifact.ready"] } : undefined)),
  },
  {
    name: "posts nothing for a task over a WebSocket",
    killedBy: ["events.websocket", "events.cancelled"],
    relay: async (posting, forward) => (posting.isOverSocket ? done : forward()),
  },
  {
    name: "names another task",
    killedBy: ["body.form"],
    relay: rewritten((body) => body.toString("utf8").replace(/"task_id":"[^"]*"/, '"task_id":"task_another"')),
  },
];

const bodies: readonly PostingMutant[] = [
  {
    name: "names no task",
    killedBy: ["body.form"],
    relay: rewritten((body) => body.toString("utf8").replace(/,"task_id":"[^"]*"/, "")),
  },
  {
    name: "writes keys as they come",
    killedBy: ["body.canonical"],
    relay: rewritten((body) => JSON.stringify(Object.fromEntries(Object.entries(objectOf(body)).toReversed()))),
  },
  {
    name: "sorts the outer keys alone",
    killedBy: ["body.canonical"],
    relay: rewritten((body) =>
      body.toString("utf8").replace(/"data":\{("conversation_id":"[^"]*"),(.*)\}(?=,"event")/, '"data":{$2,$1}'),
    ),
  },
  {
    name: "does not escape what is beyond ASCII",
    killedBy: ["body.canonical"],
    relay: rewritten((body) => JSON.stringify(objectOf(body))),
  },
  {
    name: "writes a space after each colon",
    killedBy: ["body.canonical"],
    relay: rewritten((body) => body.toString("utf8").replaceAll('":', '": ')),
  },
  {
    name: "ends bodies with a line feed",
    killedBy: ["body.canonical"],
    relay: rewritten((body) => `${body.toString("utf8")}\n`),
  },
];

const bySecret = ["signature.exact", "signature.secret.non-ascii", "signature.secret.prefix", "retry.signed"];

const signatures: readonly PostingMutant[] = [
  { name: "does not sign", killedBy: bySecret, options: { profiles: ["standard"] } },
  { name: "signs in upper-case letters", killedBy: bySecret, relay: signed((value) => value.toUpperCase()) },
  { name: "signs without sha256=", killedBy: bySecret, relay: signed((value) => value.replace("sha256=", "")) },
  {
    name: "signs in Base64",
    killedBy: bySecret,
    relay: signed((_, { body, secret = "" }) => `sha256=${hmac(secret, body).digest("base64")}`),
  },
  {
    name: "signs with SHA-512",
    killedBy: bySecret,
    relay: signed((_, { body, secret = "" }) => `sha256=${createHmac("sha512", secret).update(body).digest("hex")}`),
  },
  {
    name: "signs what a parser makes of the body",
    killedBy: ["signature.exact"],
    relay: signed((_, { body, secret = "" }) => signatureOf(Buffer.from(JSON.stringify(objectOf(body))), secret)),
  },
  {
    name: "reads the secret as Latin-1",
    killedBy: ["signature.secret.non-ascii"],
    relay: signed((_, { body, secret = "" }) => `sha256=${hmac(Buffer.from(secret, "latin1"), body).digest("hex")}`),
  },
  {
    name: "decodes the secret for X-ASAP-Signature",
    killedBy: ["signature.secret.prefix"],
    relay: signed((value, { body, secret = "" }) =>
      secret.startsWith("whsec_")
        ? `sha256=${hmac(Buffer.from(secret.slice(6), "base64"), body).digest("hex")}`
        : value,
    ),
  },
  {
    name: "signs without a secret",
    killedBy: ["signature.none", "config.null"],
    relay: async ({ headers, body, secret }, forward) =>
      forward(secret === undefined ? { headers: { ...headers, "x-asap-signature": signatureOf(body, "") } } : {}),
  },
];

const tryings: readonly PostingMutant[] = [
  { name: "tries once", killedBy: retry(...retries), options: { retry: { retries: 0 } } },
  { name: "gives up on 500", killedBy: retry("500"), relay: givesUpOn(500) },
  {
    name: "gives up on 503",
    killedBy: retry("503", "wait", "same-body", "same-id", "signed"),
    relay: givesUpOn(503),
  },
  { name: "gives up on 408", killedBy: retry("408"), relay: givesUpOn(408) },
  { name: "gives up on 429", killedBy: retry("429"), relay: givesUpOn(429) },
  {
    name: "gives up where nobody answers",
    killedBy: retry("no-answer"),
    relay: async (_, forward) => forward().catch(() => done),
  },
  { name: "tries again at once", killedBy: retry("wait"), options: { retry: { baseMs: 50 } } },
  { name: "tries again late", killedBy: retry("wait"), options: { retry: { baseMs: 4_000 } } },
  {
    name: "gives each attempt another id",
    killedBy: retry("same-id"),
    relay: async ({ headers, attempt }, forward) =>
      forward({ headers: { ...headers, "webhook-id": `${headers["webhook-id"]}-${attempt}` } }),
  },
  {
    name: "gives each attempt another body",
    killedBy: retry("same-body"),
    relay: rewritten((body, { attempt }) => (attempt > 1 ? `${body.toString("utf8")} ` : body)),
  },
  {
    name: "signs the first attempt alone",
    killedBy: retry("signed"),
    relay: signed((value, { attempt }) => (attempt > 1 ? undefined : value)),
  },
  {
    name: "tries again whatever was wrong",
    killedBy: ["final.400", "final.404", "final.410"],
    relay: async (_, forward) => {
      const { status } = await forward();
      return { status: status >= 400 ? 503 : status };
    },
  },
  {
    name: "tries again after a redirect",
    killedBy: ["final.302"],
    relay: async (_, forward) => {
      const { status } = await forward();
      return { status: status >= 300 && status < 400 ? 503 : status };
    },
  },
  {
    name: "tries again what is gone",
    killedBy: ["final.410"],
    relay: async (_, forward) => {
      const { status } = await forward();
      return { status: status === 410 ? 503 : status };
    },
  },
  {
    name: "follows redirects",
    killedBy: redirects,
    relay: follows((status) => ({ method: status < 304 ? "GET" : "POST" }), [301, 302, 303, 307, 308]),
  },
  {
    name: "follows redirects that keep the method",
    killedBy: ["redirect.307", "redirect.308"],
    relay: follows(() => ({}), [307, 308]),
  },
  { name: "posts as fast as it can", killedBy: ["rate"], options: { endpointRate: "off", globalRate: "off" } },
  {
    name: "posts nothing anywhere while one URL has had enough",
    killedBy: ["rate"],
    makeRelay: () => {
      let crowded: string | undefined;
      return async ({ inbox, attempt }, forward) => {
        if (attempt > 5) crowded ??= inbox;
        return crowded === undefined || crowded === inbox ? forward() : { status: 503 };
      };
    },
  },
];

/** Answers with a task where the agent refused a callback to a host that a function picks. */
export const granted = (picks: (host: string) => boolean) =>
  json((answer, asked) => {
    const { params } = objectOf(asked.body);
    const payload = asObject(asObject(asObject(params)?.envelope)?.payload);
    const url = String(asObject(payload?.config)?.callback_url);
    const code = asObject(asObject(answer.error)?.data)?.code;
    const [, host = ""] = /^https:\/\/(.*)\/hook$/.exec(url) ?? [];
    if (code !== "asap:transport/webhook_url_rejected" || !picks(host)) return null;
    const envelope = { id: "e", payload_type: "task.response", payload: { task_id: "t", status: "completed" } };
    return { jsonrpc: "2.0", result: { envelope }, id: answer.id };
  });

/** Takes callbacks to the addresses of the cases whose names begin so. */
const takes = (name: string, kind: string, pattern: RegExp, cases: readonly string[]): PostingMutant => ({
  name,
  killedBy: ["", ...cases].map((one) => `address.${kind}${one}`),
  answer: granted((host) => pattern.test(host)),
});

const metadata = /^169\.254\.169\.254$|^metadata\./;

const addresses: readonly PostingMutant[] = [
  {
    ...takes(
      "takes private addresses",
      "private",
      /^(10|172|192\.168|167772161|0x0a|012)\b|^0x0a|fd12|a00:1|10\.0/,
      [],
    ),
    killedBy: [
      ...["10", "172", "172-last", "192", "ipv6", "mapped", "hexadecimal", "number", "octal", "short", "nat64", "6to4"],
    ].map((one) => `address.private.${one}`),
  },
  {
    ...takes("takes the unusual ways to write a private address", "private", /^0x|^167772161|^012|^10\.1$/, []),
    killedBy: ["hexadecimal", "number", "octal", "short"].map((one) => `address.private.${one}`),
  },
  {
    ...takes("takes private addresses within IPv6", "private", /ffff:10\.|64:ff9b|2002:/, []),
    killedBy: ["mapped", "nat64", "6to4"].map((one) => `address.private.${one}`),
  },
  {
    ...takes("takes the services of clouds", "metadata", metadata, [".name"]),
    killedBy: ["address.metadata", "address.metadata.name", "address.told"],
  },
  takes("takes link-local addresses", "link-local", /^169\.254\.1\.1|fe80|ffff:169/, [".ipv6", ".mapped"]),
  takes("takes addresses that are none", "unspecified", /^0\.|^\[::\]$/, [".range", ".ipv6"]),
  takes("takes reserved addresses", "reserved", /^240|^255|^198|^203|2001:db8/, [
    ".broadcast",
    ".benchmark",
    ".documentation",
    ".documentation-ipv6",
  ]),
  takes("takes multicast addresses", "multicast", /^224|^239|ff02/, [".last", ".ipv6"]),
  takes("takes addresses behind a carrier", "carrier", /^100\./, [".last"]),
  {
    name: "says something else of addresses",
    killedBy: ["address.told"],
    answer: json((answer) => {
      const error = asObject(answer.error);
      const data = asObject(error?.data);
      if (data?.code !== "asap:transport/webhook_url_rejected") return null;
      return { ...answer, error: { ...error, data: { ...data, code: "asap:protocol/invalid_payload" } } };
    }),
  },
];

const events = new Set<unknown>(["task.started", "task.progress", "task.completed", "task.failed", "artifact.ready"]);
function isKnown(names: unknown): boolean {
  return Array.isArray(names) && names.every((name) => events.has(name));
}
const malformed = (...names: readonly string[]) => names.map((name) => `config.malformed.${name}`);

const configs: readonly PostingMutant[] = [
  {
    name: "takes a URL that is none for no callback",
    killedBy: malformed("url.number", "url.list", "url.empty", "url.relative", "url.ftp", "url.file", "url.host"),
    ask: config(({ callback_url: url }) =>
      /^https?:\/\/[^/]/.test(String(typeof url === "string" ? url : "")) ? undefined : {},
    ),
  },
  {
    name: "posts over FTP",
    killedBy: malformed("url.ftp"),
    ask: config(({ callback_url: url }) => (String(url).startsWith("ftp:") ? {} : undefined)),
  },
  {
    name: "does not look at events",
    killedBy: malformed("events.text", "events.unknown", "events.number"),
    ask: config(({ callback_events: names, ...rest }) => (names == null || isKnown(names) ? undefined : rest)),
  },
  {
    name: "does not know events from others",
    killedBy: malformed("events.unknown"),
    ask: config(({ callback_events: names, ...rest }) => (String(names) === "task.over" ? rest : undefined)),
  },
  {
    name: "does not look at secrets",
    killedBy: malformed("secret.empty", "secret.number"),
    ask: config(({ callback_secret: secret, ...rest }) => (secret === "" || secret === 7 ? rest : undefined)),
  },
];

/** Agents that are wrong about what they post. */
export const telling: readonly PostingMutant[] = [...tellings, ...bodies, ...signatures];
/** Agents that are wrong about whom they post to, and how often. */
export const trying: readonly PostingMutant[] = [...tryings, ...addresses, ...configs];
