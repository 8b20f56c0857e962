import { setTimeout as wait } from "node:timers/promises";
import { AsapError, isAsapError } from "../../error.js";
import { unavailable } from "../records.js";
import { boundOf } from "./bound.js";
import type { EvalOptions, RedisClient, RedisConnection } from "./driver.js";
import { backend, isUnknownScript, redisError } from "./faults.js";
import type { Script } from "./scripts.js";

/** The way of a store to its server. */
export interface RedisLink {
  /** Runs a script on the server, which is told its text where it does not know it; to be called by work. */
  run(script: Script, keys: string[], args: readonly (string | number)[]): Promise<unknown>;
  /**
   * Does work that `close` waits for.
   *
   * @throws AsapError `asap:state/closed`, `asap:state/unavailable`, `asap:state/access_denied`, `asap:state/corrupt`, and
   * as the work does.
   */
  work<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Reads a parameter of the server; undefined where that is not allowed. */
  parameter(name: string): Promise<string | undefined>;
  /** Refuses further work and resolves when there is none under way; a second call does nothing. */
  close(): Promise<void>;
}

/** Where clients come from. */
export interface ClientSource {
  /** The client to use now, or a promise of one. */
  client(): RedisClient | Promise<RedisClient>;
  /** Told of a client that does not answer. */
  drop(client: RedisClient): void;
  end(): void;
}

/** A lost connection shows in what it was asked; without a listener it would end the process. */
const ignore = (): void => {};

/** A client that somebody else connects and closes. */
export function givenClient(client: RedisClient): ClientSource {
  client.on?.("error", ignore);
  return { client: () => client, drop: ignore, end: () => void client.off?.("error", ignore) };
}

/**
 * A client of one's own. It is connected when it is needed first, and again after its connection was lost; work that
 * comes meanwhile waits for one connection.
 *
 * @param make Makes a client that is not connected.
 * @param timeoutMs How long connecting may take, in milliseconds.
 */
export function ownClient(make: () => RedisConnection, timeoutMs: number): ClientSource {
  let current: RedisConnection | undefined;
  let coming: Promise<RedisConnection> | undefined;

  const drop = (client: RedisClient) => {
    if (current === client) current = undefined;
    (client as RedisConnection).destroy();
  };
  const connect = async (client: RedisConnection): Promise<RedisConnection> => {
    let isLost = false;
    client.on("error", () => {
      isLost = true;
      queueMicrotask(() => drop(client));
    });
    const patience = new AbortController();
    const tooLong = wait(timeoutMs, undefined, { signal: patience.signal }).then(() => {
      throw unavailable(backend, "the server does not answer");
    });
    try {
      await Promise.race([client.connect(), tooLong]);
      if (isLost) throw unavailable(backend, "the connection was lost");
      current = client;
      return client;
    } catch (cause) {
      drop(client);
      throw cause;
    } finally {
      patience.abort();
      coming = undefined;
    }
  };
  return {
    client() {
      if (current !== undefined) return current;
      coming ??= connect(make());
      return coming;
    },
    drop,
    end: () => current?.destroy(),
  };
}

/**
 * Links a store to its server.
 *
 * @param timeoutMs How long a command may take, in milliseconds.
 */
export function linkOf(source: ClientSource, timeoutMs: number): RedisLink {
  let isOpen = true;
  let underWay = 0;
  let onIdle = (): void => {};
  let closing: Promise<void> | undefined;
  const bound = boundOf(timeoutMs, () => unavailable(backend, "the server does not answer"));

  const ask = async (question: (client: RedisClient) => Promise<unknown>): Promise<unknown> => {
    const coming = source.client();
    const client = coming instanceof Promise ? await coming : coming;
    try {
      return await bound.wait(question(client));
    } catch (cause) {
      if (isAsapError(cause)) source.drop(client);
      throw cause;
    }
  };
  const idle = () =>
    new Promise<void>((resolve) => {
      onIdle = resolve;
      if (underWay === 0) resolve();
    });

  return {
    async run({ text, sha }, keys, args) {
      const options: EvalOptions = { keys, arguments: args.map(String) };
      try {
        return await ask((client) => client.evalSha(sha, options));
      } catch (cause) {
        if (!isUnknownScript(cause)) throw cause;
      }
      return ask((client) => client.eval(text, options));
    },
    async work(work) {
      if (!isOpen) throw new AsapError("asap:state/closed", { data: { backend } });
      underWay += 1;
      try {
        return await work();
      } catch (cause) {
        throw redisError(cause);
      } finally {
        underWay -= 1;
        if (underWay === 0) onIdle();
      }
    },
    async parameter(name) {
      try {
        const found = await ask((client) => client.configGet?.(name) ?? Promise.resolve({}));
        const value = (found as Readonly<Record<string, unknown>>)[name];
        return typeof value === "string" ? value : undefined;
      } catch {
        return undefined;
      }
    },
    close() {
      isOpen = false;
      closing ??= idle().then(() => {
        bound.stop();
        source.end();
      });
      return closing;
    },
  };
}
