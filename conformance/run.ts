import { setMaxListeners } from "node:events";
import type { Case, Context, Verdict } from "./case.js";
import { cases as allCases } from "./cases/index.js";
import { accepted } from "./checks.js";
import { conclude, type PlannedCase, type Run, suiteOf } from "./conclude.js";
import { declaredBy, tryUpgrade } from "./declared.js";
import { twin } from "./documents.js";
import { createGate, throughGate } from "./gate.js";
import { newUlid } from "./ids.js";
import { type Introduction, introduce, noPort } from "./introduce.js";
import { type Issuer, startIssuer } from "./issuer.js";
import { type JudgeOptions, type Settings, settingsOf } from "./options.js";
import { inParallel } from "./parallel.js";
import { patiently } from "./patience.js";
import { hasWebSocket, noStop, webSocketNotes } from "./prerequisites.js";
import { probe } from "./probe.js";
import { profileOf } from "./profiles.js";
import { type Receiver, startReceiver } from "./receiver.js";
import { meetReceiver, noHost, receiving } from "./receiving.js";
import { type CaseResult, countsOf, type Report } from "./report.js";
import { resultMaker } from "./result.js";
import { loadRules } from "./rules.js";
import { type Judged, runCase } from "./run-case.js";
import { runCases } from "./run-cases.js";
import { hideReport, hiderOf, secretsOf } from "./secrets.js";
import { selectCases, unmatched } from "./select.js";
import { createSender, type Sent } from "./sender.js";
import { sleepUnless, stopAfter } from "./stop.js";
import { createWatches } from "./watches.js";
import { createWire, type WireRequest } from "./wire.js";

const maxResponseBytes = 1024 * 1024;

/**
 * Judges the agent at a URL over raw HTTP and tells what it found. Never throws for what the agent does: an agent that
 * cannot be reached, wants a token or never answers makes a report whose outcome is `could-not-run`. So does a port for
 * the issuer, or a host for webhooks, that cannot be listened on.
 *
 * @param url base URL of the agent, http or https, without the path of a route, query or fragment
 * @throws TypeError for a URL or header that cannot be used, RangeError for an option out of range
 */
