// Judging

export { type Baseline, type BaselineEntry, BaselineError, baselineOf, readBaseline } from "./baseline.js";
export { type Area, type Case, type Level, type Prerequisite, type Tag, tags } from "./case.js";
// Cases
export { cases } from "./cases/index.js";
export { clientCases, type PlannedClientCase } from "./client/cases.js";
export { judgeClient } from "./client/judge.js";
export { chooseClientCases, type ListedScenario, scenarioList, unknownClientNames } from "./client/list.js";
export type { JudgeClientOptions } from "./client/options.js";
export type { ClientCase, PeerSocket, Scenario, Script, Stage, Variable } from "./client/scenario.js";
export { scenarios as clientScenarios } from "./client/scenarios/index.js";
export type { Answer, End, Headers, Posted, Received, Sent, Session } from "./client/session.js";
export type {
  DocumentCase,
  DocumentFault,
  DocumentKind,
  DocumentVerdict,
  RegistryForm,
  Served,
  Subject,
} from "./document/case.js";
export { type ExplainedDocumentCase, explainDocumentCase } from "./document/explain.js";
export type { JsonText, Path } from "./document/json-text.js";
export type { JudgeDocumentOptions, JudgeRegistryOptions } from "./document/judge.js";
export { documentCases, documentUnread, judgeManifest, judgeRegistry } from "./document/judge.js";
export {
  type ExplainedCase,
  type ExplainedStep,
  explainCase,
  type ListedCase,
  listCases,
  renderExplained,
} from "./explain.js";
export type { Kills } from "./kills.js";
export type { JudgeOptions } from "./options.js";
export { type Profile, profiles } from "./profiles.js";
export type {
  ArrivalRecord,
  BaselineEntryResult,
  CaseOutcome,
  CaseResult,
  Counts,
  ExchangeRecord,
  FrameRecord,
  Known,
  Mode,
  Place,
  ProfileResult,
  Report,
  Rule,
} from "./report.js";
// Reports
export { exitCode, renderJson } from "./report.js";
export { renderBadge, renderBadgeJson } from "./reports/badge.js";
export { type ReportFormat, renderReport } from "./reports/formats.js";
export { renderHtml } from "./reports/html.js";
export { renderJunit } from "./reports/junit.js";
export { type MarkdownOptions, renderMarkdown } from "./reports/markdown.js";
export { renderSarif } from "./reports/sarif.js";
export { renderTap } from "./reports/tap.js";
export type { TextOptions } from "./reports/text.js";
export { renderCase, renderText } from "./reports/text.js";
export type { ReportOptions } from "./reports/verdict.js";
export { judgeServer } from "./run.js";
export { type Selection, selectCases, unmatched } from "./select.js";
// Test runners
export { type ConformanceTest, testsOf } from "./tests-of.js";
