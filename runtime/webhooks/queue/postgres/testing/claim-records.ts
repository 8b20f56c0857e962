/** What a process that claims says: what it took, what it sent, what was written. */
export type ClaimSaid =
  | { readonly kind: "ready" }
  | {
      readonly kind: "took";
      readonly id: string;
      readonly fence: number;
      readonly attempt: number;
      readonly url: string;
      /** When it asked for it and when it had it, in milliseconds since 1970. */
      readonly askedMs: number;
      readonly hadMs: number;
    }
  | { readonly kind: "sent" | "settled" | "stale"; readonly id: string; readonly fence: number };

/** What it is told: the server, the schema, its name, whether it holds or delivers, and how long its leases are. */
export type ClaimWords = readonly [
  url: string,
  schema: string,
  name: string,
  role: "hold" | "deliver",
  leaseMs: string,
];
