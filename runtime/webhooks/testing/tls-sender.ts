import { startSending } from "./sending.js";

/**
 * Posts one event to each URL and tells the attempts: `node tls-sender.js URL…`. It trusts the authority that
 * NODE_EXTRA_CA_CERTS names; every name leads to this host.
 */
const urls = process.argv.slice(2);

const sending = await startSending({
  egress: { allowLoopback: true, resolve: async () => ["127.0.0.1"] },
  retry: { retries: 0 },
});
for (const url of urls) await sending.post(url);
await sending.empty();
const attempts = await sending.history();
process.stdout.write(
  JSON.stringify(attempts.map(({ url, status, error, reason }) => ({ url, status, error, reason }))),
);
await sending[Symbol.asyncDispose]();
