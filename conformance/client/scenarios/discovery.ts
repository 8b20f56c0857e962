import { routes } from "../../../generated/routes.js";
import { ending, every, failed, headerIn, pass, pathIn } from "../checks.js";
import { answerTo, isSend, manifestAnswer, manifestOf, peerId } from "../conforming.js";
import { asksForManifest } from "../least.js";
import { envelopeOf, everyMessage } from "../messages.js";
import type { Scenario, Script } from "../scenario.js";

const unknown = { of_the_future: { weight: 3 }, region: "north" };
const furtherId = `${peerId}:further`;

/** A manifest with members, in each of its objects, that no version of the protocol knows. */
function furtherManifest(url: string): Record<string, unknown> {
  const { capabilities, endpoints } = manifestOf(url) as Record<"capabilities" | "endpoints", Record<string, unknown>>;
  const skills = (capabilities.skills as readonly object[]).map((skill) => ({ ...skill, ...unknown }));
  return manifestOf(url, {
    id: furtherId,
    capabilities: { ...capabilities, skills, ...unknown },
    endpoints: { ...endpoints, ...unknown },
    ...unknown,
  });
}

/** A script of an agent whose manifest says more. */
const sayingMore = (): Script => ({
  answer(request, { url }) {
    if (request.method === "GET" && pathIn(request) === routes.manifest.path)
      return manifestAnswer(request, furtherManifest(url));
    if (request.method !== "POST" || !isSend(request.document)) return undefined;
    return { status: 200, body: answerTo(request.document, { envelope: { sender: furtherId } }) };
  },
});

/** Scenarios of finding an agent. */
export const discoveryScenarios: readonly Scenario[] = [
  {
    name: "discover",
    title: "The manifest of an agent",
    summary:
      "Read the manifest of the agent at the URL, as your library does it. Send no message. Exit 0 once it is read.",
    profile: "discovery",
    requirements: ["DISC-002"],
    cases: [
      {
        aspect: "path",
        title: "The manifest is asked for at its well-known path under the base URL",
        level: "MUST",
        requirements: ["DISC-002"],
        judge: ({ requests, end }) => {
          if (requests.some(({ target }) => target === routes.manifest.path)) return pass;
          const last = requests.at(-1);
          const found = last === undefined ? `no request; ${ending(end)}` : `${last.method} ${last.target}`;
          return failed(`GET ${routes.manifest.path}`, found, last?.at ?? -1);
        },
      },
      {
        aspect: "method",
        title: "The manifest is asked for with GET, without a body",
        level: "MUST",
        requirements: ["DISC-002"],
        judge: every("request for a manifest", asksForManifest, "GET, or HEAD before it, without a body", (request) => {
          if (!["GET", "HEAD"].includes(request.method)) return request.method;
          return request.body.length === 0 ? null : `${request.method} with a body of ${request.body.length} bytes`;
        }),
      },
      {
        aspect: "read",
        title: "The whole manifest is read",
        level: "MUST",
        requirements: ["DISC-002"],
        judge: every(
          "GET of the manifest",
          (request) => request.method === "GET" && pathIn(request) === routes.manifest.path,
          "an answer of 200",
          ({ sent }) => (sent?.status === 200 ? null : `an answer of ${sent?.status ?? "nothing"}`),
        ),
      },
      {
        aspect: "accept",
        title: "Where Accept is sent, JSON is among what it takes",
        level: "SHOULD",
        requirements: ["DISC-002"],
        judge: every(
          "request for a manifest",
          asksForManifest,
          "no Accept, or one that takes application/json",
          (request) => {
            const accept = headerIn(request, "accept");
            const takes =
              accept === undefined || /(?:^|,)\s*(?:\*\/\*|application\/(?:\*|json))\s*(?:;|,|$)/i.test(accept);
            return takes ? null : `Accept: ${accept}`;
          },
        ),
      },
      {
        aspect: "credentials",
        title: "No credentials are sent for a manifest, which is open",
        level: "SHOULD",
        requirements: ["BEAR-005"],
        judge: every("request for a manifest", asksForManifest, "no Authorization and no Cookie", (request) => {
          const name = ["Authorization", "Cookie"].find((one) => headerIn(request, one) !== undefined);
          return name === undefined ? null : `the header ${name}`;
        }),
      },
    ],
  },
  {
    name: "manifest-further-members",
    title: "A manifest that says more",
    summary:
      'Read the manifest of the agent at the URL, as your library does it, and send a task for the skill `echo` with the input `{"message":"hello"}` to the agent at the URL, with the `id` of that manifest as its recipient. The manifest and the objects in it hold members that no version of the protocol knows. Exit 0 once the answer has come.',
    profile: "discovery",
    requirements: ["MAN-005"],
    behave: sayingMore,
    cases: [
      {
        aspect: "read",
        title: "A manifest that says more is read: the task is for the agent that it names",
        level: "MUST",
        requirements: ["MAN-005"],
        judge: everyMessage(`a task for ${furtherId}`, (message) => {
          const recipient = envelopeOf(message)?.recipient;
          return recipient === furtherId ? null : `a message for ${JSON.stringify(recipient ?? null)}`;
        }),
      },
    ],
  },
];
