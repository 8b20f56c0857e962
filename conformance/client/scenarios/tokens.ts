import { asObject } from "../../documents.js";
import { ending, every, failed, headerIn, pass } from "../checks.js";
import {
  asksForMetadata,
  asksForToken,
  authorizedSends,
  bearerIn,
  formOf,
  isAtTokenEndpoint,
  issuedIn,
  issuerPath,
  issuing,
} from "../issuing.js";
import { requestOf } from "../least.js";
import type { ClientCase, Scenario } from "../scenario.js";
import type { Received, Session } from "../session.js";
import { openCase } from "./bearer.js";
import { helloTask } from "./http.js";

/** Milliseconds that a message may take from the client to the peer. */
const onTheWayMs = 500;
const clientId = "conformance-client";
const clientSecret = "conformance+client/secret%1";
const scope = "asap:read asap:execute";
const credentials: Scenario["env"] = {
  ASAP_CONFORMANCE_ISSUER: { summary: "identifier of the issuer, a URL", value: (url) => `${url}${issuerPath}` },
  ASAP_CONFORMANCE_CLIENT_ID: { summary: "id of the client at the issuer", value: () => clientId },
  ASAP_CONFORMANCE_CLIENT_SECRET: { summary: "its secret", value: () => clientSecret },
  ASAP_CONFORMANCE_SCOPE: { summary: "scopes to ask for, parted by spaces", value: () => scope },
};
const wait = (ms: number): Scenario["env"] => ({
  ASAP_CONFORMANCE_WAIT_MS: { summary: "milliseconds to wait", value: () => String(ms) },
});

const grant =
  "Get a token by the client credentials grant, its endpoints found by the metadata of the issuer at ASAP_CONFORMANCE_ISSUER, with ASAP_CONFORMANCE_CLIENT_ID, ASAP_CONFORMANCE_CLIENT_SECRET and ASAP_CONFORMANCE_SCOPE";

/** A judge that every message carries a token that was issued, of which there must be some. */
const carriesIssued: ClientCase["judge"] = (session) => {
  const expected = "Authorization: Bearer and a token that the issuer gave";
  const sends = authorizedSends(session);
  const issued = issuedIn(session).map((one) => one.token);
  if (sends.length === 0) return failed(expected, `no message with a token; ${ending(session.end)}`, -1);
  const wrong = sends.find((request) => !issued.includes(bearerIn(request) ?? ""));
  if (wrong === undefined) return pass;
  return failed(expected, bearerIn(wrong) === undefined ? "no bearer token" : "another token", wrong.at);
};

