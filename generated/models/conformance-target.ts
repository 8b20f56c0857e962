// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * What was judged.
 * Defined in `conformance/target.schema.json`.
 */
export type ConformanceTarget = {
  /** For people: the URL of an agent, the command of a client, the path or URL of a document. */
  name: string;
  /** Id of the agent, null when it was not told. */
  agentId: string | null;
  /** Version of the agent, null when it was not told. */
  agentVersion: string | null;
};
