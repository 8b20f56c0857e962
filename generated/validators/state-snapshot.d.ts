// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

import type { Validator } from "../contract.js";
import type { StateSnapshot } from "../models/state-snapshot.js";

/** Tells whether a value is a StateSnapshot. */
export declare const validateStateSnapshot: Validator<StateSnapshot>;
