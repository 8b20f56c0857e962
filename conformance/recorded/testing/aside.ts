/** A part of the suite that a recorded agent is not judged by. */
export interface Left {
  /** Ids of cases, areas, or patterns with `*`. */
  readonly names: readonly string[];
  readonly why: string;
}

/** Parts of the suite that are not run at the recorded agent. */
export const left: readonly Left[] = [
  {
    names: ["auth.keys.flood", "auth.keys.rotated", "auth.opaque.*", "auth.websocket.expiry"],
    why: "they are about what happens in time, or at an introspection endpoint, of which nothing was recorded",
  },
  {
    names: [
      "metrics.requests-counted",
      "metrics.errors-counted",
      "metrics.unknown-type-counted-as-other",
      "limits.burst",
    ],
    why: "they compare two pages of metrics, of which one was recorded",
  },
  {
    names: ["metrics.buckets-cumulative", "metrics.bucket-bounds"],
    why: "the recorded page is cut short before its first histogram",
  },
  {
    names: ["auth.manifest"],
    why: "the manifest of the variant behind OAuth 2.0 was not recorded, and another stands in its place",
  },
];
