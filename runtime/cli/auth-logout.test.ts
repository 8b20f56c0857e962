import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileTokens } from "../auth/token-file.js";
import { tokenKey } from "../auth/token-keeper.js";
import { asap } from "../testing/asap-command.js";

/** An issuer that revokes, and the credentials of each request to do so. */
async function startIssuer() {
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const isMetadata = request.method === "GET";
    if (!isMetadata) credentials.push(request.headers.authorization);
    const metadata = { issuer, token_endpoint: `${issuer}/token`, revocation_endpoint: `${issuer}/revoke` };
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(isMetadata ? metadata : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    credentials,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let folder = "";
let env: Record<string, string> = {};
let issuers: Awaited<ReturnType<typeof startIssuer>>[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-logout-"));
  env = { ASAP_TOKEN_STORE: join(folder, "tokens.json"), SECRET: "secret-of-one-client" };
  issuers = [await startIssuer(), await startIssuer()];
  const store = fileTokens(env["ASAP_TOKEN_STORE"] ?? "");
  const now = Date.now();
  for (const { issuer } of issuers) {
    const tokens = { accessToken: "access", refreshToken: "refresh", obtainedAtMs: now, expiresAtMs: now + 600_000 };
    await store.set(tokenKey("user", { issuer, clientId: "one-client" }), tokens);
  }
});
afterEach(async () => {
  await Promise.all(issuers.map(({ close }) => close()));
  await rm(folder, { recursive: true });
});

const logOut = (...flags: string[]) => asap(["auth", "logout", ...flags], { env, cwd: folder });

describe("the secret of a client at asap auth logout", () => {
  test("goes to the issuer that is named", async () => {
    const [first, second] = issuers;
    const named = ["--issuer", first?.issuer ?? "", "--client-id", "one-client"];
    expect((await logOut(...named, "--client-secret-env", "SECRET")).code).toBe(0);
    expect(first?.credentials).toEqual([`Basic ${btoa("one-client:secret-of-one-client")}`]);
    expect(second?.credentials).toEqual([]);
  });

  test.each([[["--all"]], [["--all", "--client-id", "one-client"]], [["--all", "--issuer", "http://127.0.0.1:1"]]])(
    "is not taken where %j leaves open whose it is",
    async (flags) => {
      const { code, err } = await logOut(...flags, "--client-secret-env", "SECRET");
      expect(code).toBe(64);
      expect(err).toMatch(/--client-secret-env is given without --(issuer|client-id)/);
      expect(issuers.map(({ credentials }) => credentials)).toEqual([[], []]);
    },
  );

  test("is not needed to log out of public clients", async () => {
    expect((await logOut("--all")).code).toBe(0);
    expect(issuers.map(({ credentials }) => credentials)).toEqual([[undefined], [undefined]]);
  });
});
