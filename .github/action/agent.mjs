// The agent that is started for a run: it has a process group of its own, which is ended with it.
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Starts an agent; its output goes to a file. */
export function startAgent([program, ...words], { cwd, log, env }) {
  const output = openSync(log, "w");
  const child = spawn(program, words, { cwd, env, detached: true, stdio: ["ignore", output, output] });
  const ended = new Promise((done) => {
    child.once("error", (cause) => done(`it could not be started: ${cause.message}`));
    child.once("exit", (code, signal) => done(`it ended with ${signal ?? code}`));
  });
  return { pid: child.pid, ended };
}

/** Time in which an agent ends that finds its port taken, though another one answers there. */
const steadyMs = 500;

/** Whether anything answers at a URL, with whatever status, or takes connections there and is slow to answer. */
export async function isTaken(url) {
  return fetch(url, { redirect: "manual", signal: AbortSignal.timeout(2000) }).then(
    async ({ body }) => {
      await body?.cancel();
      return true;
    },
    ({ name }) => name === "TimeoutError",
  );
}

/** Waits until a URL answers with a status below 500; says why it did not. */
export async function untilReady(url, withinMs, ended) {
  const deadline = Date.now() + withinMs;
  let end = null;
  ended.then((reason) => {
    end = reason;
  });
  let last = "no answer";
  while (Date.now() < deadline) {
    if (end !== null) return `the agent did not become ready: ${end}`;
    try {
      const left = Math.max(1, deadline - Date.now());
      const { status } = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(Math.min(5000, left)) });
      if (status < 500) {
        await Promise.race([sleep(steadyMs), ended]);
        return end === null ? null : `the agent did not stay: ${end}`;
      }
      last = `HTTP status ${status}`;
    } catch (cause) {
      last = cause.cause?.code ?? cause.name;
    }
    await Promise.race([sleep(100), ended]);
  }
  return `the agent did not become ready within ${withinMs / 1000} s: ${last} from ${url}`;
}

/** Ends the leader of a process group and what it started: asked at first, after 5 s not. */
export async function stopGroup({ pid, ended }) {
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  signalGroup(pid, "SIGKILL");
  await ended;
}

/** Sends a signal to a process group, if it is still there. */
export function signalGroup(pid, name) {
  try {
    process.kill(-pid, name);
  } catch (cause) {
    if (cause.code !== "ESRCH") throw cause;
  }
}
