// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { DataPart } from "./data-part.js";
import type { FilePart } from "./file-part.js";
import type { ResourcePart } from "./resource-part.js";
import type { TemplatePart } from "./template-part.js";
import type { TextPart } from "./text-part.js";

/**
 * One piece of the content of a message or artifact, told apart by `type`.
 * Defined in `parts/part.schema.json`.
 */
export type Part = TextPart | DataPart | FilePart | ResourcePart | TemplatePart;
