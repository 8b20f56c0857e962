import { routes } from "../../generated/routes.js";
import { authCase, denied, honest, minted } from "../auth-case.js";
import type { Case, Context, Level } from "../case.js";
import { accepted, type Check, describe, expect, header, jsonOf, judged, show, status } from "../checks.js";
import { asObject, get, postText, task, taskDocument } from "../documents.js";
import { headerOf } from "../http-response.js";
import { hasMint } from "../prerequisites.js";
import type { Mint } from "../tokens.js";
import type { WireRequest } from "../wire.js";
import { watch } from "./errors.js";

const path = routes.rpc.path;
const required = "Authentication required";
const invalid = "Invalid authentication token";

const challenged = (at: number): Check =>
  header(at, "WWW-Authenticate", /(?:^|,\s*)Bearer(?![!#$%&'*+.^_`|~\w-])/i, "a Bearer challenge");

/** A task whose Authorization headers are made by a function; the report shows the token and hides its text. */
const withAuthorization = (mint: Mint, context: Context, values: (text: string) => readonly string[]): WireRequest => {
  const token = mint.token(context);
  return task(context, {}, { token, authorization: values(token.text) });
};

/** A request that counts as one without a token. */
const unauthorized = (id: string, title: string, values: (text: string) => readonly string[], level?: Level): Case =>
  authCase({
    id,
    title,
    requirements: ["OAU-001"],
    ...(level === undefined ? {} : { level }),
    steps: (mint, context) => [withAuthorization(mint, context, values)],
    checks: [denied(1, 401)],
  });

const none: readonly Case[] = [
  authCase({
    id: "none",
    title: "A request without token is refused with 401, Authentication required and a Bearer challenge",
    requirements: ["OAU-001"],
    steps: (_, context) => [task(context, {}, { credentials: false })],
    checks: [denied(1, 401, required), challenged(1)],
  }),
  authCase({
    id: "none.no-error-code",
    title: "The challenge to a request without token holds no error code",
    requirements: ["OAU-019"],
    level: "SHOULD",
    steps: (_, context) => [task(context, {}, { credentials: false })],
    checks: [
      denied(1, 401),
      expect(1, "WWW-Authenticate without error", ({ response }) => {
        const value = headerOf(response, "www-authenticate");
        return value !== undefined && !/\berror=/i.test(value) ? null : `WWW-Authenticate: ${show(value)}`;
      }),
    ],
  }),
  unauthorized("scheme.alone", "A scheme without token is refused with 401", () => ["Bearer"]),
  unauthorized("scheme.basic", "Credentials of the scheme Basic are refused with 401", () => ["Basic YTpi"]),
  unauthorized("scheme.another", "A token under another scheme is refused with 401", (text) => [`Token ${text}`]),
  unauthorized("scheme.absent", "A token without a scheme is refused with 401", (text) => [text]),
  unauthorized("scheme.joined", "A token that is joined to the scheme is refused with 401", (text) => [
    `Bearer${text}`,
  ]),
  unauthorized(
    "twice",
    "Two Authorization headers are refused with 401",
    (text) => [`Bearer ${text}`, "Bearer another"],
    "SHOULD",
  ),
  unauthorized(
    "twice.other-first",
    "Two Authorization headers, a token that does not hold first, are refused with 401",
    (text) => ["Bearer another", `Bearer ${text}`],
    "SHOULD",
  ),
  ...["lower-case", "upper-case"].map((id) =>
    authCase({
      id: `scheme.${id}`,
      title: `The scheme is read in ${id.replace("-", " ")}`,
      requirements: ["OAU-018"],
      level: "SHOULD",
      steps: (mint, context) => [
        withAuthorization(mint, context, (text) => [`${id === "lower-case" ? "bearer" : "BEARER"} ${text}`]),
      ],
      checks: [accepted(1)],
    }),
  ),
  authCase({
    id: "query",
    title: "A token in the query is not read: the request is refused with 401",
    requirements: ["OAU-001"],
    steps: (mint, context) => {
      const token = mint.token(context);
      const query = `?access_token=${token.text}&token=${token.text}`;
      return [task(context, {}, { token, authorization: [], path: `${path}${query}` })];
    },
    checks: [denied(1, 401)],
  }),
];

const told: readonly Case[] = [
  authCase({
    id: "invalid.detail",
    title: "A token that does not hold is told as Invalid authentication token, with a Bearer challenge",
    requirements: ["OAU-002"],
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, { key: "stranger" }) })],
    checks: [denied(1, 401, invalid), challenged(1)],
  }),
  authCase({
    id: "invalid.challenge",
    title: "A token that does not hold is told in WWW-Authenticate as invalid_token",
    requirements: ["OAU-019"],
    level: "SHOULD",
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, { key: "stranger" }) })],
    checks: [
      denied(1, 401),
      header(1, "WWW-Authenticate", /^Bearer\b.*\berror="?invalid_token\b/i, 'Bearer error="invalid_token"'),
    ],
  }),
  authCase({
    id: "invalid.no-echo",
    title: "No header and no body of a refusal holds a part of the token",
    requirements: ["CODE-007"],
    steps: (mint, context) => [
      task(context, {}, { token: mint.token(context, { key: "stranger" }) }),
      task(context, {}, { token: mint.token(context, { claims: { scope: "openid" } }) }),
    ],
    checks: [1, 2].map((at) =>
      expect(at, "a refusal without the token", ({ request, response }) => {
        if (response === undefined || response.status < 400) return "no refusal";
        const text = `${JSON.stringify(response.headers)}${response.body.toString("utf8")}`;
        const parts = (request.token?.text ?? "").split(".").filter((part) => part.length > 15);
        return parts.some((part) => text.includes(part)) ? "a part of the token" : null;
      }),
    ),
  }),
  watch(
    {
      id: "auth.challenge",
      title: "Every 401 of the run, over HTTP and at upgrades, has a Bearer challenge in WWW-Authenticate",
      requirements: ["OAU-001", "OAU-002"],
      expected: "WWW-Authenticate: Bearer",
      concerns: ({ response }) => response?.status === 401,
      found: (exchange) => challenged(0)([exchange], {} as Context)?.found ?? null,
    },
    "auth",
  ),
];

