// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { Validator } from "../contract.js";
import type { Pong } from "../models/pong.js";

/** Tells whether a value is a Pong. */
export declare const validatePong: Validator<Pong>;
