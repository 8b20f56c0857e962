// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

import type { Validator } from "../contract.js";
import type { UpdateType } from "../models/update-type.js";

/** Tells whether a value is a UpdateType. */
export declare const validateUpdateType: Validator<UpdateType>;
