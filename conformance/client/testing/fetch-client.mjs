// A client that knows nothing of this package: plain fetch, and no more than another language has. FAULT makes it go wrong.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";

const url = process.argv.at(-1);
const { ASAP_CONFORMANCE_SCENARIO: scenario, FAULT: fault = "" } = process.env;
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ulid = () => {
  let time = "";
  for (let rest = Date.now(), at = 0; at < 10; at += 1, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time;
  return time + [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join("");
};

let count = 0;
async function send(changes = {}) {
  const key = ulid();
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:fetch-client",
    recipient: "urn:asap:agent:conformance-peer",
    payload_type: "task.request",
    payload: { conversation_id: `conv_${ulid()}`, skill_id: "echo", input: { message: "hello" } },
    ...changes.envelope,
  };
  count += 1;
  const document = {
    jsonrpc: "2.0",
    method: "asap.send",
    params: { envelope, idempotency_key: key },
    id: `req-${count}`,
  };
  const response = await fetch(`${url}${changes.path ?? "/asap"}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Idempotency-Key": key, ...changes.headers },
    body: JSON.stringify({ ...document, ...changes.frame }),
  });
  return response.json();
}

const faults = {
  "exit-1": () => process.exit(1),
  crash: () => process.kill(process.pid, "SIGSEGV"),
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  stubborn: () => new Promise(() => process.on("SIGTERM", () => {}) && setInterval(() => {}, 1000)),
  decline: () => process.exit(77),
  secret: () => {
    process.stdout.write(`my token is ${process.env.MY_TOKEN}\n`);
    process.exit(1);
  },
  orphan: () => {
    const script = "setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "inherit", "inherit"] });
    process.stdout.write(`child ${child.pid}\n`);
    child.unref();
  },
  path: () => send({ path: "/" }),
  stale: () => send({ envelope: { timestamp: "2020-01-01T00:00:00.000Z" } }),
  extra: () => send({ frame: { surprise: 1 } }),
  twice: async () => {
    await send();
    await send();
  },
  spelling: () => send({ envelope: { payload_type: "TaskRequest" } }),
  credentials: () => send({ headers: { Authorization: "Bearer abcdefghijklmnop" }, frame: { jsonrpc: "1.0" } }),
};

if (fault !== "") {
  await faults[fault]();
  process.exit(0);
}
if (scenario === "discover") {
  const response = await fetch(`${url}/.well-known/asap/manifest.json`);
  process.exit((await response.json()).id === "urn:asap:agent:conformance-peer" ? 0 : 1);
}
const answers = [await send(), ...(scenario === "send-twice" ? [await send()] : [])];
const failed = answers.some((answer) => "error" in answer);
process.exit(failed === (scenario === "answer-error") ? 0 : 1);
