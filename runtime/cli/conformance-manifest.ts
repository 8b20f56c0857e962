import { documentCommand } from "./conformance-document.js";

/** `asap conformance manifest`: judges a manifest, from a file or a URL. */
export const command = documentCommand("manifest");
