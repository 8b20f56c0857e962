import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { testClient } from "./redis-place.js";

/** A Redis server of the test's own. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  /** Sends it a signal: `SIGSTOP` and `SIGCONT` make it silent for a while. */
  signal(name: NodeJS.Signals): void;
  /** Ends it as a crash would. */
  crash(): Promise<void>;
  /** Starts it again and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and removes what it kept. */
  [Symbol.asyncDispose](): Promise<void>;
}

const program = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "redis-server"))
  .find((path) => existsSync(path));

/** Whether Redis is installed here, so that a server can be started. */
export const canStartRedis = program !== undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

/**
 * Makes a server and starts it.
 *
 * @param settings Further settings, as on its command line: `--appendonly`, `yes`.
 */
export async function startOwnRedis(...settings: readonly string[]): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), "asap-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...settings];
  let child: ChildProcess | undefined;
  const isReady = () =>
    testClient(url).then(
      async (client) => {
        const isUp = await client.ping().then(
          () => true,
          () => false,
        );
        client.destroy();
        return isUp;
      },
      () => false,
    );
  const own: OwnRedis = {
    port,
    url,
    signal: (name) => void child?.kill(name),
    async crash() {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGKILL");
      await ended;
    },
    async start() {
      const started = spawn(program ?? "", words, { stdio: "ignore" });
      child = started;
      while (!(await isReady())) {
        if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`);
        await wait(20);
      }
    },
    async [Symbol.asyncDispose]() {
      await own.crash();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}
