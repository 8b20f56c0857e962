// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { Validator } from "../contract.js";
import type { ErrorBody } from "../models/error-body.js";

/** Tells whether a value is a ErrorBody. */
export declare const validateErrorBody: Validator<ErrorBody>;
