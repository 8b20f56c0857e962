// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { StatesDefinition } from "./contract.js";

/** State of a Task, as its `status` says it. */
export type TaskState = "submitted" | "working" | "input_required" | "completed" | "failed" | "cancelled";

/** Every state, in the order of the spec. */
export const taskStates: readonly TaskState[] = [
  "submitted",
  "working",
  "input_required",
  "completed",
  "failed",
  "cancelled",
];

/** The state everything begins in. */
export const initialState: TaskState = "submitted";

/** States that nothing follows. */
export const terminalStates: ReadonlySet<TaskState> = new Set<TaskState>(["completed", "failed", "cancelled"]);

/** States in which a cancel request is honoured. */
export const cancellableStates: ReadonlySet<TaskState> = new Set<TaskState>(["submitted", "working"]);

/** The states that may follow each state. */
export const transitions: { readonly [From in TaskState]: readonly TaskState[] } = {
  submitted: ["working", "cancelled"],
  working: ["completed", "failed", "cancelled", "input_required"],
  input_required: ["working", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Whether one state may follow another. */
export function canTransition(from: TaskState, to: TaskState): boolean {
  return transitions[from].includes(to);
}

/** The states as one table. */
export const states: StatesDefinition = {
  entity: "Task",
  field: "status",
  initial: "submitted",
  terminal: ["completed", "failed", "cancelled"],
  cancellable: ["submitted", "working"],
  transitions,
};
