// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

import type { Validator } from "../contract.js";
import type { Registry } from "../models/registry.js";

/** Tells whether a value is a Registry. */
export declare const validateRegistry: Validator<Registry>;
