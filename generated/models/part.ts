// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
