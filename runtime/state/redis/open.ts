import { AsapError } from "../../error.js";
import { invalidOption } from "../../invalid-option.js";
import { guardedLog, type Log } from "../../observe/log.js";
import { corrupt, largestRecord, unavailable } from "../records.js";
import type { StateStore } from "../state-store.js";
import { loadDriver, type RedisClient } from "./driver.js";
import { backend } from "./faults.js";
import { type Keys, keysOf } from "./keys.js";
import { type ClientSource, givenClient, linkOf, ownClient, type RedisLink } from "./link.js";
import { redisMetering } from "./metering.js";
import { redisNonces } from "./nonces.js";
import { foundLayoutScript, layoutScript } from "./scripts.js";
import { redisSnapshots } from "./snapshots.js";
import { redisTasks } from "./tasks.js";

export type { EvalOptions, RedisClient } from "./driver.js";

/** Options of {@link redisState}. */
export interface RedisStateOptions {
  /** `redis://user:password@host:port/database`, `rediss:` for TLS. Default: `redis://127.0.0.1:6379`. */
  readonly url?: string;
  /**
   * A connected client of `redis`, in place of a URL: a client, pool, sentinel or cluster, without a type mapping of its
   * own. It connects again as it was made to; `close` leaves it open.
   */
  readonly client?: RedisClient;
  /** What all keys begin with, in braces: 1 to 100 letters, digits and `.`, `_`, `:`, `-`. Default: `asap`. */
  readonly prefix?: string;
  /** Whether a store is begun where no keys of one are; without, opening fails there. Default: true. */
  readonly create?: boolean;
  /** How long connecting may take, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long the server may take for a command, in milliseconds. Default: 5,000. */
  readonly commandTimeoutMs?: number;
  /** Largest record, in bytes of its JSON text. Default: 10,485,760. */
  readonly maxRecordBytes?: number;
  /** Told when the server may lose what it acknowledged. Default: nothing is written. */
  readonly log?: Log;
}

/** The layout that this version writes: 2 since tasks are told apart by their agents. */
const layout = 2;

/**
 * Opens a store on a Redis server, version 6 or later. Whatever takes more than one command is a script of the server,
 * so that any number of processes may use one store; leases go by the clock of the server.
 *
 * All keys of a prefix have one hash tag: on a cluster they live in one slot, and a store grows as large as one node. A
 * user of the server needs `~{asap}:*`, `+@read +@write +@scripting +time`, and may have `+config|get`.
 *
 * How safe a save is depends on the server: with `appendonly yes` and `appendfsync always` it survives a loss of power,
 * with `everysec` the last second may be lost, without append-only file everything since the last dump; a replica that
 * takes over may lack the last writes; with a `maxmemory-policy` other than `noeviction` anything may go at any time.
 * Where the server tells of a missing append-only file or of such a policy, the log is warned as
 * `asap.state.not_durable`.
 *
 * While the server is not reached, calls fail with `asap:state/unavailable`; the first call after it is back connects
 * again. A write that fails so may have been done.
 *
 * @throws AsapError `asap:config/missing_package` when redis is not installed, `asap:config/invalid_option`,
 * `asap:state/unavailable`, `asap:state/access_denied`, `asap:state/corrupt`, `asap:state/newer_schema`.
 * @see ASAP 1.1, section 14
 */
export async function redisState(options: RedisStateOptions = {}): Promise<StateStore> {
  const {
    prefix = "asap",
    create = true,
    commandTimeoutMs = 5_000,
    maxRecordBytes = largestRecord,
    log = {},
  } = options;
  if (!/^[\w.:-]{1,100}$/.test(prefix)) {
    throw invalidOption("prefix", "must be 1 to 100 letters, digits and . _ : -");
  }
  const keys = keysOf(prefix);
  if (!(maxRecordBytes >= 1)) throw invalidOption("maxRecordBytes", "must be a number of bytes from 1");
  const source = await sourceOf(options);
  const link = linkOf(source, checkedMs("commandTimeoutMs", commandTimeoutMs));
  try {
    await link.work(() => checkLayout(link, keys, create));
    await link.work(() => checkDurability(link, guardedLog(log)));
  } catch (cause) {
    await link.close();
    throw cause;
  }
  return {
    backend,
    snapshots: redisSnapshots(link, keys, maxRecordBytes),
    metering: redisMetering(link, keys),
    tasks: redisTasks(link, keys, maxRecordBytes),
    nonces: redisNonces(link, keys),
    close: () => link.close(),
  };
}

function checkedMs(option: string, ms: number): number {
  if (ms >= 1 && ms <= 2 ** 31 - 1) return ms;
  throw invalidOption(option, "must be a number of milliseconds from 1 to 2,147,483,647");
}

async function sourceOf(options: RedisStateOptions): Promise<ClientSource> {
  const { url = "redis://127.0.0.1:6379", client, connectTimeoutMs = 5_000 } = options;
  if (client !== undefined) {
    if (options.url === undefined) return givenClient(client);
    throw invalidOption("client", "and url exclude each other");
  }
  if (!isServer(url)) throw invalidOption("url", "must be redis://… or rediss://…");
  const timeoutMs = checkedMs("connectTimeoutMs", connectTimeoutMs);
  const makeClient = await loadDriver(timeoutMs);
  return ownClient(() => makeClient(url), timeoutMs);
}

function isServer(text: string): boolean {
  try {
    const { protocol, pathname, username, password } = new URL(text);
    decodeURIComponent(username + password);
    return /^rediss?:$/.test(protocol) && /^\/?\d*$/.test(pathname);
  } catch {
    return false;
  }
}

async function checkLayout(link: RedisLink, keys: Keys, create: boolean): Promise<void> {
  if (!create && (await link.run(foundLayoutScript, keys("layout"), [])) === null) {
    throw unavailable(backend, "there are no keys of a store");
  }
  const found = Number(await link.run(layoutScript, keys("layout", "tasks:asked", "tasks:waiting"), [layout]));
  if (!Number.isInteger(found) || found < 1) throw corrupt(backend, "its layout is no number");
  if (found <= layout) return;
  throw new AsapError("asap:state/newer_schema", {
    message: `The keys have layout ${found}; this version of the package knows ${layout}.`,
    data: { backend, found, known: layout },
  });
}

async function checkDurability(link: RedisLink, log: Log): Promise<void> {
  if (log.warn === undefined) return;
  const appendonly = await link.parameter("appendonly");
  const policy = await link.parameter("maxmemory-policy");
  const isLossy = appendonly === "no" || (policy !== undefined && policy !== "noeviction");
  if (isLossy) log.warn("asap.state.not_durable", { backend, appendonly, maxmemory_policy: policy });
}
