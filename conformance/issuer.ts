import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Mint } from "./tokens.js";

/** What an agent has asked of the issuer so far and got. */
export interface IssuerCounts {
  /** Requests for metadata, of OpenID Connect or RFC 8414. */
  readonly metadata: number;
  /** Requests for the keys where the metadata says they are. */
  readonly keys: number;
  /** Requests for the keys at `/jwks`, where an agent looks that was told so. */
  readonly told: number;
  /** Requests for keys that a token names and no agent should look at. */
  readonly strangers: number;
  /** Requests to the introspection endpoint. */
  readonly introspections: number;
}

/** The issuer that a run mints its tokens from. */
export interface Issuer {
  readonly port: number;
  /** From here on it serves metadata and keys of this mint. */
  serve(mint: Mint): void;
  counts(): IssuerCounts;
  /** Publishes the next key beside the current one. */
  rotate(): void;
  /** Makes every answer a 500, or no longer. */
  fail(failing: boolean): void;
  close(): Promise<void>;
}

/** Bytes of a body that are read. */
const longestBody = 65_536;

/**
 * Starts an issuer on 127.0.0.1. It answers nothing but 500 until it is given what to serve.
 *
 * @param port TCP port, 0 for a free one
 * @throws Error when the port cannot be listened on
 * @see OpenID Connect Discovery 1.0, RFC 8414, RFC 7517, RFC 7662
 */
export async function startIssuer(port: number): Promise<Issuer> {
  const counts = { metadata: 0, keys: 0, told: 0, strangers: 0, introspections: 0 };
  let mint: Mint | null = null;
  let rotated = false;
  let failing = false;

  const keySet = (own: Mint) => ({ keys: [own.jwk("current"), ...(rotated ? [own.jwk("next")] : [])] });
  const answerTo = async (path: string, request: IncomingMessage): Promise<unknown> => {
    if (mint === null) return undefined;
    if (/\/\.well-known\/(openid-configuration|oauth-authorization-server)(\/|$)/.test(path)) {
      counts.metadata += 1;
      return metadataOf(mint.issuer);
    }
    const last = path.replace(/^.*\//, "");
    if (last === "published-keys") counts.keys += 1;
    if (last === "jwks" || last === "jwks.json") counts.told += 1;
    if (["published-keys", "jwks", "jwks.json"].includes(last)) return keySet(mint);
    if (last === "stranger-keys") {
      counts.strangers += 1;
      return { keys: [mint.jwk("stranger")] };
    }
    if (last !== "introspect") return undefined;
    counts.introspections += 1;
    return mint.introspect(new URLSearchParams(await bodyOf(request)).get("token") ?? "");
  };

  const server = createServer((request, response) => {
    if (failing || mint === null) return send(response, 500, { error: "server_error" });
    const path = (request.url ?? "/").replace(/\?.*$/, "");
    answerTo(path, request).then(
      (body) => (body === undefined ? send(response, 404, { error: "not_found" }) : send(response, 200, body)),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    serve(own) {
      mint = own;
    },
    counts: () => ({ ...counts }),
    rotate() {
      rotated = true;
    },
    fail(on) {
      failing = on;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function metadataOf(issuer: string): Record<string, unknown> {
  const base = issuer.replace(/\/+$/, "");
  return {
    issuer,
    jwks_uri: `${base}/published-keys`,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/introspect`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["asap:read", "asap:execute", "asap:admin"],
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw new Error("the body is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
