import { createClient } from "redis";

/** The server that tests use. */
export const testUrl = "redis://127.0.0.1:6379";

/** Connects a client of the driver's own. */
export async function testClient(url = testUrl) {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 2_000 } });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Whether the server is there. */
export const isServerThere = (): Promise<boolean> =>
  testClient().then(
    (client) => {
      client.destroy();
      return true;
    },
    () => false,
  );

/** Deletes all keys of a prefix. */
export async function removePrefix(prefix: string): Promise<void> {
  const client = await testClient();
  try {
    for await (const keys of client.scanIterator({ MATCH: `{${prefix}}:*`, COUNT: 1_000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  } finally {
    client.destroy();
  }
}

/** Whether the server keeps what it acknowledged, as its parameters say. */
export async function isDurable(): Promise<boolean> {
  const client = await testClient();
  const { appendonly, "maxmemory-policy": policy } = await client.configGet(["appendonly", "maxmemory-policy"]);
  client.destroy();
  return appendonly !== "no" && policy === "noeviction";
}
