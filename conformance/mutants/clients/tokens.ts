import { routes } from "../../../generated/routes.js";
import type { Asked } from "../wrap.js";
import { headers, isMessage, jsonAnswer, messages, mutantsOf, rewriting, rightAnswer } from "./edit.js";
import { answering, asking, type ClientMutant, type Exchange } from "./mutant.js";

const bearer = mutantsOf("bearer-token");
const refused = mutantsOf("bearer-refused");
const grant = mutantsOf("oauth-credentials");
const metadata = mutantsOf("oauth-metadata");
const foreign = mutantsOf("oauth-foreign-issuer");
const renewal = mutantsOf("oauth-renewal");
const again = mutantsOf("oauth-refused");

const variable = (name: string): string => process.env[`ASAP_CONFORMANCE_${name}`] ?? "";
const isManifest = ({ path }: Asked): boolean => path === routes.manifest.path;
const isMetadata = ({ path }: Asked): boolean => path.includes("/.well-known/o");
const isTokenRequest = ({ method, path }: Asked): boolean => method === "POST" && path.startsWith("/issuer/");

/** A client that makes nothing of the answer to its message. */
const takesNoAnswer: Exchange = messages(async (_, forward) => {
  await forward();
  return jsonAnswer({}, 400);
});

/** Changes some requests. */
const only = (isOne: (asked: Asked) => boolean, change: (asked: Asked) => Partial<Asked>): Exchange =>
  asking((asked) => (isOne(asked) ? { ...asked, ...change(asked) } : asked));

const adding = (isOne: (asked: Asked) => boolean, authorization: () => string): Exchange =>
  only(isOne, (asked) => ({ headers: { ...asked.headers, authorization: authorization() } }));

/** Changes the form of requests for a token. */
const form = (change: (form: URLSearchParams) => void): Exchange =>
  only(isTokenRequest, ({ body }) => {
    const changed = new URLSearchParams(body.toString("utf8"));
    change(changed);
    return { body: Buffer.from(changed.toString()) };
  });

const otherToken = headers(() => ({ authorization: "Bearer of-nobody" }));
const ownBasic = () =>
  `Basic ${Buffer.from(`${variable("CLIENT_ID")}:${variable("CLIENT_SECRET")}`).toString("base64")}`;

