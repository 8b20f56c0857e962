import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createPoster } from "./post.js";
import type { Posted } from "./session.js";

test("a post whose answer has begun and is broken off is recorded once", async () => {
  const over = new AbortController();
  const posted: Posted[] = [];
  const post = createPoster({ signal: over.signal, since: () => 0, done: (one) => posted.push(one) });
  const receiver = createServer((_, response: ServerResponse) => {
    response.writeHead(200).write("begun");
    setTimeout(() => over.abort(), 50);
  });
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  expect(await post(url, {}, "{}")).toBeNull();
  receiver.closeAllConnections();
  await once(receiver.close(), "close");
  await sleep(100);
  expect(posted).toHaveLength(1);
});
