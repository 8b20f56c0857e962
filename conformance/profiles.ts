import type { Area } from "./case.js";

/** A part of the protocol that an implementation has as a whole or not at all. */
export type Profile = "core" | "discovery" | "registry" | "websocket" | "auth" | "state" | "webhooks";

/** Every profile, in the order of reports. */
export const profiles: readonly Profile[] = ["core", "discovery", "registry", "websocket", "auth", "state", "webhooks"];

const elsewhere: Readonly<Partial<Record<Area, Profile>>> = {
  discovery: "discovery",
  health: "discovery",
  metrics: "discovery",
  registry: "registry",
  websocket: "websocket",
  acks: "websocket",
  auth: "auth",
  state: "state",
  webhooks: "webhooks",
};

/** The profile that an area belongs to. */
export const profileOf = (area: Area): Profile => elsewhere[area] ?? "core";