const grantCases: readonly ClientCase[] = [
  {
    aspect: "metadata",
    title: "The endpoints of the issuer are found by its metadata",
    level: "MUST",
    requirements: ["OAUTH-004"],
    judge: every("request for metadata", asksForMetadata, "GET of the metadata of the issuer", ({ method }) =>
      method === "GET" ? null : method,
    ),
  },
  {
    aspect: "endpoint",
    title: "Tokens are asked for at the token endpoint that the metadata name",
    level: "MUST",
    requirements: ["OAUTH-004"],
    judge: every("request for a token", asksForToken, "POST to the token_endpoint of the metadata", (request) =>
      isAtTokenEndpoint(request) ? null : `POST ${request.target}`,
    ),
  },
  {
    aspect: "grant",
    title: "The token is asked for by the client credentials grant",
    level: "MUST",
    requirements: ["OAUTH-001"],
    judge: every("request for a token", isAtTokenEndpoint, "grant_type client_credentials", (request) => {
      const value = formOf(request)?.get("grant_type") ?? asObject(request.document)?.grant_type;
      return value === "client_credentials" ? null : `grant_type is ${JSON.stringify(value) ?? "missing"}`;
    }),
  },
  {
    aspect: "form",
    title: "The request for a token is form encoded",
    level: "MUST",
    requirements: ["OAU-009"],
    judge: every(
      "request for a token",
      isAtTokenEndpoint,
      "application/x-www-form-urlencoded, and a body that is",
      (request) => {
        const type = headerIn(request, "content-type") ?? "none";
        if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return `Content-Type: ${type}`;
        return formOf(request)?.has("grant_type") === true ? null : "a body without the field grant_type";
      },
    ),
  },
  {
    aspect: "basic",
    title: "The client says who it is by HTTP Basic at the token endpoint",
    level: "MUST",
    requirements: ["OAU-009"],
    judge: every(
      "request for a token",
      isAtTokenEndpoint,
      "Authorization: Basic of the id and the secret, and no secret in the body",
      (request) => {
        const value = headerIn(request, "authorization");
        const given = basicIn(value);
        if (given === undefined) return value === undefined ? "no Authorization" : "another scheme than Basic";
        if (![given, unescaped(given)].includes(`${clientId}:${clientSecret}`)) return "other credentials";
        return holds(request.text ?? "") ? "the secret in the body" : null;
      },
    ),
  },
  {
    aspect: "encoded-credentials",
    title: "The id and the secret are form encoded before they are put together for HTTP Basic",
    level: "SHOULD",
    requirements: ["OAU-009"],
    judge: every("request for a token", isAtTokenEndpoint, "each part form encoded, as RFC 6749 says", (request) => {
      const given = basicIn(headerIn(request, "authorization"));
      if (given === undefined) return "no credentials by HTTP Basic";
      return given !== `${clientId}:${clientSecret}` && unescaped(given) === `${clientId}:${clientSecret}`
        ? null
        : "the parts as they are";
    }),
  },
  {
    aspect: "scope",
    title: "The scopes are asked for in one field, parted by spaces",
    level: "SHOULD",
    requirements: ["OAUTH-001"],
    judge: every("request for a token", isAtTokenEndpoint, `scope ${scope}`, (request) => {
      const values = formOf(request)?.getAll("scope") ?? [];
      const found = (values[0] ?? "").split(" ").toSorted().join(" ");
      const isAsked = values.length === 1 && found === scope.split(" ").toSorted().join(" ");
      return isAsked ? null : `scope is ${JSON.stringify(values)}`;
    }),
  },
  {
    aspect: "secret",
    title: "The secret goes to the token endpoint alone",
    level: "MUST",
    requirements: ["OAU-009"],
    judge: (session) => {
      const expected = "the secret in no other request";
      if (!session.requests.some(isAtTokenEndpoint))
        return failed(expected, `no request for a token; ${ending(session.end)}`, -1);
      const wrong = session.requests.find((request) => !isAtTokenEndpoint(request) && holdsSecret(request));
      return wrong === undefined ? pass : failed(expected, "the secret", wrong.at);
    },
  },
  {
    aspect: "bearer",
    title: "Each message carries the token that the issuer gave",
    level: "MUST",
    requirements: ["OAUTH-001"],
    judge: carriesIssued,
  },
  {
    aspect: "kept",
    title: "A token that holds is used again",
    level: "SHOULD",
    requirements: ["OAU-020"],
    judge: (session) => {
      const asked = session.requests.filter(isAtTokenEndpoint);
      const expected = "one request for a token that holds an hour";
      if (asked.length === 1) return pass;
      return failed(expected, `${asked.length} requests; ${ending(session.end)}`, asked.at(-1)?.at ?? -1);
    },
  },
  openCase,
];

