import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { inspect } from "node:util";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  publicClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { refreshToken } from "./token-grants.js";
import { type AuthorizationCodeOptions, authorizationCode } from "./token-login.js";
import { memoryTokens, type TokenStore } from "./token-store.js";

let provider: OidcProvider;
let store: TokenStore;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  store = memoryTokens();
});
afterEach(() => {
  provider.login = "accept";
  provider.intercept = undefined;
});

const optionsOf = (more: Partial<AuthorizationCodeOptions> = {}): AuthorizationCodeOptions => ({
  issuer: provider.issuer,
  clientId: publicClientId,
  scope: `openid ${asapScopes}`,
  resource: jwtResource,
  egress: { allowLoopback: true },
  store,
  ...more,
});
const loginTo = (more: Partial<AuthorizationCodeOptions> = {}) => authorizationCode(optionsOf(more));
const redirectOf = (url: string) => new URL(new URL(url).searchParams.get("redirect_uri") ?? "");
const stateOf = (url: string) => new URL(url).searchParams.get("state") ?? "";
/** Logs in at the provider, but keeps the response from the login. */
async function responseFor(url: string): Promise<URL> {
  const { host } = redirectOf(url);
  const { urls } = await userAgent().open(url, (next) => next.host === host);
  return new URL(urls.at(-1) ?? "");
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
/** Sends one request to the receiver, with a Host header of its own if need be. */
async function statusOf(to: URL, options: RequestOptions = {}): Promise<number | undefined> {
  const sent = httpRequest(to, { agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

describe("login (OAUTH-002)", () => {
  test("ends with a token of whoever logged in, and shows a page that says so", async () => {
    const login = loginTo();
    let page: Promise<Response> | undefined;
    let callback = "";
    await login.login(async (url) => {
      callback = (await responseFor(url)).href;
      page = fetch(callback);
    });
    const shown = await page;
    expect([shown?.status, await shown?.text()]).toEqual([200, "You are logged in. This page can be closed.\n"]);
    expect(Object.fromEntries(shown?.headers ?? [])).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect(decodeJwt(await login.token())).toMatchObject({ sub: "user-1", aud: jwtResource, scope: asapScopes });
    await expect(fetch(callback)).rejects.toThrow();
  });

  test("asks with PKCE by S256, a state, a nonce and a redirect to a port of 127.0.0.1", async () => {
    const urls: URL[] = [];
    for (const scope of ["openid asap:read", "asap:read"]) {
      const login = loginTo({
        scope,
        authorizationParameters: { prompt: "login", state: "own", code_challenge: "own" },
      });
      await login.login((url) => {
        urls.push(new URL(url));
        return userAgent().open(url);
      });
    }
    const [first, second] = urls.map(({ searchParams }) => Object.fromEntries(searchParams));
    expect(first).toMatchObject({
      client_id: publicClientId,
      response_type: "code",
      scope: "openid asap:read",
      resource: jwtResource,
      prompt: "login",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
    expect(second).not.toHaveProperty("nonce");
    expect(second?.["state"]).not.toBe(first?.["state"]);
  });

  test("asks the browser for nothing that is meant for the token endpoint", async () => {
    let asked = "";
    provider.intercept = (request) => {
      if (request.url === "/token") asked = String(request.method);
      return false;
    };
    const login = loginTo({ parameters: { ticket: "of-the-client" }, authorizationParameters: { ui_locales: "en" } });
    let url = "";
    await login.login(async (given) => {
      url = given;
      await userAgent().open(given);
    });
    expect(asked).toBe("POST");
    expect(url).toContain("ui_locales=en");
    expect(url).not.toContain("ticket");
  });

  test("leaves its tokens where refreshToken with the same options finds them", async () => {
    const login = loginTo();
    await login.login((url) => userAgent().open(url));
    const other = refreshToken(optionsOf());
    const first = await other.token();
    expect(first).toBe(await login.token());
    login.refused(first);
    expect(await login.token()).not.toBe(first);
  });

  test("may be done again, and twice at once", async () => {
    const login = loginTo();
    await Promise.all([1, 2].map(() => login.login((url) => userAgent().open(url))));
    expect(decodeJwt(await login.token())).toMatchObject({ sub: "user-1" });
  });

  test("ends also where the browser has gone before the page", async () => {
    const login = loginTo();
    await login.login(async (url) => {
      const { host, hostname, port, pathname, search } = await responseFor(url);
      const socket = connect(Number(port), hostname);
      await once(socket, "connect");
      socket.end(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, () => socket.destroy());
    });
    expect(decodeJwt(await login.token())).toMatchObject({ sub: "user-1" });
  });
});

describe("what is not the response", () => {
  test.each<[string, (to: URL, state: string) => [URL, RequestOptions?]]>([
    ["another path", (to, state) => [new URL(`/other?code=x&state=${state}`, to)]],
    ["a path below", (to, state) => [new URL(`/callback/x?code=x&state=${state}`, to)]],
    ["another state", (to) => [new URL("?code=x&state=guessed", to)]],
    ["no state", (to) => [new URL("?code=x", to)]],
    ["two states", (to, state) => [new URL(`?code=x&state=${state}&state=guessed`, to)]],
    ["a denial with another state", (to) => [new URL("?error=access_denied&state=guessed", to)]],
    ["a POST", (to, state) => [new URL(`?code=x&state=${state}`, to), { method: "POST" }]],
    ["a HEAD", (to, state) => [new URL(`?code=x&state=${state}`, to), { method: "HEAD" }]],
    ["another host", (to, state) => [new URL(`?code=x&state=${state}`, to), { headers: { host: "evil.example" } }]],
    [
      "localhost",
      (to, state) => [new URL(`?code=x&state=${state}`, to), { headers: { host: `localhost:${to.port}` } }],
    ],
    ["an icon", (to) => [new URL("/favicon.ico", to)]],
    ["a path that is none", (to, state) => [to, { path: `//evil.example/callback?code=x&state=${state}` }]],
  ])("%s is answered with 404, and the login goes on", async (_, forge) => {
    const login = loginTo();
    let status: number | undefined;
    await login.login(async (url) => {
      status = await statusOf(...forge(redirectOf(url), stateOf(url)));
      await userAgent().open(url);
    });
    expect(status).toBe(404);
    expect(decodeJwt(await login.token())).toMatchObject({ sub: "user-1" });
  });

  test("the response that comes again is answered with 404", async () => {
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      provider.intercept = (request, response) => {
        if (request.url !== "/token") return false;
        release = () => {
          response.setHeader("content-type", "application/json");
          response.end('{"access_token":"t","token_type":"Bearer"}');
        };
        resolve();
        return true;
      };
    });
    const login = loginTo({ scope: asapScopes });
    let callback = new URL("http://none");
    let page: Promise<Response> | undefined;
    const ended = login.login(async (url) => {
      callback = await responseFor(url);
      page = fetch(callback);
    });
    await asked;
    expect(await statusOf(callback)).toBe(404);
    release();
    await ended;
    expect([(await page)?.status, await login.token()]).toEqual([200, "t"]);
  });
});

describe("a login that fails", () => {
  /** Lets somebody log in, but changes what is sent on the way. */
  const tampered = (change: { request?: (url: URL) => void; response?: (url: URL) => void }) => {
    const login = loginTo();
    let page: Promise<Response> | undefined;
    const ended = login.login(async (url) => {
      const request = new URL(url);
      change.request?.(request);
      const response = await responseFor(request.href);
      change.response?.(response);
      page = fetch(response);
    });
    return { login, error: failureOf(ended), page: async () => (await page)?.text() };
  };
  const failed = (data: object) => ({ code: "asap:auth/login_failed", data: { issuer: provider.issuer, ...data } });

  test("tells the error of the issuer, where whoever came was turned away", async () => {
    provider.login = "deny";
    const { login, error, page } = tampered({});
    expect(await error).toMatchObject(failed({ reason: "No", error: "access_denied" }));
    expect(await page()).toBe("The login failed. This page can be closed.\n");
    await expect(login.token()).rejects.toMatchObject(failed({ reason: "nobody is logged in" }));
  });

  test.each<[string, Parameters<typeof tampered>[0], object]>([
    [
      "the response is of another issuer",
      { response: ({ searchParams }) => searchParams.set("iss", "https://other.example") },
      { reason: 'unexpected "iss" (issuer) response parameter value' },
    ],
    [
      "the response names no issuer",
      { response: ({ searchParams }) => searchParams.delete("iss") },
      { reason: 'response parameter "iss" (issuer) missing' },
    ],
    [
      "the code is another",
      { response: ({ searchParams }) => searchParams.set("code", "canary-code") },
      { error: "invalid_grant" },
    ],
    [
      "there is no code",
      { response: ({ searchParams }) => searchParams.delete("code") },
      { error: "invalid_response" },
    ],
    [
      "the code is of another challenge",
      { request: ({ searchParams }) => searchParams.set("code_challenge", "c".repeat(43)) },
      { error: "invalid_grant" },
    ],
    [
      "the id token is of another request",
      { request: ({ searchParams }) => searchParams.set("nonce", "other") },
      { reason: 'unexpected ID Token "nonce" claim value' },
    ],
  ])("says why: %s", async (_, change, data) => {
    const { login, error, page } = tampered(change);
    const thrown = await error;
    expect(thrown).toMatchObject(failed(data));
    expect(inspect(thrown, { depth: 9 })).not.toContain("canary");
    expect(await page()).toBe("The login failed. This page can be closed.\n");
    await expect(login.token()).rejects.toMatchObject(failed({ reason: "nobody is logged in" }));
  });

  test("ends where the browser cannot be opened, and frees its port", async () => {
    for (const open of [() => Promise.reject(new Error("canary")), () => decodeJwt("thrown")]) {
      let to = new URL("http://none");
      const error = await failureOf(
        loginTo().login((url) => {
          to = redirectOf(url);
          return open();
        }),
      );
      expect(error).toMatchObject(failed({ reason: "the browser was not opened" }));
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
      await expect(fetch(to)).rejects.toThrow();
    }
  });

  test("ends when nobody has logged in in time", async () => {
    const error = await failureOf(loginTo({ loginTimeoutMs: 250 }).login(() => undefined));
    expect(error).toMatchObject(failed({ reason: "nobody logged in in time" }));
  });

  test("ends when it is aborted, before and while it waits", async () => {
    const aborted = { code: "asap:transport/aborted" };
    let opened = 0;
    await expect(loginTo().login(() => (opened += 1), AbortSignal.abort())).rejects.toMatchObject(aborted);
    expect(opened).toBe(0);
    const stop = new AbortController();
    let to = new URL("http://none");
    const ended = loginTo().login((url) => {
      to = redirectOf(url);
      stop.abort();
    }, stop.signal);
    await expect(ended).rejects.toMatchObject(aborted);
    await expect(fetch(to)).rejects.toThrow();
  });

  test("keeps nothing where it is aborted while the code is exchanged", async () => {
    const stop = new AbortController();
    provider.intercept = (request) => {
      if (request.url === "/token") stop.abort();
      return false;
    };
    const login = loginTo();
    const ended = login.login(async (url) => {
      await failureOf(fetch(await responseFor(url)));
    }, stop.signal);
    await expect(ended).rejects.toMatchObject({ code: "asap:transport/aborted" });
    await failureOf(login.token());
    await expect(login.token()).rejects.toMatchObject(failed({ reason: "nobody is logged in" }));
  });

  test("names a port that is taken", async () => {
    const error = await failureOf(loginTo({ redirectPort: provider.port }).login(() => undefined));
    expect(error).toMatchObject({
      code: "asap:auth/login_failed",
      data: { reason: `port ${provider.port} of 127.0.0.1 cannot be used (EADDRINUSE)` },
    });
  });

  test("does not open what the metadata does not name", async () => {
    provider.intercept = (_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ issuer: provider.issuer, token_endpoint: provider.tokenEndpoint }));
      return true;
    };
    const error = await failureOf(loginTo().login(() => undefined));
    expect(error).toMatchObject(failed({ reason: "the issuer names no authorization endpoint" }));
  });

  test.each<[string, object]>([
    ["issuer", { issuer: undefined }],
    ["redirectPort", { redirectPort: 70_000 }],
    ["redirectPath", { redirectPath: "callback" }],
    ["redirectPath", { redirectPath: "/a?b" }],
    ["loginTimeoutMs", { loginTimeoutMs: 0 }],
    ["tokenEndpoint", { tokenEndpoint: "https://a.example/token" }],
  ])("is refused from the start for an option that cannot be used: %s", (option, more) => {
    expect(() => authorizationCode({ ...optionsOf(), ...more } as AuthorizationCodeOptions)).toThrow(
      new RegExp(`^${option} `),
    );
  });
});