export async function judgeServer(url: string, options: JudgeOptions = {}): Promise<Report> {
  const settings = settingsOf(options);
  const { username, password, href, search, hash } = new URL(url);
  if (username !== "" || password !== "")
    throw new TypeError("the URL holds credentials; give them as a token or a header");
  if (search !== "" || hash !== "") throw new TypeError("the URL of an agent has no query and no fragment");
  const baseUrl = href.replace(/[?#]+$/, "").replace(/\/+$/, "");
  const { now } = settings;
  const startedAt = now();
  const began = performance.now();
  const rules = await loadRules();
  const planned = selectCases(allCases, settings);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  // Every exchange under way listens to it, and there are many at once.
  setMaxListeners(0, signal);
  const sleep = (ms: number) => sleepUnless(signal, ms);
  const stopped = (): string | undefined => {
    if (options.signal?.aborted) return "the run was stopped";
    return stop.signal.aborted ? `the run took longer than ${settings.totalTimeoutMs} ms (--total-timeout)` : undefined;
  };
  const gate = createGate({
    maxWaitMs: settings.maxWaitMs,
    now: Date.now,
    sleep,
    stopped: () => signal.aborted,
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
  });
  const { timeoutMs, issuerPort } = settings;
  const { ca, stop: askToEnd } = options;
  let { headers } = settings;
  const wireOptions = {
    ...{ timeoutMs, maxResponseBytes, now },
    ...(ca === undefined ? {} : { ca }),
    ...(askToEnd === undefined ? {} : { stop: askToEnd }),
  };
  let issuer: Issuer | undefined;
  let receiver: Receiver | undefined;
  const newWire = () =>
    receiving(createWire(baseUrl, { ...wireOptions, headers, ...(issuer === undefined ? {} : { issuer }) }), receiver);
  let wire = newWire();
  let secrets = secretsOf(headers);
  const askOnce = (request: WireRequest) => patiently(wire, request, signal);
  const ask = throughGate(gate, askOnce);

  const suite = suiteOf(rules.version);
  const about = (
    context: Context | null,
    results: readonly CaseResult[],
    more: Pick<Run, "notes"> & Partial<Pick<Run, "reason" | "profiles">>,
  ): Report => {
    const report = conclude({
      mode: "server",
      suite,
      target: {
        name: baseUrl,
        agentId: textOrNull(context?.manifest?.id),
        agentVersion: textOrNull(context?.manifest?.version),
      },
      startedAt,
      durationMs: performance.now() - began,
      waitedMs: gate.waitedMs(),
      all: allCases.map(plannedOf),
      planned: planned.map(plannedOf),
      results,
      ...more,
      ...(settings.baseline === null ? {} : { baseline: settings.baseline }),
    });
    return hideReport(report, hiderOf(secrets.values));
  };

  const endTimer = stopAfter(settings.totalTimeoutMs, gate.waitedMs, stop);
  try {
    if (planned.length === 0) return about(null, [], { reason: nothingChosen(settings), notes: [] });
    const before: Context = {
      skill: settings.skill,
      input: settings.input,
      sender: settings.sender,
      manifest: null,
      baseUrl,
      clockAheadMs: 0,
      declares: new Set(settings.profiles),
      upgrade: null,
      burst: settings.burst,
      stops: askToEnd !== undefined,
      timeoutMs,
      mint: noPort,
      callbacks: noHost,
      now,
      newId: () => newUlid(now()),
    };
    const { callbackHost, callbackPort, retries } = settings;
    if (callbackHost !== null) {
      receiver = await startReceiver(callbackHost, callbackPort).catch(() => undefined);
      if (receiver === undefined) {
        const reason = `the receiver of webhooks cannot listen on ${callbackHost}, port ${callbackPort}`;
        return about(null, [], { reason, notes: [] });
      }
      wire = newWire();
    }
    let introduction: Introduction = { mint: noPort, clockAheadMs: 0, made: new Map() };
    if (issuerPort !== null) {
      issuer = await startIssuer(issuerPort).catch(() => undefined);
      if (issuer === undefined) {
        const reason = `the issuer cannot listen on 127.0.0.1:${issuerPort}`;
        return about(null, [], { reason, notes: [] });
      }
      wire = newWire();
      const wants = (id: string) => planned.some((one) => one.id === id);
      introduction = await introduce(ask, issuer, before, settings, wants);
    }
    const { mint, clockAheadMs, made } = introduction;
    if (issuerPort !== null && typeof mint === "string") {
      const reason = stopped() ?? `a port was given for an issuer of the suite, but ${mint}`;
      return about(before, [], { reason, notes: [] });
    }
    const met: Context = { ...before, mint, clockAheadMs };
    if (typeof mint !== "string") {
      headers = { ...headers, Authorization: `Bearer ${mint.token(met).text}` };
      const minted = secretsOf(headers);
      secrets = { ...minted, values: [...secrets.values, ...minted.values] };
      wire.close();
      wire = newWire();
    }
    const [found, upgrade] = await Promise.all([
      probe(ask, met, settings),
      planned.some(({ prerequisites }) => prerequisites?.includes(hasWebSocket)) ? tryUpgrade(askOnce, met) : null,
    ]);
    const known: Context = { ...met, manifest: found.manifest, clockAheadMs: found.clockAheadMs, upgrade };
    const unfit = stopped() ?? found.obstacle;
    if (unfit !== undefined) return about(known, [], { reason: unfit, notes: found.notes });
    const { callbacks, obstacle } = await meetReceiver(ask, receiver, known, found, retries);
    const context: Context = { ...known, callbacks };
    const closed = stopped() ?? obstacle;
    if (closed !== undefined) return about(context, [], { reason: closed, notes: found.notes });
    const watches = createWatches(
      planned.filter((one) => one.watches === true),
      context,
    );
    const newSender = () => createSender({ wire, gate, signal, onExchange: watches.see, made });
    const sender = newSender();
    for (const exchange of [...found.exchanges, ...(upgrade === null ? [] : [upgrade])]) sender.note(exchange);
    const results = new Map<Case, CaseResult>();
    const toResult = resultMaker(rules.rule, baseUrl, secrets, startedAt, settings.record);
    const tell = (one: Case, judged: Judged) => {
      const result = toResult(one, judged);
      results.set(one, result);
      options.onCase?.(result, results.size, planned.length);
    };
    const active = planned.filter((one) => one.watches !== true);
    if (active.length === 0) {
      const traffic = allCases.filter(({ area, watches: idle }) => area === "errors" && idle !== true);
      await inParallel(
        traffic,
        settings.concurrency,
        async (one) => void (await runCase(one, context, sender, signal)),
      );
    }
    const { concurrency, caseTimeoutMs, reruns } = settings;
    const running = {
      context,
      sender,
      newSender,
      signal,
      concurrency,
      caseTimeoutMs,
      reruns,
      rerunsMs: timeoutMs,
      tell,
    };
    const told = await runCases(active, { ...running, phases: ["first", "main", "last"] });
    const bound: Sent = watches.count > 0 ? await sender.send([twin(context)]) : { exchanges: [], tookMs: 0 };
    const unbound = accepted(0)(bound.exchanges, context);
    const boundBy = (verdict: Verdict): Judged["verdict"] => {
      if (verdict.outcome === "fail") return verdict;
      if (bound.error !== undefined) return { outcome: "error", reason: bound.error };
      return unbound !== null && verdict.outcome === "pass" ? { outcome: "fail", ...unbound } : verdict;
    };
    for (const { watch, verdict, exchange } of watches.verdicts()) {
      const exchanges = exchange === null ? bound.exchanges : [exchange];
      tell(watch, { verdict: boundBy(verdict), exchanges, elapsedMs: 0 });
    }
    await runCases(active, { ...running, phases: ["end"] });
    const ordered = planned.flatMap((one) => results.get(one) ?? []);
    const notes = [...found.notes, ...webSocketNotes(context), ...told, ...namesWithoutCase(settings)];
    if (gate.waitedMs() > 0)
      notes.push(`The run waited ${Math.round(gate.waitedMs() / 1000)} s for the agent's rate limit.`);
    for (const [reason, subject] of leftOut) {
      const left = ordered.filter((result) => result.reason === reason).length;
      const were = left === 1 ? `1 case on ${subject} was` : `${left} cases on ${subject} were`;
      if (left > 0) notes.push(`${were} left out: ${reason}.`);
    }
    const isWhole = countsOf(planned.length, ordered).run === planned.length;
    const reason = stopped();
    const profiles = declaredBy(context);
    return about(context, ordered, { notes, profiles, ...(isWhole || reason === undefined ? {} : { reason }) });
  } finally {
    endTimer();
    stop.abort();
    wire.close();
    await issuer?.close();
    await receiver?.close();
  }
}

const plannedOf = ({ id, level, area }: Case): PlannedCase => ({ id, level, profile: profileOf(area) });

/** Why no case is chosen. */
const nothingChosen = ({ only }: Settings): string =>
  only.length > 0 && unmatched(allCases, only).length === only.length ? "no case is called that" : "no case was chosen";

const namesWithoutCase = ({ only, skip }: Settings): string[] =>
  unmatched(allCases, [...only, ...skip]).map((name) => `No case is called ${name}.`);

/** Why parts of the suite were not run, as cases say it, and what they are about. */
const leftOut: readonly (readonly [reason: string, subject: string])[] = [
  [noPort, "access tokens"],
  [noHost, "webhooks"],
  [noStop, "how the agent ends"],
];

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
