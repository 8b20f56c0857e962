// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
