import type { Answer, Reaction, Recording } from "./captures.js";
import { type Asked, type Kind, keyOf, wordsOf } from "./kind.js";
import { fill, gist, learn, type Pair, type Relations } from "./relations.js";

/** How a recording was found: by just its kind, by a wider one, or because a request with more differences was served. */
export type How = "exact" | "wider" | "part" | "over HTTP";

/** What is answered to a request, and the recording it comes from. */
export interface Found {
  readonly recording: Recording;
  readonly how: How;
  readonly response?: Answer;
  readonly reaction?: readonly Reaction[];
}

/** Finds the recording of the same kind as a request, and fills it in. */
export interface Match {
  readonly relations: Relations;
  find(asked: Asked, kind: Kind, nowMs: number): Found | undefined;
}

/** The texts of a recorded answer. */
export function textsOf({ response, reaction }: Pick<Recording, "response" | "reaction">): string[] {
  if (reaction !== undefined) return reaction.filter(({ kind }) => kind === "text").map(({ text }) => text);
  return response === undefined ? [] : [response.body.toString("utf8")];
}

/** Variants whose answers are given over HTTP and over WebSockets, the first one first. */
export interface Servers {
  readonly http: readonly string[];
  readonly ws: readonly string[];
}

/** A matcher over recordings of some variants. */
export function createMatch(all: readonly Recording[], { http, ws }: Servers): Match {
  const isOfSocket = ({ asked, reaction }: Recording) => reaction !== undefined || asked.headers.upgrade !== undefined;
  const usable = [
    ...http.flatMap((server) => all.filter((one) => one.server === server && !isOfSocket(one))),
    ...ws.flatMap((server) => all.filter((one) => one.server === server && isOfSocket(one))),
  ];
  const relations = learn(usable.flatMap((one) => textsOf(one).map((answer): Pair => ({ kind: one.kind, answer }))));
  const gistOf = kept((one: Recording) =>
    JSON.stringify([
      one.response?.status,
      one.reaction?.map(({ kind, code }) => [kind, code]),
      textsOf(one).map((text) => gist(text, relations)),
    ]),
  );
  const isServed = (one: Recording) =>
    textsOf(one).some((text) => text.includes('"result"')) && !textsOf(one).some((text) => text.includes('"error":{'));

  const among = (candidates: readonly Recording[], kind: Kind): readonly [Recording, How] | undefined => {
    const exact = candidates.find((one) => keysOf(one.kind)[0] === keysOf(kind)[0]);
    if (exact !== undefined) return [exact, "exact"];
    for (const breadth of [1, 2] as const) {
      const wide = candidates.filter((one) => keysOf(one.kind)[breadth] === keysOf(kind)[breadth]);
      const agreed = new Set(wide.map(gistOf)).size === 1;
      if (wide[0] !== undefined && agreed) return [wide[0], "wider"];
      if (wide.length > 0) return undefined;
      const words = wordsOf(kind, breadth);
      if (!isTask(kind)) continue;
      const more = candidates
        .filter((one) => isServed(one) && isTask(one.kind) && wantsAck(one.kind) === wantsAck(kind))
        .filter((one) => words.every((word) => wordsOf(one.kind, breadth).includes(word)))
        .sort((a, b) => a.kind.traits.length - b.kind.traits.length);
      if (more[0] !== undefined) return [more[0], "part"];
    }
    return undefined;
  };

  const pairOf = (recording: Recording, answer: string): Pair => ({ kind: recording.kind, answer });
  return {
    relations,
    find(asked, kind, nowMs) {
      const fresh = { nowMs, renews: true };
      const isMessage = asked.over === "ws";
      const direct = among(
        usable.filter((one) => one.asked.over === asked.over && (one.reaction !== undefined) === isMessage),
        kind,
      );
      if (direct !== undefined) {
        const [recording, how] = direct;
        const filled = (text: string) => fill(pairOf(recording, text), relations, kind, fresh);
        const { response, reaction } = recording;
        return {
          recording,
          how,
          ...(response === undefined
            ? {}
            : {
                response: {
                  ...response,
                  body: isText(response) ? Buffer.from(filled(response.body.toString("utf8"))) : response.body,
                },
              }),
          ...(reaction === undefined
            ? {}
            : { reaction: reaction.map((one) => (one.kind === "text" ? { ...one, text: filled(one.text) } : one)) }),
        };
      }
      if (!isMessage || asked.frame !== undefined || wantsAck(kind)) return undefined;
      const posts = usable.filter(
        (one) =>
          one.asked.over === "http" &&
          one.asked.method === "POST" &&
          one.asked.path === "/asap" &&
          one.response !== undefined,
      );
      const words = kind.traits.concat([["POST /asap", "POST /asap", "POST /asap"]]);
      const found = among(posts, { ...kind, traits: words });
      if (found === undefined) return undefined;
      const [recording] = found;
      const text = fill(pairOf(recording, recording.response?.body.toString("utf8") ?? ""), relations, kind, fresh);
      return { recording, how: "over HTTP", reaction: [{ kind: "text", text, code: null }] };
    },
  };
}

const isTask = ({ traits }: Kind) => !traits.some(([word]) => word.startsWith("type "));

/** The function, called once for each of its arguments. */
function kept<T extends object, R>(make: (of: T) => R): (of: T) => R {
  const made = new WeakMap<T, R>();
  return (of) => {
    const known = made.get(of) ?? make(of);
    made.set(of, known);
    return known;
  };
}

const keysOf = kept((kind: Kind) => ([0, 1, 2] as const).map((breadth) => keyOf(kind, breadth)));

const wantsAck = ({ traits }: Kind) =>
  traits.some(([word]) => word === "ack wanted" || word.startsWith("requires_ack "));

const isText = ({ headers }: Answer) =>
  Object.entries(headers).some(([name, value]) => name.toLowerCase() === "content-type" && value.includes("json"));
