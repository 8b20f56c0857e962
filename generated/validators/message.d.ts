// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

import type { Validator } from "../contract.js";
import type { Message } from "../models/message.js";

/** Tells whether a value is a Message. */
export declare const validateMessage: Validator<Message>;
