/** Findings of cases whose requests were all recorded, and which still cannot be judged by recordings. */
export interface Standing {
  readonly ids: readonly string[];
  readonly outcome: "fail" | "warn";
  readonly why: string;
  /** Variant that alone shows it. */
  readonly setting?: string;
}

/** Findings that say something of the recording and nothing of the reference. */
export const standing: readonly Standing[] = [
  {
    ids: [
      "metrics.requests-counted",
      "metrics.errors-counted",
      "metrics.unknown-type-counted-as-other",
      "metrics.buckets-cumulative",
      "metrics.bucket-bounds",
    ],
    outcome: "fail",
    why: "the page was recorded once and is cut short: its counters stand still, and it has no histogram",
  },
  {
    ids: ["limits.burst"],
    outcome: "fail",
    why: "it compares the counters of two pages of metrics",
    setting: "echo default limits",
  },
  {
    ids: ["auth.manifest"],
    outcome: "warn",
    why: "the manifest of the variant behind OAuth 2.0 was not recorded, and another stands in its place",
  },
];

/** Parts of the suite that are not run at the recorded agent. */
export const left: readonly { readonly names: readonly string[]; readonly why: string }[] = [
  { names: ["webhooks"], why: "the reference posts no webhook for a request" },
  {
    names: ["auth.keys.flood", "auth.keys.rotated", "auth.opaque.*", "auth.websocket.expiry"],
    why: "they are about what happens in time, or at an introspection endpoint, of which nothing was recorded",
  },
];
