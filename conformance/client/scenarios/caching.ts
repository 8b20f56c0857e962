import { routes } from "../../../generated/routes.js";
import { ending, failed, headerIn, isSendRequest, pass, pathIn } from "../checks.js";
import { manifestAnswer, manifestOf } from "../conforming.js";
import type { ClientCase, Scenario, Script } from "../scenario.js";
import type { Received, Session } from "../session.js";

const waitMs = 1300;
const wait: Scenario["env"] = {
  ASAP_CONFORMANCE_WAIT_MS: { summary: "milliseconds to wait", value: () => String(waitMs) },
};

const isGet = (request: Received): boolean => request.method === "GET" && pathIn(request) === routes.manifest.path;
const getsIn = ({ requests }: Session): Received[] => requests.filter(isGet);

/** A judge that the manifest was asked for once. */
const askedOnce: ClientCase["judge"] = (session) => {
  const gets = getsIn(session);
  const expected = "one request for the manifest";
  if (gets.length === 1) return pass;
  return failed(expected, `${gets.length} requests; ${ending(session.end)}`, gets.at(-1)?.at ?? -1);
};

/** A judge of the second request for the manifest. */
const second =
  (expected: string, wrong: (request: Received, first: Received) => string | null): ClientCase["judge"] =>
  (session) => {
    const [first, again] = getsIn(session);
    if (first === undefined || again === undefined)
      return failed(expected, `no second request; ${ending(session.end)}`, first?.at ?? -1);
    const found = wrong(again, first);
    return found === null ? pass : failed(expected, found, again.at);
  };

/** A judge that the manifest was asked for and no message was sent. */
const askedAndLeft: ClientCase["judge"] = (session) => {
  const expected = `GET ${routes.manifest.path}, and no message`;
  if (getsIn(session).length === 0) return failed(expected, `no such request; ${ending(session.end)}`, -1);
  const sent = session.requests.find(isSendRequest);
  return sent === undefined ? pass : failed(expected, `${sent.method} ${sent.target}`, sent.at);
};

const twice =
  "Read the manifest of the agent at the URL as your library does it, and when it is there once more in the same process, as another caller would. Exit 0 once it was read twice; decline where your library keeps no manifests.";

/** A script that answers requests for the manifest. */
const manifests = (answer: (request: Received, url: string, count: number) => ReturnType<typeof manifestAnswer>) => {
  return (): Script => {
    let count = 0;
    return { answer: (request, { url }) => (isGet(request) ? answer(request, url, count++) : undefined) };
  };
};

const failing = (name: string, title: string, happens: string, behave: NonNullable<Scenario["behave"]>): Scenario => ({
  name,
  title,
  summary: `Read the manifest of the agent at the URL, as your library does it. ${happens} Send no message. Exit 0 when your library told of a failure, 1 when it gave a manifest.`,
  profile: "discovery",
  requirements: ["MAN-014"],
  behave,
  cases: [
    {
      aspect: "left",
      title: "Nothing is sent to an agent whose manifest is not there",
      level: "MUST",
      requirements: ["MAN-014"],
      judge: askedAndLeft,
    },
  ],
});

/** Scenarios of keeping manifests, and of such as are none. */
export const cachingScenarios: readonly Scenario[] = [
  {
    name: "manifest-kept",
    title: "A manifest that is good for a minute",
    summary: `${twice} It comes with Cache-Control: public, max-age=60.`,
    profile: "discovery",
    requirements: ["DISC-002"],
    behave: manifests((request, url) => manifestAnswer(request, manifestOf(url), "public, max-age=60")),
    cases: [
      {
        aspect: "once",
        title: "A manifest is not asked for again before its max-age is over",
        level: "SHOULD",
        requirements: ["DISC-003"],
        judge: askedOnce,
      },
    ],
  },
  {
    name: "manifest-default-age",
    title: "A manifest without Cache-Control",
    summary: `${twice} It comes without Cache-Control.`,
    profile: "discovery",
    requirements: ["DISC-002"],
    behave: manifests((request, url) => {
      const { headers: { "Cache-Control": _, ...headers } = {}, ...rest } = manifestAnswer(request, manifestOf(url));
      return { ...rest, headers };
    }),
    cases: [
      {
        aspect: "once",
        title: "A manifest without max-age is not asked for again within 300 seconds",
        level: "MUST",
        requirements: ["MAN-012", "DISC-003"],
        judge: askedOnce,
      },
    ],
  },
  {
    name: "manifest-expired",
    title: "A manifest that is good for a second",
    summary:
      "Read the manifest of the agent at the URL as your library does it, wait ASAP_CONFORMANCE_WAIT_MS, and read it once more in the same process, as another caller would. It comes with an ETag and Cache-Control: public, max-age=1, and does not change. Exit 0 once your library gave it twice; decline where your library keeps no manifests.",
    profile: "discovery",
    requirements: ["DISC-002"],
    env: wait,
    takesMs: waitMs,
    behave: manifests((request, url) => manifestAnswer(request, manifestOf(url), "public, max-age=1")),
    cases: [
      {
        aspect: "again",
        title: "A manifest is asked for again when its max-age is over",
        level: "SHOULD",
        requirements: ["DISC-003"],
        judge: second("a second request after a second", ({ atMs }, first) =>
          atMs - first.atMs >= 1000 ? null : `${atMs - first.atMs} ms after the first`,
        ),
      },
      {
        aspect: "revalidated",
        title: "A manifest whose max-age is over is asked for by its ETag",
        level: "SHOULD",
        requirements: ["MAN-011"],
        judge: second("If-None-Match with the ETag, answered with 304", (request) => {
          if (request.sent?.status === 304) return null;
          const tags = headerIn(request, "if-none-match");
          return tags === undefined ? "no If-None-Match" : `If-None-Match: ${tags}`;
        }),
      },
    ],
  },
  {
    name: "manifest-changed",
    title: "A manifest that changed",
    summary:
      "Read the manifest of the agent at the URL as your library does it, wait ASAP_CONFORMANCE_WAIT_MS, and read it once more in the same process, as another caller would. It comes with Cache-Control: public, max-age=1, and its description changes between. Exit 0 when your library gave the new description, 1 when it gave the old one.",
    profile: "discovery",
    requirements: ["DISC-002"],
    env: wait,
    takesMs: waitMs,
    behave: manifests((request, url, count) =>
      manifestAnswer(request, manifestOf(url, { description: `Version ${count + 1}.` }), "public, max-age=1"),
    ),
    cases: [
      {
        aspect: "read",
        title: "A manifest that changed is read again",
        level: "MUST",
        requirements: ["DISC-002"],
        judge: second("a second request, answered with 200", ({ sent }) =>
          sent?.status === 200 ? null : `an answer of ${sent?.status ?? "nothing"}`,
        ),
      },
    ],
  },
  failing("manifest-refused", "A manifest with status 404", "It comes with HTTP status 404.", () => ({
    answer: (request, { url }) => (isGet(request) ? { status: 404, body: manifestOf(url) } : undefined),
  })),
  failing("manifest-nonsense", "A document that is no manifest", "What comes is JSON, and no manifest.", () => ({
    answer: (request) => (isGet(request) ? { status: 200, body: { hello: "world" } } : undefined),
  })),
];
