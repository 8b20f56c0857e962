// The agent whose tests these are. With BROKEN=1 it is wrong in one thing: it does not answer HEAD.
import { createServer, connect as dial } from "node:net";
import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";

const echo = skill({
  description: "Says back what it was told.",
  input: Type.Object({}, { additionalProperties: true }),
  output: Type.Object({ echoed: Type.Object({}, { additionalProperties: true }) }),
  run: (input) => ({ echoed: input }),
});

const agent = createAgent({
  id: "urn:asap:agent:echo",
  name: "Echo",
  version: "1.0.0",
  description: "The smallest useful agent.",
  skills: { echo },
});

/** Starts the agent on the port of PORT, else on a free one, without a limit on its rate. */
export async function startAgent(): Promise<{ url: string; close(): Promise<void> }> {
  const port = Number(process.env["PORT"] ?? 0);
  const broken = process.env["BROKEN"] === "1";
  const server = await serve(agent, { port: broken ? 0 : port, rateLimit: "off" });
  if (!broken) return server;
  const { port: target, hostname } = new URL(server.url);
  const refusal = "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  const relay = createServer((client) => {
    const upstream = dial(Number(target), hostname);
    client.on("data", (part) => {
      if (part.toString("latin1").startsWith("HEAD ")) client.end(refusal);
      else upstream.write(part);
    });
    upstream.pipe(client);
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  const relayed = await new Promise<number>((resolve) => {
    relay.listen(port, hostname, () => resolve((relay.address() as { port: number }).port));
  });
  const close = async () => {
    relay.close();
    await server.close();
  };
  return { url: `http://${hostname}:${relayed}`, close };
}
