// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
