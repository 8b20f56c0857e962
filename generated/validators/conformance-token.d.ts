// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { Validator } from "../contract.js";
import type { ConformanceToken } from "../models/conformance-token.js";

/** Tells whether a value is a ConformanceToken. */
export declare const validateConformanceToken: Validator<ConformanceToken>;
