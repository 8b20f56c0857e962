// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { Validator } from "../contract.js";
import type { Skill } from "../models/skill.js";

/** Tells whether a value is a Skill. */
export declare const validateSkill: Validator<Skill>;
