// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
