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
}