/** Clients that are wrong with tokens. */
export const tokenClients: readonly ClientMutant[] = [
  bearer(
    "bearer-takes-no-answer",
    "A client with a token that fails although it is answered",
    "completed",
    takesNoAnswer,
  ),
  bearer(
    "no-token",
    "A client that does not send the token that it was given",
    "authorization",
    headers(() => ({ authorization: undefined })),
  ),
  bearer(
    "other-scheme",
    "A client that names another scheme than Bearer",
    "authorization",
    headers(({ authorization }) => ({ authorization: String(authorization).replace("Bearer", "Token") })),
  ),
  bearer(
    "cuts-padding",
    "A client that leaves the padding of a token out",
    "authorization",
    headers(({ authorization }) => ({ authorization: String(authorization).replace(/=+$/, "") })),
  ),
  bearer(
    "token-in-url",
    "A client that writes the token into the URL too",
    "header-alone",
    rewriting(({ path }) => ({ path: `${path}?access_token=${encodeURIComponent(variable("TOKEN"))}` })),
  ),
  bearer(
    "token-for-manifest",
    "A client that sends its token for the manifest",
    "open",
    adding(isManifest, () => `Bearer ${variable("TOKEN")}`),
  ),
  refused(
    "takes-refusal",
    "A client that takes the refusal of its token for an answer",
    "completed",
    messages(async (asked, forward) => {
      await forward();
      return rightAnswer(asked);
    }),
  ),
  refused(
    "refused-sends-again",
    "A client that sends again what was refused for its token",
    "final",
    messages(async (_, forward) => {
      await forward();
      return forward();
    }),
  ),
  grant(
    "grant-takes-no-answer",
    "A client with a granted token that fails although it is answered",
    "completed",
    () => {
      let count = 0;
      const exchange = messages(async (asked, forward) => {
        await forward();
        return count++ === 0 ? rightAnswer(asked) : jsonAnswer({}, 400);
      });
      return { exchange };
    },
  ),
  grant("guesses-endpoints", "A client that guesses the endpoints of an issuer", "metadata", async (asked, forward) => {
    if (!isMetadata(asked)) return forward();
    const issuer = variable("ISSUER");
    return jsonAnswer({ issuer, token_endpoint: `${issuer}/grants/tokens`, jwks_uri: `${issuer}/keys` });
  }),
  grant("tries-endpoint", "A client that tries another token endpoint first", "endpoint", async (asked, forward) => {
    if (isTokenRequest(asked))
      await forward({ path: "/issuer/token", headers: { ...asked.headers, authorization: undefined } });
    return forward();
  }),
  grant(
    "password-grant",
    "A client that asks by the password grant",
    "grant",
    form((fields) => fields.set("grant_type", "password")),
  ),
  grant(
    "json-grant",
    "A client that asks for a token in JSON",
    "form",
    only(isTokenRequest, ({ body, headers: own }) => ({
      headers: { ...own, "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(Object.fromEntries(new URLSearchParams(body.toString("utf8"))))),
    })),
    ["scope"],
  ),
  grant(
    "secret-in-form",
    "A client that writes its secret into the form",
    "basic",
    only(isTokenRequest, ({ body, headers: own }) => {
      const fields = { client_id: variable("CLIENT_ID"), client_secret: variable("CLIENT_SECRET") };
      const more = new URLSearchParams(fields).toString();
      return { headers: { ...own, authorization: undefined }, body: Buffer.concat([body, Buffer.from(`&${more}`)]) };
    }),
    ["encoded-credentials"],
  ),
  grant(
    "raw-credentials",
    "A client that puts its id and its secret together as they are",
    "encoded-credentials",
    adding(isTokenRequest, ownBasic),
  ),
  grant(
    "no-scope",
    "A client that does not ask for the scopes that it is told",
    "scope",
    form((fields) => fields.delete("scope")),
  ),
  grant("secret-for-metadata", "A client that sends its secret for metadata", "secret", adding(isMetadata, ownBasic)),
  grant("made-up-token", "A client that sends a token that nobody gave", "bearer", otherToken),
  grant("keeps-no-token", "A client that asks for a token for each message", "kept", async (asked, forward) => {
    if (isTokenRequest(asked)) await forward();
    return forward();
  }),
  grant(
    "granted-for-manifest",
    "A client that sends a granted token for the manifest",
    "open",
    adding(isManifest, () => "Bearer granted"),
  ),
  metadata(
    "metadata-takes-no-answer",
    "A client that found the metadata and fails although it is answered",
    "completed",
    takesNoAnswer,
  ),
  metadata("metadata-made-up-token", "A client that found the metadata and sends another token", "bearer", otherToken),
  metadata(
    "one-metadata-place",
    "A client that fails where OpenID Connect discovery is not there",
    ["completed", "bearer"],
    async (asked, forward) => (isMetadata(asked) ? jsonAnswer({}, 404) : forward()),
  ),
  foreign(
    "trusts-metadata",
    "A client that takes metadata of another issuer",
    ["completed", "stops"],
    answering((answered, asked) => {
      if (!isMetadata(asked)) return answered;
      const metadata = JSON.parse(answered.body.toString("utf8"));
      return { ...answered, body: Buffer.from(JSON.stringify({ ...metadata, issuer: variable("ISSUER") })) };
    }),
  ),
  renewal("renewal-takes-no-answer", "A client that fails with its first token", "completed", takesNoAnswer, [
    "renewed",
  ]),
  renewal(
    "renews-late",
    "A client that uses a token until it expires",
    "renewed",
    answering((answered, asked) => {
      if (!isTokenRequest(asked)) return answered;
      const token = JSON.parse(answered.body.toString("utf8"));
      return { ...answered, body: Buffer.from(JSON.stringify({ ...token, expires_in: 3600 })) };
    }),
  ),
  again(
    "gives-up-token",
    "A client that gets no other token where one was refused",
    ["completed", "another"],
    answering((answered) => (answered.status === 401 ? { ...answered, status: 400 } : answered)),
  ),
  again("repeats-token", "A client that sends a refused token once more", "another", async (asked, forward) => {
    const first = await forward();
    return isMessage(asked) && typeof first !== "string" && first.status === 401 ? forward() : first;
  }),
];
