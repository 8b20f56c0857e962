import { describe, expect, it } from "vitest";
import { hideReport, hiderOf, isSecretName, looksRandom, secretsOf, secretTexts } from "./secrets.js";

const secret = 'a/b+c"d é\\e=1';
const hide = hiderOf([secret]);

describe("hiderOf()", () => {
  it.each([
    ["as it is", secret],
    ["in JSON", JSON.stringify(secret).slice(1, -1)],
    ["in JSON with escaped slashes", JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/")],
    ["in JSON within JSON", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["in JSON of ASCII alone", JSON.stringify(secret).slice(1, -1).replace("é", "\\u00e9")],
    ["in a URL", encodeURIComponent(secret)],
    ["in a URL, in lower case", encodeURIComponent(secret).toLowerCase()],
    ["in a URL within a URL", encodeURIComponent(encodeURIComponent(secret))],
    ["in a form", new URLSearchParams({ a: secret }).toString().slice(2)],
    ["in HTML", secret.replaceAll('"', "&quot;")],
    ["in XML", secret.replaceAll('"', "&#34;")],
    ["in a log", secret.replaceAll("é", "\\xe9")],
    ["read as another encoding", Buffer.from(secret, "latin1").toString("utf8")],
    ["in Base64", Buffer.from(secret).toString("base64").replace(/=+$/, "")],
  ])("hides a text %s", (_, text) => {
    expect(hide(`<${text}>`)).toBe("<***>");
  });

  it("hides the beginning of a text where it was cut, and no other words", () => {
    const token = "TOKENabcdefghijklmnop";
    const hideToken = hiderOf([token]);
    expect(hideToken("you said TOKENabcde")).toBe("you said ***");
    expect(hideToken("you said TOKENabcde… (9000 bytes in all)")).toBe("you said ***… (9000 bytes in all)");
    expect(hideToken("TOKENabcdX stays")).toBe("TOKENabcdX stays");
  });

  it("hides a text of many thousand characters", () => {
    const token = `${"aB3-".repeat(20_000)}end`;
    const hideToken = hiderOf([token]);
    expect(hideToken(`Bearer ${token} and more`)).toBe("Bearer *** and more");
    expect(hideToken(JSON.stringify({ token }))).toBe('{"token":"***"}');
  });

  it("hides the longest first, and leaves texts of three characters", () => {
    expect(hiderOf(["abcd", "abcdefgh", "xyz"])("abcdefgh abcd xyz")).toBe("*** *** xyz");
  });
});

describe("secretTexts()", () => {
  it("knows what Basic holds, single cookies and the userinfo of a URL", () => {
    const basic = `Basic ${Buffer.from("user:passw0rd").toString("base64")}`;
    expect(secretTexts(basic)).toEqual(expect.arrayContaining([basic, "user:passw0rd", "passw0rd"]));
    expect(secretTexts("sid=a1b2c3d4; theme=dark")).toEqual(["sid=a1b2c3d4; theme=dark", "a1b2c3d4"]);
    expect(secretTexts("postgres://u:p%40ssword@db/x")).toEqual(expect.arrayContaining(["p%40ssword", "p@ssword"]));
    expect(secretTexts("Bearer t0ps3cret")).toContain("t0ps3cret");
  });
});

describe("secretsOf()", () => {
  it("hides every header, and the values of those that are secret alone wherever they are", () => {
    const { headers, values } = secretsOf({ "X-Mode": "json", "X-Api-Key": "abcd", "X-Tenant": "9f86d081884c" });
    expect([...headers]).toEqual(["x-mode", "x-api-key", "x-tenant"]);
    expect(values).toEqual(["abcd", "9f86d081884c"]);
  });

  it.each([
    "Authorization",
    "Cookie",
    "X-Auth",
    "DB_PASS",
    "SSH_PASSPHRASE",
    "DATABASE_URL",
    "SIGNING_KEY",
    "x-api-key",
  ])("knows %s for a secret", (name) => expect(isSecretName(name)).toBe(true));

  it.each(["X-Mode", "Accept", "KEYBOARD", "AUTHOR", "COMPASS", "Monkey"])("knows %s for none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it.each(["application/json", "2026-01-02", "gzip, deflate", "internal", "en-US"])("%s looks like words", (value) => {
    expect(looksRandom(value)).toBe(false);
  });
});

describe("hideReport()", () => {
  it("hides texts of the subject alone", () => {
    const report = {
      mode: "server",
      target: { name: "http://a", agentId: "core", agentVersion: "core" },
      notes: ["core"],
      profiles: [{ profile: "core", because: "core" }],
      cases: [{ id: "core", area: "core", found: "core", exchanges: [{ token: { claims: { core: "core" } } }] }],
    };
    expect(hideReport(report as never, hiderOf(["core"]))).toEqual({
      mode: "server",
      target: { name: "http://a", agentId: "***", agentVersion: "***" },
      notes: ["***"],
      profiles: [{ profile: "core", because: "***" }],
      cases: [{ id: "core", area: "core", found: "***", exchanges: [{ token: { claims: { "***": "***" } } }] }],
    });
  });
});
