import { connect } from "asap-kit";
import { authorizationCode, fileTokens } from "asap-kit/auth";

const auth = authorizationCode({
  issuer: process.env["ISSUER"] ?? "http://127.0.0.1:9000",
  clientId: "stock-app",
  scope: "openid offline_access asap:execute",
  resource: "https://agents.example",
  store: fileTokens(process.env["TOKENS"] ?? "tokens.json"),
  egress: { allowLoopback: true }, // For an issuer on this host, as here.
});
await auth.login((url) => console.log(`open ${url}`));

const peer = await connect(process.argv[2] ?? "http://127.0.0.1:8000", { auth });
const { count, asked_by } = await peer.run<{ count: number; asked_by: string }>("count", { item: "apples" });
console.log(`${count} apples, says the agent to ${asked_by}`);
await peer.close();
