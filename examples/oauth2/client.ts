import { connect } from "asap-kit";
import { clientCredentials } from "asap-kit/auth";

const auth = clientCredentials({
  issuer: process.env["ISSUER"] ?? "http://127.0.0.1:9000",
  clientId: "urn:asap:agent:desk",
  clientSecret: process.env["CLIENT_SECRET"] ?? "a secret for the example",
  scope: "asap:execute",
  resource: "https://agents.example",
  egress: { allowLoopback: true }, // For an issuer on this host, as here.
});

const url = process.argv[2] ?? "http://127.0.0.1:8000";
const peer = await connect(url, { auth, sender: "urn:asap:agent:desk" });
const { count, asked_by } = await peer.run<{ count: number; asked_by: string }>("count", { item: "apples" });
console.log(`${count} apples, says the agent to ${asked_by} over ${peer.connection.transport}`);
await peer.close();
