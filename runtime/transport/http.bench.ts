import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { driveHttp } from "../testing/http-load.js";
import { bePart, compare, measure, type Subject, startSubject } from "../testing/measured-process.js";
import { serve } from "./node.js";

const connections = 50;

/** A node:http server that parses JSON and answers with the same JSON. */
function serveBare(): Promise<number> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      const body = JSON.stringify(JSON.parse(text));
      response.writeHead(200, ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))]);
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

async function serveAsap(): Promise<number> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id: "urn:asap:agent:bench", skills: { echo } });
  return (await serve(agent, { port: 0, rateLimit: "off" })).port;
}

const load = (subject: Subject<number>, unique: boolean, onLatency?: (ms: number) => void) => () =>
  measure(subject, () => driveHttp({ port: subject.facts, unique, ...(onLatency && { onLatency }) }), connections);

async function echoes(label: string, unique: boolean, atLeast: number): Promise<boolean> {
  const bare = await startSubject<number>(import.meta.url, "bare");
  const asap = await startSubject<number>(import.meta.url, "asap");
  const sides = [
    { name: "bare node:http", measure: load(bare, unique) },
    { name: "asap-kit", measure: load(asap, unique) },
  ] as const;
  const holds = await compare(`${label}, ${connections} connections`, sides, atLeast);
  const latencies: number[] = [];
  await load(asap, unique, (ms) => latencies.push(ms))();
  for (const subject of [bare, asap]) subject.stop();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(2);
  console.log(`  latency p50 ${at(0.5)} ms  p95 ${at(0.95)} ms (at most 50 ms)`);
  return holds;
}

const [kind] = process.argv.slice(2);
if (kind === "bare" || kind === "asap") bePart(await (kind === "bare" ? serveBare() : serveAsap()));
else {
  const held = [
    await echoes("echo task, fixed body", false, 0.75),
    await echoes("echo task, unique ids and stored answers", true, 0.65),
  ];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
