// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

import type { Validator } from "../contract.js";
import type { AuthScheme } from "../models/auth-scheme.js";

/** Tells whether a value is a AuthScheme. */
export declare const validateAuthScheme: Validator<AuthScheme>;
