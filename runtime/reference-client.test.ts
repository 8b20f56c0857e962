import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { validateEnvelope } from "../generated/validators/envelope.js";
import { validateManifest } from "../generated/validators/manifest.js";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { type Server, serve } from "./transport/node.js";

interface Recording {
  readonly name: string;
  readonly transport: string;
  readonly request: { line: string; headers: [string, string][]; body: string };
}

const recordings = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recording)
  .filter(({ transport }) => transport === "client-http");

/** The recordings of one agent route, whatever path the recording peer was mounted under. */
const to = (method: string, route: string) =>
  recordings.filter(({ request: { line } }) => line.startsWith(`${method} `) && line.includes(`${route} HTTP/1.1`));

const sends = to("POST", "/asap");
const headerOf = ({ request }: Recording, name: string) =>
  request.headers.find(([key]) => key.toLowerCase() === name)?.[1];

const bodyBytes = ({ request: { body } }: Recording): Buffer =>
  body.startsWith("base64:") ? Buffer.from(body.slice(7), "base64") : Buffer.from(body);

function envelopeIn(record: Recording): { id: string; timestamp: string; payload: { skill_id?: string } } {
  const inflate = { br: brotliDecompressSync, gzip: gunzipSync }[headerOf(record, "content-encoding") ?? ""];
  const bytes = bodyBytes(record);
  return JSON.parse(String(inflate === undefined ? bytes : inflate(bytes))).params.envelope;
}

/** Sends the recorded bytes, only the path made that of the agent, and reads the answer to its end. */
function replay(port: number, record: Recording, path: string): Promise<{ status: number; body: string }> {
  const { line, headers } = record.request;
  const kept = headers.filter(([name]) => name.toLowerCase() !== "connection");
  const head = [`${line.split(" ")[0]} ${path} HTTP/1.1`, ...kept.map(([name, value]) => `${name}: ${value}`)];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n`);
      socket.write(bodyBytes(record));
    });
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      const [answer = "", ...body] = Buffer.concat(chunks).toString("utf8").split("\r\n\r\n");
      resolve({ status: Number(answer.split(" ")[1]), body: body.join("\r\n\r\n") });
    });
  });
}

describe("what the reference client sends is accepted", () => {
  const recordedMs = Date.parse(envelopeIn(sends[0] as Recording).timestamp) + 10_000;
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const skills = Object.fromEntries(sends.map((record) => [envelopeIn(record).payload.skill_id ?? "echo", echo]));
  let server: Server;
  beforeAll(async () => {
    const agent = createAgent({ id: "urn:asap:agent:sink", skills, now: () => recordedMs });
    server = await serve(agent, { port: 0, rateLimit: "off" });
  });
  afterAll(() => server.close());

  test("there are recordings of sends, plain and compressed, and of each discovery route", () => {
    const encodings = new Set(sends.map((record) => headerOf(record, "content-encoding") ?? "identity"));
    expect([...encodings].sort()).toEqual(["br", "identity"]);
    expect(sends.length).toBeGreaterThan(10);
    expect(to("GET", "/.well-known/asap/manifest.json").length).toBeGreaterThan(0);
    expect(to("HEAD", "/.well-known/asap/manifest.json").length).toBeGreaterThan(0);
    expect(to("GET", "/.well-known/asap/health").length).toBeGreaterThan(0);
  });

  test.each(sends.map((record) => [record.name, record] as const))("%s gets a result", async (_name, record) => {
    const { status, body } = await replay(server.port, record, "/asap");
    const { result } = JSON.parse(body);
    expect(status).toBe(200);
    expect(validateEnvelope(result.envelope)).toBe(true);
    expect(result.envelope).toMatchObject({
      payload_type: "task.response",
      correlation_id: envelopeIn(record).id,
      payload: { status: "completed" },
    });
  });

  test.each(["GET", "HEAD"])("its %s of the manifest is answered", async (method) => {
    for (const record of to(method, "/.well-known/asap/manifest.json")) {
      const { status, body } = await replay(server.port, record, "/.well-known/asap/manifest.json");
      expect(status).toBe(200);
      expect(method === "HEAD" ? body === "" : validateManifest(JSON.parse(body))).toBe(true);
    }
  });

  test("its GET of health is answered", async () => {
    for (const record of to("GET", "/.well-known/asap/health")) {
      const { status, body } = await replay(server.port, record, "/.well-known/asap/health");
      expect({ status, health: JSON.parse(body).status }).toEqual({ status: 200, health: "healthy" });
    }
  });
});
