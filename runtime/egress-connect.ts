import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { canonical } from "./egress-address.js";
import { type EgressRules, plainHost } from "./egress-rules.js";
import { AsapError } from "./error.js";

/** Where a connection goes. */
export interface EgressTarget {
  /** Name or address as in a URL. */
  readonly hostname: string;
  readonly port: number;
  /** Encrypts the connection; the certificate must be that of the host of the URL. */
  readonly isEncrypted: boolean;
}

/** Longest time until a connection is there, finding its address and encryption included, in milliseconds. */
const connectTimeoutMs = 5_000;

/**
 * Connects to an address that was judged: the addresses of the host are found once, each is judged, and no other is
 * connected to. The address of the peer is judged again before a byte is sent. Addresses that lead to no connection are
 * not kept.
 *
 * @param rules What may be reached.
 * @param target Where to.
 * @returns The connection.
 * @throws AsapError `asap:transport/address_refused`; what the platform throws when there is no connection.
 */
export async function connectGuarded(rules: EgressRules, target: EgressTarget): Promise<Socket> {
  const { port, isEncrypted } = target;
  const host = plainHost(target.hostname);
  const ending = new AbortController();
  const late = () => ending.abort(new Error(`no connection to ${host} after ${connectTimeoutMs} ms`));
  const timer = setTimeout(late, connectTimeoutMs);
  let addresses: readonly string[] = [];
  try {
    addresses = await before(ending.signal, rules.addressesOf(host));
    const socket = connectTcp({ host, port, lookup: answering(addresses), autoSelectFamily: true });
    await opened(socket, "connect", ending.signal);
    checkPeer(rules, host, addresses, socket);
    socket.setNoDelay(true).setKeepAlive(true, 60_000);
    if (!isEncrypted) return socket;
    const servername = isIP(host) === 0 ? host : "";
    const encrypted = connectTls({ socket, host, servername, ALPNProtocols: ["http/1.1"] });
    await opened(encrypted, "secureConnect", ending.signal);
    return encrypted;
  } catch (cause) {
    rules.forget(host, addresses);
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** A resolver that knows the answer. */
function answering(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    const [first] = known;
    if (all === true) callback(null, known);
    else callback(null, first?.address ?? "", first?.family);
  };
}

function checkPeer(rules: EgressRules, host: string, addresses: readonly string[], socket: Socket): void {
  const reached = socket.remoteAddress ?? "";
  try {
    rules.check(host, reached);
    if (addresses.some((address) => canonical(address) === canonical(reached))) return;
    throw new AsapError("asap:transport/address_refused", { data: { host, address: reached, range: "unasked" } });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits until a socket is ready. Its later errors are told to whoever listens then, and never thrown. */
function opened(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown) => {
      socket.destroy();
      reject(cause);
    };
    socket.on("error", fail);
    socket.once("close", () => fail(new Error("the connection was closed at once")));
    socket.once(event, () => resolve());
    if (signal.aborted) fail(signal.reason);
    signal.addEventListener("abort", () => fail(signal.reason), { once: true });
  });
}

/** Waits for work, no longer than a signal lets it. */
function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
