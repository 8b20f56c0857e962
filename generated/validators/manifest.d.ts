// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

import type { Validator } from "../contract.js";
import type { Manifest } from "../models/manifest.js";

/** Tells whether a value is a Manifest. */
export declare const validateManifest: Validator<Manifest>;
