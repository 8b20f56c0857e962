import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/** How often the log is written back while there is something to write, in milliseconds. */
const pauseMs = 400;

/** Runs in a thread of its own, with a connection of its own. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const Database = require(workerData.driver);
const database = new Database(workerData.path);
database.exec("PRAGMA busy_timeout = 0");
const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
parentPort.on("message", (word) => {
  if (word === "close") {
    database.close();
    parentPort.close();
    return;
  }
  try {
    checkpoint.all();
  } catch {}
  setTimeout(() => parentPort.postMessage("done"), workerData.pauseMs);
});
`;

/** Writes the log of a file back beside the event loop, which would wait for it otherwise. */
export interface Checkpointer {
  /** Tells that much was written. */
  written(): void;
  close(): Promise<void>;
}

/**
 * Makes a {@link Checkpointer}. Its thread begins when much is written first; where it cannot, writers write the log
 * back themselves.
 *
 * @param path Path of the file.
 * @param onStarted Told once the thread works, so that writers need not do the same.
 */
export function checkpointer(path: string, onStarted: () => void): Checkpointer {
  let worker: Worker | undefined;
  let isBusy = false;
  let isWanted = false;
  let isOver = false;
  const go = () => {
    isWanted = false;
    isBusy = true;
    worker?.postMessage("checkpoint");
  };
  const start = (): Worker => {
    const driver = createRequire(import.meta.url).resolve("better-sqlite3");
    const made = new Worker(program, { eval: true, workerData: { path, driver, pauseMs } });
    made.unref();
    made.once("message", onStarted);
    made.on("message", () => {
      isBusy = false;
      if (isWanted && !isOver) go();
    });
    made.on("error", () => {
      isOver = true;
    });
    return made;
  };
  return {
    written() {
      isWanted = true;
      if (isBusy || isOver) return;
      try {
        worker ??= start();
      } catch {
        isOver = true;
        return;
      }
      go();
    },
    async close() {
      isOver = true;
      const last = worker;
      worker = undefined;
      if (last === undefined) return;
      const exit = new Promise((resolve) => last.once("exit", resolve));
      last.ref();
      last.postMessage("close");
      await exit;
    },
  };
}
