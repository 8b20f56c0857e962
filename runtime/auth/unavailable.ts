import { shownUrl } from "../base-url.js";
import { AsapError } from "../error.js";

/**
 * The error of an identity provider that cannot be used, `asap:auth/unavailable`.
 *
 * @param reason Why, in words. Must not repeat secrets.
 * @param where The issuer or URL that was asked, where it is known.
 */
export function unavailable(
  reason: string,
  where: { readonly issuer?: string; readonly url?: string } = {},
  cause?: unknown,
): AsapError {
  const shown = Object.fromEntries(Object.entries(where).map(([name, url]) => [name, shownUrl(url)]));
  const [place] = Object.values(shown);
  return new AsapError("asap:auth/unavailable", {
    message: `The identity provider cannot be used${place === undefined ? "" : ` at ${place}`}: ${reason}.`,
    data: { ...shown, reason },
    cause,
  });
}
