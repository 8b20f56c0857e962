import { routes } from "../../../generated/routes.js";
import { every, headerIn, pathIn } from "../checks.js";
import type { Scenario } from "../scenario.js";
import type { Received } from "../session.js";

/** Whether a request asks for a manifest, at the right place or at another. */
export const asksForManifest = (request: Received): boolean =>
  pathIn(request) === routes.manifest.path ||
  (request.method !== "POST" && /manifest|\.well-known|agent/i.test(pathIn(request)));

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
        judge: every("request for a manifest", asksForManifest, `GET ${routes.manifest.path}`, ({ target }) =>
          target === routes.manifest.path ? null : target,
        ),
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
];
