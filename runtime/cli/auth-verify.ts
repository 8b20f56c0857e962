import type { EgressPolicy } from "../egress.js";
import { AsapError } from "../error.js";

/** Whose token is verified, and for whom it must be. */
export interface VerifyOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly egress: EgressPolicy;
  readonly allowInsecure?: boolean;
}

/**
 * Verifies a token as an agent does: signature, issuer, audience and times.
 *
 * @throws AsapError `asap:auth/invalid_token`, whose message names the fault; `asap:auth/unavailable`,
 * `asap:auth/issuer_mismatch`, `asap:config/invalid_option`.
 */
export async function verifyToken(token: string, { issuer, audience, ...fetching }: VerifyOptions): Promise<void> {
  const [{ asymmetricAlgorithms, isJwt, verifyJwt }, { remoteKeySet }, { fetchIssuerMetadata }] = await Promise.all([
    import("../auth/jwt.js"),
    import("../auth/jwks.js"),
    import("../auth/metadata.js"),
  ]);
  if (!isJwt(token)) throw refused("it is opaque, only its issuer can judge it");
  const keysAt = async () => {
    const { jwks_uri } = await fetchIssuerMetadata(issuer, fetching);
    if (jwks_uri !== undefined) return jwks_uri;
    throw new AsapError("asap:auth/unavailable", {
      message: `The metadata of ${issuer} names no keys.`,
      data: { issuer, reason: "no jwks_uri" },
    });
  };
  const judged = await verifyJwt(token, {
    issuer,
    audience: [audience],
    algorithms: asymmetricAlgorithms,
    clockToleranceSeconds: 30,
    keys: remoteKeySet(keysAt, {}, fetching),
    now: Date.now,
  });
  if ("fault" in judged) throw refused(String(judged.fault));
}

const refused = (fault: string) =>
  new AsapError("asap:auth/invalid_token", { message: `The token does not hold: ${fault}.` });
