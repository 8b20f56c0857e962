import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { driveHttp } from "../testing/http-load.js";
import { bePart, compare, measure, median, pin, type Subject, startSubject } from "../testing/measured-process.js";
import { jwtResource, secretClient, startOidcProvider } from "../testing/oidc-provider.js";
import { startTestIssuer, testAudience } from "../testing/test-issuer.js";
import { serve } from "../transport/node.js";
import { resourceServer } from "./resource-server.js";
import { clientCredentials } from "./token-grants.js";

const connections = 20;
const id = "urn:asap:agent:bench";

interface Facts {
  readonly port: number;
  /** Value of the Authorization header; none for an open agent. */
  readonly authorization?: string;
}

/** An agent that is open, or one that takes tokens of an issuer in its own process. */
async function serveEcho(isGuarded: boolean): Promise<Facts> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, run: (input) => ({ echoed: input }) });
  if (!isGuarded) {
    return { port: (await serve(createAgent({ id, skills: { echo } }), { port: 0, rateLimit: "off" })).port };
  }
  const issuer = await startTestIssuer();
  const auth = resourceServer({ issuer: issuer.issuer, audience: testAudience, egress: { allowLoopback: true } });
  const { port } = await serve(createAgent({ id, skills: { echo }, auth }), { port: 0, rateLimit: "off" });
  const token = await issuer.mint({ "https://asap.ai/agent_id": id, exp: Math.floor(Date.now() / 1_000) + 3_600 });
  return { port, authorization: `Bearer ${token}` };
}

const load =
  ({ facts }: Subject<Facts>, unique: boolean) =>
  () =>
    driveHttp({ ...facts, unique });

async function echoes(label: string, unique: boolean): Promise<boolean> {
  const open = await startSubject<Facts>(import.meta.url, "open");
  const guarded = await startSubject<Facts>(import.meta.url, "guarded");
  for (const { pid } of [open, guarded]) pin(pid, 0);
  const side = (name: string, subject: Subject<Facts>) => ({
    name,
    measure: () => measure(subject, load(subject, unique), connections),
  });
  const holds = await compare(
    `${label}, ${connections} connections`,
    [side("without a token", open), side("with a token", guarded)],
    0.8,
  );
  for (const subject of [open, guarded]) subject.stop();
  return holds;
}

/** Time until a token is there: the first with discovery, others without, all with a new connection of the grant. */
async function acquisition(): Promise<boolean> {
  const provider = await startOidcProvider();
  const options = {
    ...secretClient,
    issuer: provider.issuer,
    scope: "asap:execute",
    resource: jwtResource,
    egress: { allowLoopback: true },
  };
  const took: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    const startedAt = performance.now();
    await clientCredentials(options).token();
    took.push(performance.now() - startedAt);
  }
  await provider.close();
  const [first = Number.NaN] = took;
  console.log("token by client credentials, discovery included, from oidc-provider in the same process");
  console.log(
    `  first ${first.toFixed(1)} ms, median of ${took.length} ${median(took).toFixed(1)} ms (at most 1000 ms)`,
  );
  return first <= 1_000;
}

const [kind] = process.argv.slice(2);
if (kind === "open" || kind === "guarded") bePart(await serveEcho(kind === "guarded"));
else {
  pin(process.pid, 1);
  const held = [
    await echoes("authenticated echo, fixed body", false),
    await echoes("authenticated echo, unique ids", true),
    await acquisition(),
  ];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
