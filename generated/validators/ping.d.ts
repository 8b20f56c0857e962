// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

import type { Validator } from "../contract.js";
import type { Ping } from "../models/ping.js";

/** Tells whether a value is a Ping. */
export declare const validatePing: Validator<Ping>;
