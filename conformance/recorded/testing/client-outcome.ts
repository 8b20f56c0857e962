import { asObject } from "../../documents.js";
import { type Survey, surveyOf } from "./client-members.js";
import { type ClientAnswer, type ClientCall, type ClientExchange, envelopePlace } from "./client-recordings.js";

/** What the recorded client makes a difference of in an answer. */
interface AnswerKind {
  readonly form: string;
  readonly survey: Survey;
}

/** Nothing was recorded of an answer of that kind. */
export class NotRecorded extends Error {}

/**
 * The exchange whose answer is of the same kind: the status, whether it is JSON and what stands at its root are the same,
 * every object has the members that the recorded one has, and both have members that are not known, or neither. Of those a
 * recorded answer has them where the other one has them too, which may have more: what is refused for one is refused with
 * others beside it. A message counts by its envelope, by the members around it, and by whether its id is that of the
 * request; the correlation_id, which the client does not check (wire 16), does not count.
 *
 * @param request the body of the request that is answered
 * @throws NotRecorded where there is none
 */
export function recordedLike(answer: ClientAnswer, call: ClientCall, request: string): ClientExchange {
  const kind = kindOf(answer, call, idIn(request));
  const found = call.exchanges.find((one) => isLike(kind, kindOf(one.answer, call, idIn(one.body))));
  if (found !== undefined) return found;
  const { further, other } = kind.survey;
  const places = [...further].map((at) => `a further member in "${at}"`).concat([...other].map((at) => `"${at}"`));
  throw new NotRecorded([kind.form, ...places].join("; "));
}

const isLike = (kind: AnswerKind, recorded: AnswerKind): boolean =>
  kind.form === recorded.form &&
  isSubset(recorded.survey.full, kind.survey.full) &&
  isSubset(kind.survey.other, recorded.survey.other) &&
  isSubset(recorded.survey.further, kind.survey.further) &&
  (recorded.survey.further.size === 0) === (kind.survey.further.size === 0);

const isSubset = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].every((item) => other.has(item));

function kindOf({ status, body }: ClientAnswer, { known }: ClientCall, requestId: unknown): AnswerKind {
  const document = parsed(body);
  if (requestId === undefined) return { form: `${status}, ${rootOf(document)}`, survey: surveyOf(document, known) };
  const message = asObject(document);
  const names = message === undefined ? "no object" : Object.keys(message).toSorted().join(", ");
  const id = message?.id === requestId ? "the id of the request" : "another id";
  return {
    form: `${status}, ${names}, ${id}`,
    survey: surveyOf(asObject(message?.result)?.envelope, known, envelopePlace),
  };
}

const rootOf = (document: unknown) =>
  Array.isArray(document) ? "a list" : asObject(document) === undefined ? "no object" : "an object";

const idIn = (body: string): unknown => asObject(parsed(body))?.id;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
