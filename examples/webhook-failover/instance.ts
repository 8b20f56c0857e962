import { createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { openState } from "asap-kit/state";
import { webhooks } from "asap-kit/webhooks";

const pack = skill({
  description: "Packs a parcel.",
  input: Type.Object({ parcel: Type.Integer() }),
  output: Type.Object({ parcel: Type.Integer() }),
  pure: true,
  run: (input) => input,
});

const state = await openState(process.env["ASAP_STORAGE"] ?? "postgres://postgres@127.0.0.1:5432/test");
const agent = createAgent({
  id: "urn:asap:agent:parcels",
  name: "Parcels",
  version: "1.0.0",
  description: "Packs parcels, and tells of each.",
  skills: { pack },
  state,
  webhooks: webhooks({
    egress: { allowLoopback: true }, // For a receiver on this host, as here.
    endpointRate: { perMinute: 6_000, burst: 100 },
    perEndpoint: 4,
    leaseMs: 3_000,
    timeoutMs: 30_000,
  }),
});

const server = await serve(agent, { port: Number(process.env["PORT"] ?? 8000), rateLimit: "off" });
console.log(`listening on ${server.url}`);
process.once("SIGTERM", async () => {
  await server.close();
  await state.close();
});
