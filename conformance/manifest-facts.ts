/** Members of a manifest, in order. */
export const manifestMembers: readonly string[] = [
  "id",
  "name",
  "version",
  "description",
  "capabilities",
  "endpoints",
  "auth",
  "signature",
  "ttl_seconds",
];

/** Whether a version of the protocol, as PEP 440 orders them, is at least 0.1; null for what is no version. */
export function isAtLeastFirst(version: string): boolean | null {
  const parts = /^\s*v?(?:(\d+)!)?(\d+)(?:\.(\d+))?(?:[^\d!].*)?$/i.exec(version);
  if (parts === null) return null;
  const [, epoch = "0", major = "0", minor = "0"] = parts;
  return Number(epoch) > 0 || Number(major) > 0 || Number(minor) >= 1;
}
