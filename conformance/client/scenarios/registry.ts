import { routes } from "../../../generated/routes.js";
import { ending, failed, pass, pathIn, sendsOf } from "../checks.js";
import { answerTo, isSend, manifestAnswer, manifestOf, peerId } from "../conforming.js";
import { requestOf } from "../least.js";
import type { ClientCase, Scenario, Script } from "../scenario.js";
import type { Session } from "../session.js";

const registryPath = "/lists/registry.json";
const finder = "urn:asap:agent:echo-finder";
const skill = "echo";

const env: Scenario["env"] = {
  ASAP_CONFORMANCE_REGISTRY: { summary: "URL of the registry", value: (url) => url + registryPath },
  ASAP_CONFORMANCE_SKILL: { summary: "id of the skill to find", value: () => skill },
};
const envOfId: Scenario["env"] = {
  ASAP_CONFORMANCE_REGISTRY: { summary: "URL of the registry", value: (url) => url + registryPath },
  ASAP_CONFORMANCE_AGENT: { summary: "id of the agent to find", value: () => finder },
};

/** An entry for an agent at `/agents/<name>` of the peer. */
function entryOf(url: string, name: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: `urn:asap:agent:${name}`,
    name,
    description: `The agent ${name}.`,
    endpoints: { http: `${url}/agents/${name}${routes.rpc.path}` },
    skills: ["translate"],
    asap_version: "1.1.0",
    ...changes,
  };
}

const rootOf = (agents: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  version: "1.0",
  updated_at: "2026-01-31T12:00:00Z",
  agents,
  ...more,
});

/** Entries of which one has the skill, after others whose skills are nearly called so. */
const entriesOf = (url: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown>[] => [
  entryOf(url, "capitals", { skills: ["Echo", "ECHO"], ...changes }),
  entryOf(url, "longer", { skills: ["echo-all", "re-echo", "echo "], ...changes }),
  entryOf(url, "echo-finder-2", changes),
  entryOf(url, "echo-finder", { skills: ["translate", skill], ...changes }),
];

/** A script of a registry, and of every agent that it lists. */
const listing = (documentOf: (url: string) => unknown) => (): Script => ({
  answer(request, { url }) {
    if (pathIn(request) === registryPath) return { status: 200, body: documentOf(url) };
    const [base = "", name] = /^\/agents\/([^/]+)/.exec(pathIn(request)) ?? [];
    const id = name === undefined ? peerId : `urn:asap:agent:${name}`;
    if (request.method === "POST" && isSend(request.document))
      return { status: 200, body: answerTo(request.document, { envelope: { sender: id } }) };
    if (request.method === "GET" && pathIn(request) === `${base}${routes.manifest.path}`)
      return manifestAnswer(request, manifestOf(`${url}${base}`, { id }));
    return undefined;
  },
});

/** A judge that every message went to the agent that is looked for, of which there must be some. */
const wentToFinder: ClientCase["judge"] = (session) => {
  const right = `/agents/echo-finder${routes.rpc.path}`;
  const expected = `POST ${right}`;
  const sends = sendsOf(session);
  if (sends.length === 0) return failed(expected, `no message; ${ending(session.end)}`, -1);
  const wrong = sends.find(({ target }) => target !== right);
  return wrong === undefined ? pass : failed(expected, `POST ${wrong.target}`, wrong.at);
};

const readsOf = ({ requests }: Session) => requests.filter((request) => pathIn(request) === registryPath);

const task = 'with the input `{"message":"hello"}`, to its endpoint `http`';
const bySkill = `Fetch the registry at ASAP_CONFORMANCE_REGISTRY as your library does it, find the agent that has the skill of exactly the id in ASAP_CONFORMANCE_SKILL, and send it a task for that skill ${task}.`;

const finding = (
  name: string,
  title: string,
  more: string,
  requirement: string,
  documentOf: (url: string) => unknown,
): Scenario => ({
  name,
  title,
  summary: `${bySkill} ${more}Exit 0 once its answer has come.`,
  profile: "registry",
  requirements: [requirement],
  env,
  behave: listing(documentOf),
  cases: [
    {
      aspect: "found",
      title: `The agent that has the skill is found: ${title.replace(/^./, (first) => first.toLowerCase())}`,
      level: "MUST",
      requirements: [requirement],
      judge: wentToFinder,
    },
  ],
});

const further = { category: "Productivity", tags: ["text"], online_check: null, hardware_io: { of: ["the future"] } };

/** Scenarios of finding an agent in a registry. */
export const registryScenarios: readonly Scenario[] = [
  finding("registry-find", "A registry of agents", "", "REG-002", (url) =>
    rootOf([entryOf(url, "other"), ...entriesOf(url).slice(3)]),
  ),
  finding("registry-skill", "Skills that differ by case or by what follows", "", "REGW-007", (url) =>
    rootOf(entriesOf(url)),
  ),
  finding(
    "registry-list",
    "A registry that is a list",
    "The root of the registry is a list of entries. ",
    "REGW-003",
    (url) => entriesOf(url),
  ),
  finding(
    "registry-further-members",
    "A registry that says more",
    "The registry and its entries hold members that no version of the protocol knows. ",
    "REGW-005",
    (url) => rootOf(entriesOf(url, further), { generated_by: "a later version", schema: 9 }),
  ),
  finding(
    "registry-invalid-entries",
    "A registry with entries that are none",
    "Other entries of the registry are invalid, and the invalid ones that list the skill are not to be used. ",
    "REGW-004",
    (url) => {
      const invalid = [
        entryOf(url, "nameless", { skills: [skill], name: undefined }),
        entryOf(url, "no-urn", { skills: [skill], id: "no-urn" }),
        entryOf(url, "no-version", { skills: [skill], asap_version: undefined }),
        null,
        "an entry",
        entryOf(url, "no-list", { skills: skill }),
      ];
      return rootOf([...invalid, ...entriesOf(url)]);
    },
  ),
  {
    name: "registry-id",
    title: "An agent by its id",
    summary: `Fetch the registry at ASAP_CONFORMANCE_REGISTRY as your library does it, find the agent of exactly the id in ASAP_CONFORMANCE_AGENT, and send it a task for the skill \`${skill}\` ${task}. Exit 0 once its answer has come.`,
    profile: "registry",
    requirements: ["REGW-007"],
    env: envOfId,
    behave: listing((url) => rootOf(entriesOf(url))),
    cases: [
      {
        aspect: "found",
        title: "The agent of that id is found, and none whose id begins so",
        level: "MUST",
        requirements: ["REGW-007"],
        judge: wentToFinder,
      },
    ],
  },
  {
    name: "registry-kept",
    title: "A registry for several callers",
    summary:
      "Fetch the registry at ASAP_CONFORMANCE_REGISTRY as your library does it: for two callers at the same time, and when both have it for a third in the same process. Exit 0 once all of them have it; decline where your library keeps no registries.",
    profile: "registry",
    requirements: ["REG-002"],
    env,
    least: requestOf("a request for the registry", (request) => pathIn(request) === registryPath),
    behave: listing((url) => rootOf(entriesOf(url))),
    cases: [
      {
        aspect: "once",
        title: "A registry is fetched once for concurrent callers, and kept for those after them",
        level: "SHOULD",
        requirements: ["REGW-009"],
        judge: (session) => {
          const reads = readsOf(session);
          if (reads.length === 1) return pass;
          const found = `${reads.length} requests; ${ending(session.end)}`;
          return failed("one request for the registry", found, reads.at(-1)?.at ?? -1);
        },
      },
    ],
  },
];
