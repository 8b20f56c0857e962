// What guards an agent, and what gets tokens for it, at four providers. Nothing is asked of them before the first token
// is needed.
import { auth0, authorizationCode, clientCredentials, entra, google, keycloak, resourceServer } from "asap-kit/auth";

const clientSecret = process.env["CLIENT_SECRET"] ?? "a secret for the example";

export function atAuth0() {
  const { server, client } = auth0({ domain: "example.eu.auth0.com", audience: "https://stock.example.com" });
  return {
    guard: resourceServer(server),
    source: clientCredentials({ ...client, clientId: "AbCdEfGh", clientSecret, scope: "asap:execute" }),
  };
}

export function atKeycloak() {
  const { server, client } = keycloak({ url: "https://login.example.com", realm: "company" });
  return {
    guard: resourceServer({ ...server, audience: "https://stock.example.com" }),
    source: clientCredentials({ ...client, clientId: "desk", clientSecret, scope: "asap:execute" }),
  };
}

export function atEntra() {
  const { server, client } = entra({ tenant: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490" });
  const application = "11112222-bbbb-3333-cccc-4444dddd5555";
  return {
    guard: resourceServer({
      ...server,
      audience: application,
      binding: { subjectMap: { "urn:asap:agent:stock": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb" } },
    }),
    source: clientCredentials({
      ...client,
      clientId: "00001111-aaaa-2222-bbbb-3333cccc4444",
      clientSecret,
      scope: `api://${application}/.default`,
    }),
  };
}

export function atGoogle() {
  const { client } = google();
  return { source: authorizationCode({ ...client, clientId: "1234-abcd.apps.googleusercontent.com", clientSecret }) };
}
