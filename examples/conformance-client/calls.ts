import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type ConnectOptions, connect, isAsapError } from "asap-kit";
import type { Acts } from "./driver.js";

const hello = { message: "hello" };
const http = { transport: "http", recipient: "urn:asap:agent:conformance-peer" } as const;
const env = (name: string) => process.env[`ASAP_CONFORMANCE_${name}`] ?? "";

/** Sends the task, which must be answered. */
async function succeed(url: string, options: ConnectOptions = {}, times = 1): Promise<void> {
  await using peer = await connect(url, { ...http, ...options });
  for (let at = 0; at < times; at += 1) assert.deepEqual(await peer.run("echo", hello), { echoed: hello });
}

/** Sends the task as often as that; each call must fail by an error of this code. */
async function fail(url: string, code: RegExp, times = 1, options: ConnectOptions = {}): Promise<void> {
  await using peer = await connect(url, { ...http, ...options });
  for (let at = 0; at < times; at += 1) {
    await assert.rejects(peer.run("echo", hello), (error) => isAsapError(error) && code.test(error.code));
  }
}

const remote = /remote_error$/;
const invalid = /invalid_response$/;
const mismatch = /response_mismatch$/;
const status = /http_status$/;
const circuit = /http_status$|circuit_open$/;

/** Scenarios of calls over HTTP: what fails and is repeated, what is no answer, and what ends early. */
export const callActs: Acts = {
  "retry-reset": (url) => succeed(url),
  "retry-timeout": (url) => succeed(url, { attemptTimeoutMs: Number(env("ATTEMPT_TIMEOUT_MS")) }),
  "retry-503": (url) => fail(url, status),
  "retry-429": (url) => succeed(url),
  "retry-429-date": (url) => succeed(url),
  "refused-4xx": (url) => fail(url, status, 3),
  "answer-internal-error": (url) => fail(url, remote),

  "answer-error-and-result": (url) => fail(url, remote),
  "answer-no-envelope": (url) => fail(url, invalid, 4),
  "answer-bad-envelope": (url) => fail(url, invalid, 4),
  "answer-foreign-id": (url) => fail(url, mismatch),
  "answer-foreign-correlation": (url) => fail(url, mismatch),
  "answer-error-without-id": (url) => fail(url, remote, 2),
  "answer-spellings": (url) => succeed(url, {}, 4),

  "base-path": () => succeed(env("BASE_URL")),
  redirect: (url) => fail(url, status, 5, { headers: { Authorization: `Bearer ${env("TOKEN")}` } }),
  "breaker-errors": (url) => fail(url, remote, 7, { breaker: true }),

  async "large-body"(url) {
    await using peer = await connect(url, http);
    const input = { message: env("MESSAGE") };
    assert.deepEqual(await peer.run("echo", input), { echoed: input });
  },

  async "call-timeout"(url) {
    await fail(url, /timeout$/, 1, { timeoutMs: Number(env("TIMEOUT_MS")) });
  },

  async "call-abort"(url) {
    await using peer = await connect(url, http);
    const call = peer.run("echo", hello, { signal: AbortSignal.timeout(1500) });
    await assert.rejects(call, { code: "asap:transport/aborted" });
  },

  async breaker(url) {
    const resetMs = Number(env("BREAKER_RESET_MS"));
    const options: ConnectOptions = { retry: false, breaker: { resetMs } };
    await fail(url, circuit, 8, options);
    await wait(resetMs + 500);
    await fail(url, circuit, 2, options);
  },
};
