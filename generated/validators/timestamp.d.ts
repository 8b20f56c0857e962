// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { Validator } from "../contract.js";
import type { Timestamp } from "../models/timestamp.js";

/** Tells whether a value is a Timestamp. */
export declare const validateTimestamp: Validator<Timestamp>;
