import { type EgressPolicy, publicOnly } from "../egress.js";
import { addressOf } from "../egress-address.js";
import { type EgressRules, egressRules, plainHost } from "../egress-rules.js";
import { AsapError, isAsapError } from "../error.js";
import { type NameFault, nameFault } from "./target-names.js";
import { blockedPorts } from "./target-ports.js";

/** Rules beside the ranges of addresses (`loopback`, `private`, `metadata`, `multicast`, …) that a target can break. */
export type TargetRule = "url" | "scheme" | "userinfo" | "host" | "spelling" | "port" | NameFault | "unresolved";

/** How strict a target is judged. */
export interface TargetOptions {
  /** Takes `https` alone. Default: true. */
  readonly requireHttps?: boolean;
}

/** Where webhooks may be posted to. */
export interface WebhookTarget {
  readonly url: URL;
  /** Addresses the host has now, all of them allowed. */
  readonly addresses: readonly string[];
}

const maxLength = 8_192;
const resolveTimeoutMs = 5_000;

const reasons: Readonly<Record<TargetRule, string>> = {
  url: "it is no absolute URL, or holds white space, a backslash or an invisible character",
  scheme: "its scheme is not https",
  userinfo: "it holds a user name or password",
  host: "it names no host",
  spelling: "its host is written in an unusual way, such as an IPv4 address in hexadecimal",
  port: "its port is one of another protocol",
  name: "its host is no valid name",
  localhost: "its host is a name of this host",
  metadata_name: "its host is a metadata service",
  internal_name: "its host is a name of an inner network",
  unresolved: "its host does not resolve",
};

/**
 * Judges where webhooks are to be posted: at subscription, and again at each delivery, where the connection itself goes
 * through the same guard (`guardedFetch`, `guardedPool`) so that the address judged is the one connected to.
 *
 * @param url The URL as it was given.
 * @param policy What may be reached beside public addresses. Default: nothing.
 * @param options See {@link TargetOptions}.
 * @throws AsapError `asap:transport/webhook_url_rejected`, its `rule` a {@link TargetRule} or the range of the address;
 * `unresolved` is the one that a later try may not meet. `asap:config/invalid_option` for a policy that cannot be.
 * @see wire section 12.4
 */
export async function checkTarget(
  url: string,
  policy: EgressPolicy = publicOnly,
  options: TargetOptions = {},
): Promise<WebhookTarget> {
  const target = checkTargetUrl(url, policy, options);
  try {
    return { url: target, addresses: await inTime(rulesOf(policy).addressesOf(target.hostname)) };
  } catch (cause) {
    if (!isAsapError(cause)) throw rejected(url, "unresolved", reasons.unresolved, cause);
    const range = String(cause.data["range"]);
    throw rejected(url, range, `its address is not public: ${range}`, cause);
  }
}

/**
 * The part of {@link checkTarget} that asks no resolver.
 *
 * @returns The URL, its host in lower case and punycode.
 * @throws As {@link checkTarget}.
 */
export function checkTargetUrl(
  url: string,
  policy: EgressPolicy = publicOnly,
  { requireHttps = true }: TargetOptions = {},
): URL {
  const refuse = (rule: TargetRule): never => {
    const reason = rule === "scheme" && !requireHttps ? "its scheme is neither https nor http" : reasons[rule];
    throw rejected(url, rule, reason);
  };
  if (url.length > maxLength || /[\s\\\p{Cc}\p{Cf}]/u.test(url)) return refuse("url");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return refuse("url");
  if (scheme !== "https" && (requireHttps || scheme !== "http")) return refuse("scheme");
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? refuse("url");
  if (authority.includes("@")) return refuse("userinfo");
  if (/^(?::\d*)?$/.test(authority)) return refuse("host");
  if (!URL.canParse(url)) return refuse("url");
  const target = new URL(url);
  if (target.port !== "" && blockedPorts.has(Number(target.port))) return refuse("port");
  const fault = hostFault(target.hostname, authority, policy);
  return fault === undefined ? target : refuse(fault);
}

function hostFault(hostname: string, authority: string, policy: EgressPolicy): TargetRule | undefined {
  const name = plainHost(hostname);
  if (!isPlain(authority.replace(/:\d*$/, ""), hostname, addressOf(name) !== undefined)) return "spelling";
  const fault = addressOf(name) === undefined ? nameFault(name) : undefined;
  return fault === undefined || isOpened(name, fault, policy) ? undefined : fault;
}

/**
 * Whether a host is written so that every program reads the same in it: no escapes, an IPv4 address in four decimal
 * numbers, and signs beyond ASCII only where the name has some.
 */
function isPlain(written: string, hostname: string, isAddress: boolean): boolean {
  if (written.startsWith("[")) return true;
  if (isAddress) return written === hostname;
  return !written.includes("%") && (written.toLowerCase() === hostname || /(?:^|\.)xn--/.test(hostname));
}

/** Whether a policy lets a name be asked for; its addresses are judged all the same. */
function isOpened(name: string, fault: NameFault, policy: EgressPolicy): boolean {
  if (fault === "name") return false;
  if (rulesOf(policy).allowsHost(name)) return true;
  if (fault === "localhost") return policy.allowLoopback === true;
  return fault === "internal_name" && (policy.allowPrivate === true || (policy.allowNetworks ?? []).length > 0);
}

const kept = new WeakMap<EgressPolicy, EgressRules>();

function rulesOf(policy: EgressPolicy): EgressRules {
  const rules = kept.get(policy) ?? egressRules(policy);
  kept.set(policy, rules);
  return rules;
}

/** A URL without what may be secret: user name, password, query and fragment. */
export function shownUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.host === "") return `${/^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? ""}…`;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`.slice(0, 200);
}

function rejected(url: string, rule: string, reason: string, cause?: unknown): AsapError {
  return new AsapError("asap:transport/webhook_url_rejected", {
    message: `Webhook URL rejected: ${reason}`,
    data: { url: shownUrl(url), reason, rule },
    cause,
  });
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = () => reject(new Error(`no answer of the resolver after ${resolveTimeoutMs} ms`));
    const timer = setTimeout(late, resolveTimeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
