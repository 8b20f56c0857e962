import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A fresh ULID: the time in milliseconds and 80 random bits.
 *
 * @param timeMs milliseconds since 1970
 */
export function newUlid(timeMs: number): string {
  let time = "";
  for (let rest = timeMs, at = 0; at < 10; at += 1, rest = Math.floor(rest / 32))
    time = alphabet.charAt(rest % 32) + time;
  const random = [...randomBytes(16)].map((byte) => alphabet.charAt(byte % 32)).join("");
  return time + random;
}
