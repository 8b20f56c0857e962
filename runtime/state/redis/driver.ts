import { AsapError } from "../../error.js";

/** Keys and arguments of a script, as `redis` takes them. */
export interface EvalOptions {
  keys: string[];
  arguments: string[];
}

/**
 * The part of a client that is used: a client, pool, sentinel or cluster of `redis` has it. Its replies are texts and
 * numbers, as they are without a type mapping of one's own.
 */
export interface RedisClient {
  eval(script: string, options: EvalOptions): Promise<unknown>;
  evalSha(sha1: string, options: EvalOptions): Promise<unknown>;
  configGet?(parameter: string): Promise<unknown>;
  on?(event: "error", listener: (cause: unknown) => void): unknown;
  off?(event: "error", listener: (cause: unknown) => void): unknown;
}

/** A client with a connection of its own. */
export interface RedisConnection extends RedisClient {
  connect(): Promise<unknown>;
  /** Ends it at once; what is under way fails. */
  destroy(): void;
  on(event: "error", listener: (cause: unknown) => void): unknown;
}

/**
 * Loads the driver.
 *
 * @returns What makes a client that is not connected yet. It does not queue what is asked while it is not connected, and
 * once its connection is lost it is of no more use.
 * @throws AsapError `asap:config/missing_package` when redis is not installed.
 */
export async function loadDriver(connectTimeoutMs: number): Promise<(url: string) => RedisConnection> {
  const name = "redis";
  try {
    const { createClient } = (await import(name)) as { createClient: (options: object) => RedisConnection };
    return (url) =>
      createClient({
        url,
        socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
        disableOfflineQueue: true,
        commandOptions: { timeout: 0 },
        maintNotifications: "disabled",
      });
  } catch (cause) {
    throw new AsapError("asap:config/missing_package", {
      message: `${name} is not installed`,
      data: { package: name, install: `npm install ${name}` },
      cause,
    });
  }
}
