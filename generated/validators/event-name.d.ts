// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

import type { Validator } from "../contract.js";
import type { EventName } from "../models/event-name.js";

/** Tells whether a value is a EventName. */
export declare const validateEventName: Validator<EventName>;
