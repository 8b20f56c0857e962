import type { JudgeOptions } from "../../options.js";
import type { CaseResult, ExchangeRecord, Report } from "../../report.js";
import { judgeServer } from "../../run.js";
import { type Recording, readCaptures } from "./captures.js";
import { type FromRecording, notRecorded, numberHeader, type Stub, type StubOptions, startStub } from "./stub.js";

/** What the suite said of one recorded variant. */
export interface Judged {
  readonly report: Report;
  /** Results of the cases all of whose requests were recorded. */
  readonly judged: readonly CaseResult[];
  /** Ids of cases that sent something of a kind that was not recorded. */
  readonly unjudged: readonly string[];
  readonly answered: Stub["answered"];
  /** What the requests of a case were answered from. */
  answeredFrom(result: CaseResult): readonly FromRecording[];
  /** Kinds of requests that nothing was recorded of. */
  readonly unknown: readonly string[];
}

/** Every recording; read once. */
export const recordings: readonly Recording[] = readCaptures();

/**
 * Judges a stub made from the recordings of some variants.
 *
 * @param isEnded whether the suite may end it, which is recorded of one variant; false unless set
 */
export async function judgeRecorded(
  from: Omit<StubOptions, "recordings">,
  options: JudgeOptions,
  isEnded = false,
): Promise<Judged> {
  const stub = await startStub({ ...from, recordings });
  const stop = isEnded ? { stop: () => stub.stop() } : {};
  try {
    const report = await judgeServer(stub.url, { ...options, ...stop, reruns: 0, record: "all" });
    const { cases, reason } = report;
    if (cases.length === 0) throw new Error(`nothing was judged: ${reason}`);
    const isJudged = ({ exchanges = [] }: CaseResult) => !exchanges.some(isUnknown);
    return {
      report,
      judged: cases.filter(isJudged),
      unjudged: cases.filter((one) => !isJudged(one)).map(({ id }) => id),
      answered: stub.answered,
      answeredFrom: ({ exchanges = [] }) => {
        const numbers = new Set(exchanges.map(({ received }) => numberIn.exec(received)?.[1]));
        return stub.answered.filter(({ number }) => numbers.has(String(number)));
      },
      unknown: stub.unknown,
    };
  } finally {
    await stub.close();
  }
}

const numberIn = new RegExp(`^${numberHeader}: (\\d+)$`, "m");

const isUnknown = ({ status, frames = [] }: ExchangeRecord) =>
  status === notRecorded.status ||
  frames.some(({ kind, text }) => kind === "close" && text.startsWith(String(notRecorded.code)));
