import { documentCommand } from "./conformance-document.js";

/** `asap conformance registry`: judges a registry, from a file or a URL. */
export const command = documentCommand("registry");
