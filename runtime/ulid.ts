/** Crockford's base 32: digits and upper-case letters without I, L, O and U. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const maxTime = 2 ** 48 - 1;
const poolWords = 2048;
const wordsPerId = 8;

let pairs: readonly string[] | undefined;
let pool: Uint16Array<ArrayBuffer> | undefined;
let next = poolWords;
let cachedMs = -1;
let cachedPrefix = "";

function makePairs(): readonly string[] {
  const made: string[] = [];
  for (const high of alphabet) for (const low of alphabet) made.push(high + low);
  return made;
}

function timePrefix(ms: number): string {
  if (!(ms >= 0 && ms <= maxTime)) throw new RangeError(`a ULID cannot carry the time ${ms}`);
  let rest = Math.floor(ms);
  let text = "";
  for (let digit = 0; digit < 10; digit++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * Makes a ULID: 26 characters of Crockford base 32, upper case, 48 bits of time then 80 random bits. Ids made in
 * different milliseconds sort by time; within one millisecond their order is random. The random bits come from
 * `crypto.getRandomValues`, drawn 4 KiB at a time.
 *
 * @param now Milliseconds since 1970. Default: `Date.now()`.
 * @returns The id.
 * @throws RangeError when `now` is negative, not a number or after the year 10889.
 * @see ASAP 1.1, section 1.3
 */
export function ulid(now: number = Date.now()): string {
  if (now !== cachedMs) {
    cachedPrefix = timePrefix(now);
    cachedMs = now;
  }
  pairs ??= makePairs();
  pool ??= new Uint16Array(poolWords);
  if (next === poolWords) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  let id = cachedPrefix;
  for (let end = next + wordsPerId; next < end; next++) id += pairs[(pool[next] as number) & 1023];
  return id;
}
