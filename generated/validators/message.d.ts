// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

import type { Validator } from "../contract.js";
import type { Message } from "../models/message.js";

/** Tells whether a value is a Message. */
export declare const validateMessage: Validator<Message>;