/** Scenarios of tokens that an issuer gives. */
export const tokenScenarios: readonly Scenario[] = [
  {
    name: "oauth-credentials",
    title: "The client credentials grant",
    summary: `${grant}. Send ${helloTask} with it to the agent at the URL, and when its answer has come the same task again as a new message. Exit 0 once both are answered.`,
    profile: "auth",
    requirements: ["OAUTH-001"],
    env: credentials,
    behave: () => issuing(),
    cases: grantCases,
  },
  {
    name: "oauth-metadata",
    title: "An issuer with metadata by RFC 8414 alone",
    summary: `${grant}. OpenID Connect discovery is answered with 404; the metadata are where RFC 8414 says. Send ${helloTask} with the token. Exit 0 once its answer has come; decline where your library knows OpenID Connect discovery alone.`,
    profile: "auth",
    requirements: ["OAUTH-004"],
    env: credentials,
    behave: () => issuing({ metadata: "rfc8414" }),
    cases: [
      {
        aspect: "bearer",
        title: "The message carries the token that the issuer gave",
        level: "MUST",
        requirements: ["OAUTH-004"],
        judge: carriesIssued,
      },
    ],
  },
  {
    name: "oauth-foreign-issuer",
    title: "Metadata of another issuer",
    summary: `${grant}. The metadata name another issuer than the one asked for. Send ${helloTask} with the token, if there is any. Exit 0 when your library told of a failure and got no token, 1 when it went on.`,
    profile: "auth",
    requirements: ["OAU-010"],
    env: credentials,
    least: requestOf("a request for metadata", asksForMetadata),
    behave: () => issuing({ names: (url) => `${url}/another-issuer` }),
    cases: [
      {
        aspect: "stops",
        title: "Nothing is sent where metadata of another issuer lead",
        level: "MUST",
        requirements: ["OAU-010"],
        judge: (session) => {
          const expected = "a request for the metadata, and none for a token after it";
          if (!session.requests.some(asksForMetadata))
            return failed(expected, `no request for metadata; ${ending(session.end)}`, -1);
          const wrong = session.requests.find((one) => asksForToken(one) || bearerIn(one) !== undefined);
          return wrong === undefined ? pass : failed(expected, `${wrong.method} ${wrong.target}`, wrong.at);
        },
      },
    ],
  },
  {
    name: "oauth-renewal",
    title: "A token of which under 30 seconds remain",
    summary: `${grant}. The token holds for 32 seconds. Send ${helloTask} with it, wait ASAP_CONFORMANCE_WAIT_MS, and send the same task again as a new message, with the token that is right then. Exit 0 once both are answered.`,
    profile: "auth",
    requirements: ["OAUTH-003"],
    env: { ...credentials, ...wait(3000) },
    takesMs: 3000,
    behave: () => issuing({ lifetime: (count) => (count === 0 ? 32 : 3600) }),
    cases: [
      {
        aspect: "renewed",
        title: "A token of which under 30 seconds remain is renewed before it is used",
        level: "MUST",
        requirements: ["OAUTH-003"],
        judge: renewed,
      },
    ],
  },
  {
    name: "oauth-refused",
    title: "A token that an agent refuses before its time",
    summary: `${grant}. Send ${helloTask} with it. The agent answers the first token with 401. Exit 0 once a message with another token was answered; decline where your library leaves that to its caller.`,
    profile: "auth",
    requirements: ["OAU-020"],
    level: "SHOULD",
    env: credentials,
    behave: () => issuing({ refuses: (count) => count === 0 }),
    cases: [
      {
        aspect: "another",
        title: "A message whose token was answered with 401 is sent once more, with another token",
        level: "SHOULD",
        requirements: ["OAU-020"],
        judge: (session) => {
          const expected = "one message with the first token, one with the second";
          const used = authorizedSends(session).map(bearerIn);
          const issued = issuedIn(session).map((one) => one.token);
          const found = used.map((one) => issued.indexOf(one ?? "") + 1);
          if (found.join() === "1,2") return pass;
          const tokens = found.length === 0 ? `no message; ${ending(session.end)}` : `tokens ${found.join(", ")}`;
          return failed(expected, tokens, authorizedSends(session).at(-1)?.at ?? -1);
        },
      },
    ],
  },
];

/** Judges that no message after the first has a token of which under 30 seconds remain, when one was sent that late. */
function renewed(session: Session) {
  const expected = "another token for a message that is sent when under 30 s of the first remain";
  const issued = issuedIn(session);
  const sends = authorizedSends(session);
  const [first] = issued;
  const lateMs = first === undefined ? 0 : first.atMs + (first.expiresIn - 30) * 1000 + onTheWayMs;
  const late = sends.slice(1).filter(({ atMs }) => atMs > lateMs);
  if (first === undefined || late.length === 0)
    return failed(expected, `${sends.length} messages, and none so late after the first; ${ending(session.end)}`, -1);
  for (const request of late) {
    const at = issued.findIndex(({ token }) => token === bearerIn(request));
    if (at < 1) return failed(expected, at < 0 ? "no token that was issued" : "the first token", request.at);
  }
  return pass;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** What a value of Authorization says by HTTP Basic, undefined where it is of another scheme. */
function basicIn(value: string | undefined): string | undefined {
  const encoded = /^basic +(\S+)$/i.exec(value ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

const holds = (text: string): boolean => text.includes(clientSecret) || text.includes(encodeURIComponent(clientSecret));

/** Whether the secret is in a request: as it is, form encoded, or in the Base64 of Basic. */
const holdsSecret = ({ target, headers, text }: Received): boolean =>
  [target, text ?? "", ...headers.flatMap(([, value]) => [value, basicIn(value) ?? ""])].some(holds);
