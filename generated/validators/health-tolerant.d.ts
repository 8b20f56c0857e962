// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

import type { Validator } from "../contract.js";
import type { Health } from "../models/health.js";

/** Tells whether a value is a Health, whatever members it does not know. */
export declare const validateHealthTolerant: Validator<Health>;
