import type { ConnectionOptions } from "node:tls";
import { AsapError } from "../../error.js";

/** A statement, as `pg` takes it. */
export interface PostgresQuery {
  /** Name it is prepared by. */
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** What a statement came to, as `pg` has it. */
export interface PostgresResult {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

/** A connection of a pool, as `pg` has it. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** Gives the connection back, or ends it. */
  release(end?: boolean): void;
  on(event: "error", listener: (cause: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (message: { readonly payload?: string | undefined }) => void): unknown;
}

/** The part of a `Pool` of `pg` that is used. */
export interface PostgresPool {
  readonly options?: { readonly max?: number | undefined };
  query(query: PostgresQuery): Promise<PostgresResult>;
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
  on(event: "error", listener: (cause: Error) => void): unknown;
  off(event: "error", listener: (cause: Error) => void): unknown;
}

/** Where a server is and who asks; what is absent comes from the environment, as `pg` reads it: `PGHOST` and so on. */
export interface PostgresServer {
  /** `postgres://user:password@host:port/database`, in place of the other members. */
  readonly url?: string;
  /** Name, address, or folder of the socket. */
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  /** The password, or what gives it at every new connection. */
  readonly password?: string | (() => string | Promise<string>);
  /** TLS: whether, or with which options of `node:tls`. */
  readonly ssl?: boolean | ConnectionOptions;
}

/** Bounds of a pool; times in milliseconds. */
export interface PoolBounds {
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** 0 for none. */
  readonly statementTimeoutMs: number;
}

/**
 * Makes a pool of connections; none is opened yet. The server ends a statement that takes too long; where the server is
 * silent, this side gives up a little later.
 *
 * @throws AsapError `asap:config/missing_package` when pg is not installed.
 */
export async function makePool(server: PostgresServer, bounds: PoolBounds): Promise<PostgresPool> {
  const { url, ...parts } = server;
  const { maxConnections, connectTimeoutMs, statementTimeoutMs } = bounds;
  const Pool = await loadDriver();
  return new Pool({
    ...(url === undefined ? parts : { connectionString: url }),
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + connectTimeoutMs,
    }),
    keepAlive: true,
    fallback_application_name: "asap-kit",
  });
}

async function loadDriver(): Promise<new (config: object) => PostgresPool> {
  const name = "pg";
  try {
    const { default: driver } = (await import(name)) as { default: { Pool: new (config: object) => PostgresPool } };
    return driver.Pool;
  } catch (cause) {
    throw new AsapError("asap:config/missing_package", {
      message: `${name} is not installed`,
      data: { package: name, install: `npm install ${name}` },
      cause,
    });
  }
}