/** A request that is wrong in another way too: its credentials are judged first. */
const first = (id: string, words: string, request: (context: Context) => WireRequest): Case =>
  authCase({
    id: `order.${id}`,
    title: `Credentials are judged before ${words}: without token it is refused with 401, with one that does not hold too`,
    requirements: ["OAU-001", "OAU-002"],
    steps: (mint, context) => [
      { ...request(context), credentials: false },
      { ...request(context), token: mint.token(context, { key: "stranger" }) },
    ],
    checks: [denied(1, 401), denied(2, 401)],
  });

const orders: readonly Case[] = [
  first("json", "the body is parsed", () => postText('{"jsonrpc":')),
  first("structure", "the request is looked at", () => postText("[]")),
  first("method", "the method is looked up", (context) =>
    postText(JSON.stringify(taskDocument(context, { frame: { method: "asap.nothing" } }))),
  ),
  first("envelope", "the envelope is looked at", (context) => task(context, { envelope: { sender: "nobody" } })),
  first("encoding", "the content encoding is looked at", (context) =>
    task(context, {}, { headers: { "Content-Encoding": "x-unknown" } }),
  ),
];

const open = (id: string, title: string, at: string): Case =>
  authCase({
    id: `open.${id}`,
    title: `${title} is open to a caller without token`,
    requirements: ["OAU-015"],
    steps: () => [get(at, { credentials: false })],
    checks: [status(1, 200)],
  });

const texts = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A check of one member, which a list holds or which is the text itself. */
const names = (value: (context: Context) => unknown, wanted: (mint: Mint) => string, words: string): Check => {
  return (exchanges, context) => {
    if (typeof context.mint === "string") return null;
    const text = wanted(context.mint);
    return texts(value(context)).includes(text)
      ? null
      : { expected: `${words} ${text}`, found: show(value(context)), at: exchanges.length - 1 };
  };
};

const oauth2 = ({ manifest }: Context) => asObject(asObject(manifest?.auth)?.oauth2);

const facts: readonly Case[] = [
  authCase({
    id: "manifest",
    title: "The manifest names the scheme bearer and, under oauth2, issuer and audience of the tokens that are taken",
    requirements: ["MAN-015"],
    level: "SHOULD",
    steps: () => [get(routes.manifest.path, { credentials: false })],
    checks: [
      status(1, 200),
      names(
        ({ manifest }) => asObject(manifest?.auth)?.schemes,
        () => "bearer",
        "schemes with",
      ),
      names(
        (context) => oauth2(context)?.issuer,
        ({ issuer }) => issuer,
        "the issuer",
      ),
      names(
        (context) => oauth2(context)?.audience,
        ({ audience }) => audience,
        "the audience",
      ),
    ],
  }),
  {
    id: "auth.metadata",
    title: "The metadata of the protected resource, where they are served, name the issuer (RFC 9728)",
    area: "auth",
    level: "SHOULD",
    requirements: ["OAU-017"],
    prerequisites: [hasMint],
    steps: minted((mint, context) => [
      honest(mint, context),
      get(routes.protected_resource.path, { credentials: false }),
    ]),
    judge: (exchanges, context) => {
      if (exchanges[1]?.response?.status === 404)
        return { outcome: "not-applicable", reason: "the agent serves no metadata of a protected resource" };
      return judged(
        accepted(0),
        status(1, 200),
        expect(1, "a JSON object with resource, and the issuer among authorization_servers", (exchange, { mint }) => {
          const document = asObject(jsonOf(exchange));
          const servers = texts(document?.authorization_servers);
          const isRight =
            typeof document?.resource === "string" && (typeof mint === "string" || servers.includes(mint.issuer));
          return isRight ? null : describe(exchange);
        }),
      )(exchanges, context);
    },
  },
];

/** How a token is given and how its absence is told; what is open; what is said of all that. */
export const requestCases: readonly Case[] = [
  ...none,
  ...told,
  ...orders,
  open("manifest", "The manifest", routes.manifest.path),
  open("agent-health", "The health of the agent", routes.agent_health.path),
  open("liveness", "The liveness route", routes.health.path),
  open("readiness", "The readiness route", routes.ready.path),
  ...facts,
];
