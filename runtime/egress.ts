/**
 * What may be reached where an address comes from somebody else. Public addresses may; loopback, private, link-local and
 * other special ones may not unless they are allowed here. The address that is judged is the one connected to, so a name
 * that resolves differently a moment later changes nothing.
 */
export interface EgressPolicy {
  /** Allows addresses of this host. Default: false. */
  readonly allowLoopback?: boolean;
  /** Allows private networks: RFC 1918 and unique local IPv6 addresses. Default: false. */
  readonly allowPrivate?: boolean;
  /** Networks in CIDR form, such as `10.1.0.0/16`, that are allowed beside public ones. Default: none. */
  readonly allowNetworks?: readonly string[];
  /** Hosts that are allowed whatever their address, such as `agents.internal` or `*.internal`. Default: none. */
  readonly allowHosts?: readonly string[];
  /** Resolves a name to its addresses. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /**
   * How long the addresses of a name are taken as they were found, in milliseconds up to 3,600,000; 0 asks for each
   * connection. They are judged at each use all the same, and asked for anew once they cannot be connected to. Default:
   * 5,000; 0 with a `resolve` of one's own.
   */
  readonly dnsTtlMs?: number;
}

/** Bounds of a guarded fetch. */
export interface EgressBounds {
  /** Longest wait for the headers of an answer, in milliseconds; 0 for none. Default: 10,000. */
  readonly headersTimeoutMs?: number;
}

/** The policy where none is given. */
export const publicOnly: EgressPolicy = Object.freeze({});

const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a URL names this host in a way that needs no resolver. */
export function isLoopbackUrl(url: string | URL): boolean {
  return URL.canParse(String(url)) && loopbackHosts.has(new URL(url).hostname);
}

const withLoopback = new WeakMap<EgressPolicy, EgressPolicy>();
const withoutLoopback = new WeakMap<EgressPolicy, EgressPolicy>();

/**
 * The policy for a URL that the caller wrote himself: where it names this host (`localhost`, `127.0.0.1`, `[::1]`), he
 * means it, and loopback is allowed unless the policy says `allowLoopback: false`.
 *
 * @param url The URL, or the one of the document that named the resource.
 * @param policy The caller's policy. Default: public addresses alone.
 */
export function ownWord(url: string | URL, policy: EgressPolicy = publicOnly): EgressPolicy {
  return policy.allowLoopback === undefined && isLoopbackUrl(url) ? derived(withLoopback, policy, true) : policy;
}

/**
 * The policy for a URL from somebody else's document: that it names this host allows nothing, unless the document itself
 * came from this host at the caller's word.
 *
 * @param policy The caller's policy. Default: public addresses alone.
 * @param document Where the document came from, by the caller's word. Default: from somebody else.
 */
export function othersWord(policy: EgressPolicy = publicOnly, document?: string | URL): EgressPolicy {
  const own = document === undefined ? policy : ownWord(document, policy);
  return own.allowLoopback === undefined ? derived(withoutLoopback, own, false) : own;
}

/** The same policy but for loopback; one object for each, as connections are kept per policy object. */
function derived(
  kept: WeakMap<EgressPolicy, EgressPolicy>,
  policy: EgressPolicy,
  allowLoopback: boolean,
): EgressPolicy {
  const made = kept.get(policy) ?? { ...policy, allowLoopback };
  kept.set(policy, made);
  return made;
}
