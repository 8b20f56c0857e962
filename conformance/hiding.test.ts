import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { judgeManifest, judgeRegistry } from "./document/judge.js";
import { judgeServer } from "./run.js";

const running: Server[] = [];

afterEach(() => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const brief = { timeoutMs: 1500, reruns: 0, record: "all" } as const;
const token = "TOKENabc/def+ghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRST";

describe("a report of an agent that tells what it was sent", () => {
  it("shows no secret, however it is written and wherever it was cut", async () => {
    const password = "pa55-w0rd/of:user";
    const basic = `Basic ${Buffer.from(`user:${password}`).toString("base64")}`;
    const cookie = "sid=5e55ion/0f-mine; theme=dark";
    const url = await listen((request, response) => {
      const { authorization = "", cookie: eaten = "" } = request.headers;
      const decoded = Buffer.from(authorization.replace(/^\S+ /, ""), "base64").toString();
      const said = [authorization, decoded, eaten.replace(/;.*/, "")];
      const manifest = { id: authorization, version: decoded, capabilities: { asap_version: eaten } };
      const forms = said.flatMap((one) => [
        JSON.stringify(one).replaceAll("/", "\\/"),
        encodeURIComponent(one),
        encodeURIComponent(one).toLowerCase(),
      ]);
      request.resume();
      response.writeHead(200, { "Content-Type": "application/json", "X-Said": encodeURIComponent(said.join()) });
      response.end(request.url?.includes("manifest") ? JSON.stringify(manifest) : forms.join("\n"));
    });
    const report = await judgeServer(url, {
      ...brief,
      headers: { Authorization: basic, Cookie: cookie },
      only: ["discovery", "health"],
    });
    const text = JSON.stringify(report);
    expect(text).toContain("***");
    expect(/.{0,30}(?:pa55-w0rd|5e55ion|of(?::|%3a)user).{0,20}/i.exec(text)).toBeNull();
    expect(text).not.toContain(basic.slice(6));
  });

  it("shows no part of a secret that lies where a text is cut", async () => {
    for (const before of [1850, 1900, 1950]) {
      const url = await listen((request, response) => {
        request.resume();
        response.end("x".repeat(before) + (request.headers.authorization ?? "") + "y".repeat(9000));
      });
      const text = JSON.stringify(await judgeServer(url, { ...brief, token, only: ["health"] }));
      expect(text).toContain("bytes in all");
      expect(text).not.toContain(token.slice(0, 6));
    }
  });

  it("leaves what is no secret as it is, but for its own header", async () => {
    const url = await listen((request, response) => {
      request.resume();
      response.end('{"mode":"json"}');
    });
    const report = await judgeServer(url, { ...brief, headers: { "X-Mode": "json" }, only: ["health"] });
    const exchange = report.cases.find(({ exchanges }) => exchanges !== undefined)?.exchanges?.at(-1);
    expect(exchange?.sent).toContain("X-Mode: ***");
    expect(exchange?.received).toContain('{"mode":"json"}');
  });

  it("refuses a URL with a query, which would be dropped", async () => {
    await expect(judgeServer("http://127.0.0.1:1/agent?tenant=5")).rejects.toThrow("has no query");
  });
});

describe("a report of a document that tells what it was sent", () => {
  it("shows no secret", async () => {
    const url = await listen((request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ id: request.headers["x-api-key"], version: request.headers["x-api-key"] }));
    });
    const seen: string[] = [];
    const headers = { "X-Api-Key": token };
    const onCase = (result: object) => void seen.push(JSON.stringify(result));
    const report = await judgeManifest(new URL(url), { headers, onCase });
    expect(report.target.agentId).toBe("***");
    expect(JSON.stringify(report) + seen.join()).not.toContain(token.slice(0, 6));
  });

  it("is made without sending the caller's headers to another origin", async () => {
    const asked: [string, string | undefined][] = [];
    const other = await listen((request, response) => {
      asked.push([`other ${request.url}`, request.headers["x-api-key"] as string | undefined]);
      response.end("{}");
    });
    const url = await listen((request, response) => {
      asked.push([`${request.url}`, request.headers["x-api-key"] as string | undefined]);
      const location = request.url === "/" ? "/own" : request.url === "/own" ? `${other}/foreign` : request.url;
      response.writeHead(302, { Location: location }).end();
    });
    await judgeRegistry(new URL(url), { headers: { "X-Api-Key": token } });
    expect(asked).toEqual([
      ["/", token],
      ["/own", token],
      ["other /foreign", undefined],
    ]);
    const endless = await judgeRegistry(new URL(`${url}/loop`));
    expect(endless.reason).toContain("redirects more than 10 times");
  });
});
