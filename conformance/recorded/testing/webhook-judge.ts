import type { CaseResult } from "../../report.js";
import { judgeServer } from "../../run.js";
import { notRecorded, numberHeader } from "./stub.js";
import { type Delivered, startWebhookAgent } from "./webhook-agent.js";
import { webhooksLeft } from "./webhook-aside.js";

/** What the suite said of the recorded deliveries. */
export interface JudgedWebhooks {
  /** Results of the cases all of whose requests, and statuses of whose deliveries, were recorded or are of a recorded class. */
  readonly judged: readonly CaseResult[];
  /** Ids of cases that met what was not recorded. */
  readonly unjudged: readonly string[];
  /** Ids of judged cases with a status that was not recorded itself, but others of its class (wire 12.3). */
  readonly stated: readonly string[];
  /** Names of the recordings of deliveries whose behaviour a case met, each once. */
  answeredFrom(result: CaseResult): readonly string[];
}

/** Cases on the delivery of webhooks. */
const chosen = [
  "webhooks.body.canonical",
  "webhooks.signature.*",
  "webhooks.retry.*",
  "webhooks.final.*",
  "webhooks.redirect.*",
];

/**
 * Has the suite judge the recorded deliveries, with itself as the receiver: see {@link startWebhookAgent} for what is
 * recorded and what stands in. Takes as long as its longest case, some seconds.
 *
 * @throws Error where nothing could be judged.
 */
export async function judgeRecordedWebhooks(): Promise<JudgedWebhooks> {
  const agent = await startWebhookAgent();
  const met = new Map<string, Delivered>();
  const deliveredFor = ({ exchanges = [] }: CaseResult): Delivered => {
    const numbers = [...new Set(exchanges.map(({ received }) => numberIn.exec(received)?.[1] ?? ""))];
    const all = numbers.map(agent.delivered);
    return {
      names: [...new Set(all.flatMap(({ names }) => names))],
      stated: all.flatMap(({ stated }) => stated),
      unknown: all.flatMap(({ unknown }) => unknown),
    };
  };
  try {
    const { cases, reason } = await judgeServer(agent.url, {
      callbackHost: "127.0.0.1",
      profiles: ["webhooks"],
      only: chosen,
      skip: webhooksLeft.flatMap(({ names }) => names),
      timeoutMs: 1_500,
      concurrency: 64,
      reruns: 0,
      record: "all",
      onCase: (result) => void met.set(result.id, deliveredFor(result)),
    });
    if (reason !== undefined || cases.length === 0) throw new Error(`not everything was judged: ${reason}`);
    const isUnknown = ({ id, exchanges = [] }: CaseResult) =>
      exchanges.some(({ status }) => status === notRecorded.status) || met.get(id)?.unknown.length !== 0;
    const judged = cases.filter((one) => !isUnknown(one));
    return {
      judged,
      unjudged: cases.filter(isUnknown).map(({ id }) => id),
      stated: judged.filter(({ id }) => met.get(id)?.stated.length !== 0).map(({ id }) => id),
      answeredFrom: ({ id }) => met.get(id)?.names ?? [],
    };
  } finally {
    await agent.close();
  }
}

const numberIn = new RegExp(`^${numberHeader}: (\\d+)$`, "m");
