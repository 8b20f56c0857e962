// Judging

export type { Area, Case, Level } from "./case.js";
// Cases
export { cases } from "./cases/index.js";
export type { JudgeOptions } from "./options.js";
export type { TextOptions } from "./render-text.js";
export { renderCase, renderText } from "./render-text.js";
export type {
  ArrivalRecord,
  CaseOutcome,
  CaseResult,
  Counts,
  ExchangeRecord,
  FrameRecord,
  Report,
  Rule,
} from "./report.js";
// Reports
export { exitCode, renderJson } from "./report.js";
export { judgeServer } from "./run.js";
