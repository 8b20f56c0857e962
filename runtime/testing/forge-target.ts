import { inspect } from "node:util";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import { type ResourceServerOptions, resourceServer } from "../auth/resource-server.js";
import { skill } from "../skill.js";
import { type ServeOptions, serve } from "../transport/node.js";
import { answersOf, overSocket, taskText } from "./asap-request.js";
import { opcode, upgrade, upgradeHeaders } from "./raw-websocket.js";
import { type TestIssuer, testAudience } from "./test-issuer.js";

/** Id of the agent that is attacked. */
export const targetId = "urn:asap:agent:guarded";
/** The claim that names it. */
export const agentClaim = "https://asap.ai/agent_id";

/** Headers as they are written, one pair each. */
export type Headers = readonly (readonly [string, string])[];

/** What came back over one of the two ways in. */
export interface Judgement {
  readonly way: "HTTP" | "WebSocket";
  readonly status: number;
  readonly detail: string | undefined;
  readonly challenge: string | undefined;
  /** All of the answer as text. */
  readonly text: string;
}

/** A served agent with a resource server before it, and what is seen of it. */
export interface Target extends AsyncDisposable {
  readonly agent: Agent;
  readonly url: string;
  readonly port: number;
  /** How often its skill ran. */
  readonly runs: () => number;
  /** All it logged, at every level, as text. */
  readonly logged: () => string;
  /** Sends a task over HTTP. */
  post(headers: Headers, query?: string): Promise<Judgement>;
  /** Asks for an upgrade and, where it is granted, sends a task. */
  upgrade(headers: Headers, query?: string): Promise<Judgement>;
  /** The status of a task sent over HTTP with a bearer token. */
  status(token: string): Promise<number>;
}

/** The Authorization header of a bearer token. */
export const bearer = (token: string): Headers => [["Authorization", `Bearer ${token}`]];

const detailOf = (body: string): string | undefined => {
  try {
    return (JSON.parse(body) as { detail?: string }).detail;
  } catch {
    return undefined;
  }
};

/** How a target differs from the usual one. */
export interface TargetOptions {
  readonly auth?: Partial<ResourceServerOptions>;
  readonly agent?: Partial<AgentOptions>;
  readonly serve?: ServeOptions;
}

/** Serves an agent whose tokens an issuer gives. */
export async function startTarget(issuer: Pick<TestIssuer, "issuer">, options: TargetOptions = {}): Promise<Target> {
  let runs = 0;
  const lines: string[] = [];
  const take = (...line: unknown[]) => void lines.push(inspect(line, { depth: 12 }), JSON.stringify(line));
  const agent = createAgent({
    id: targetId,
    skills: {
      echo: skill({
        description: "Echo",
        run: (input) => {
          runs += 1;
          return { echoed: input };
        },
      }),
    },
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: testAudience,
      egress: { allowLoopback: true },
      env: {},
      ...options.auth,
    }),
    log: { debug: take, info: take, warn: take, error: take },
    ...options.agent,
  });
  const server = await serve(agent, { port: 0, rateLimit: "off", drainMs: 100, ...options.serve });
  const self: Target = {
    agent,
    url: server.url,
    port: server.port,
    runs: () => runs,
    logged: () => lines.join("\n"),
    async post(headers, query = "") {
      const body = taskText();
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      const text = await overSocket(
        server.port,
        `POST /asap${query} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${lines}\r\n${body}`,
      );
      const [answer] = answersOf(text);
      if (answer === undefined) throw new Error("no answer");
      const { status, headers: answered } = answer;
      return { way: "HTTP", status, detail: detailOf(answer.body), challenge: answered["www-authenticate"], text };
    },
    async upgrade(headers, query = "") {
      const shake = await upgrade(server.port, `/asap/ws${query}`, [...upgradeHeaders(server.port), ...headers]);
      const { status, socket, headers: answered, body } = shake;
      const head = [...answered].map((pair) => pair.join(": ")).join("\n");
      let text = `${head}\n${body}`;
      if (socket !== undefined) {
        socket.send(opcode.text, taskText());
        text = String((await socket.next())?.data);
        socket.socket.destroy();
      }
      const challenge = answered.get("www-authenticate");
      return { way: "WebSocket", status, detail: detailOf(body), challenge, text };
    },
    status: async (token) => (await self.post(bearer(token))).status,
    [Symbol.asyncDispose]: () => server.close(),
  };
  return self;
}
