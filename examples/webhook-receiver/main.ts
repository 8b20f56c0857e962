// Sends webhooks to a receiver on node:http and to one that takes a Request, forged ones and repeated ones among them.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { AddressInfo } from "node:net";

process.env["WEBHOOK_SECRET"] = "a secret that both sides know";
const [{ nodeReceiver }, { fetchReceiver }] = await Promise.all([
  import("./node-receiver.js"),
  import("./fetch-receiver.js"),
]);

/** A webhook as an agent sends it. */
function webhook(id: string, body: string, secret = process.env["WEBHOOK_SECRET"] ?? "") {
  const time = Math.floor(Date.now() / 1000);
  const mac = (text: string) => createHmac("sha256", secret).update(text);
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(time),
    "webhook-signature": `v1,${mac(`${id}.${time}.${body}`).digest("base64")}`,
    "X-ASAP-Signature": `sha256=${mac(body).digest("hex")}`,
  };
  return { method: "POST", headers, body };
}

await new Promise<void>((resolve) => nodeReceiver.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(nodeReceiver.address() as AddressInfo).port}/hooks`;
const event = '{"event":"task.completed","task_id":"task_1"}';

const good = webhook("msg_1", event);
assert.equal((await fetch(url, good)).status, 204);
assert.equal((await fetch(url, good)).status, 204, "a repeated webhook is not tried again");
const forged = await fetch(url, webhook("msg_2", event, "another secret"));
assert.deepEqual([forged.status, await forged.text()], [401, "wrong_signature"]);

const batch = webhook("msg_3", `[${event},${event}]`);
assert.equal((await fetchReceiver(new Request(url, batch))).status, 204);
const { "X-ASAP-Signature": signature } = good.headers;
const old = await fetchReceiver(new Request(url, { ...good, headers: { "X-ASAP-Signature": signature } }));
assert.deepEqual([old.status, await old.text()], [401, "missing_header"], "no time is signed");

await new Promise((resolve) => nodeReceiver.close(resolve));
console.log("both receivers took what was signed and refused the rest");
