// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

import type { Validator } from "../contract.js";
import type { HealthLoad } from "../models/health-load.js";

/** Tells whether a value is a HealthLoad. */
export declare const validateHealthLoad: Validator<HealthLoad>;
