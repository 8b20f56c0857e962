import { describe, expect, test } from "vitest";
import type { EgressPolicy } from "../egress.js";
import { isAsapError } from "../error.js";
import { knownHosts } from "./known-hosts.js";
import { checkTarget, checkTargetUrl, shownUrl, type TargetOptions } from "./target.js";
import { blockedPorts } from "./target-ports.js";
import { targetCases } from "./testing/target-cases.js";

const nobody = { resolve: knownHosts([]) };

/** The rule that a URL breaks; null where it breaks none. */
async function ruleOf(url: string, policy: EgressPolicy = nobody, options: TargetOptions = {}): Promise<unknown> {
  try {
    await checkTarget(url, policy, options);
    return null;
  } catch (cause) {
    if (!isAsapError(cause)) throw cause;
    expect(cause.code).toBe("asap:transport/webhook_url_rejected");
    expect(cause.message).toBe(`Webhook URL rejected: ${cause.data["reason"]}`);
    return cause.data["rule"];
  }
}

describe("targets of webhooks (HOOK-002)", () => {
  test("there are at least 200, each of another text, of which some are allowed", () => {
    expect(targetCases.length).toBeGreaterThan(200);
    const texts = targetCases.map(({ url, dns, requireHttps }) => JSON.stringify([url, dns, requireHttps]));
    expect(new Set(texts).size).toBe(texts.length);
    expect(targetCases.filter(({ rule }) => rule === null).length).toBeGreaterThan(50);
  });

  test.each(targetCases)("$rule: $url", async ({ url, rule, dns = {}, requireHttps = true }) => {
    expect(await ruleOf(url, { resolve: knownHosts(Object.entries(dns)) }, { requireHttps })).toBe(rule);
  });
});

describe("checkTarget()", () => {
  test("gives the URL and the addresses of its host", async () => {
    const policy = { resolve: knownHosts([["a.example", ["93.184.215.14", "2001:4860:4860::8888"]]]) };
    const { url, addresses } = await checkTarget("https://A.example:8443/hook?a=1", policy);
    expect([url.href, addresses]).toEqual([
      "https://a.example:8443/hook?a=1",
      ["93.184.215.14", "2001:4860:4860::8888"],
    ]);
  });

  test.each([
    ["loopback", "https://localhost/", { allowLoopback: true }],
    ["loopback", "https://127.0.0.1/", { allowLoopback: true }],
    ["loopback", "https://[::1]/", { allowLoopback: true }],
    ["a private address", "https://10.0.0.1/", { allowPrivate: true }],
    ["a network", "https://10.1.2.3/", { allowNetworks: ["10.1.0.0/16"] }],
    ["a host of an inner network", "https://vault.internal/", { allowHosts: ["*.internal"] }],
    ["a host of one label", "https://receiver/", { allowPrivate: true }],
    ["the same by its network", "https://receiver/", { allowNetworks: ["10.0.0.0/8"] }],
  ])("a policy opens %s", async (_, url, policy) => {
    const resolve = knownHosts([
      ["vault.internal", ["10.0.0.9"]],
      ["receiver", ["10.0.0.9"]],
    ]);
    expect(await ruleOf(url)).not.toBeNull();
    expect(await ruleOf(url, { ...policy, resolve })).toBeNull();
  });

  test.each([
    ["metadata_name", "https://metadata.google.internal/", { allowPrivate: true, allowLoopback: true }],
    ["linkLocal", "https://169.254.169.254/", { allowPrivate: true, allowLoopback: true }],
    ["metadata", "https://[fd00:ec2::254]/", { allowPrivate: true }],
    ["private", "https://10.0.0.1/", { allowLoopback: true }],
    ["localhost", "https://localhost/", { allowPrivate: true }],
    ["spelling", "https://127.1/", { allowLoopback: true }],
    ["port", "https://127.0.0.1:22/", { allowLoopback: true }],
    ["name", "https://a..internal/", { allowHosts: ["*.internal"] }],
    ["uniqueLocal", "https://receiver/", { allowNetworks: ["10.0.0.0/8"] }],
  ])("and not more than it says: %s, %s, %j", async (rule, url, policy) => {
    expect(await ruleOf(url, { ...policy, resolve: knownHosts([["receiver", ["fd00::9"]]]) })).toBe(rule);
  });

  test("names that are refused are not asked for", async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return ["93.184.215.14"];
    };
    for (const { url } of targetCases.filter(({ rule }) => /localhost|_name|^name$/.test(String(rule)))) {
      expect(await ruleOf(url, { resolve })).not.toBeNull();
    }
    expect(asked).toEqual([]);
  });

  test("a name is judged anew each time, so that one that moved is found", async () => {
    let address = "93.184.215.14";
    const policy = { resolve: async () => [address] };
    expect(await ruleOf("https://a.example/", policy)).toBeNull();
    address = "127.0.0.1";
    expect(await ruleOf("https://a.example/", policy)).toBe("loopback");
  });

  test("a resolver that fails is a rejection", async () => {
    const failing = async () => Promise.reject(new Error("SERVFAIL"));
    expect(await ruleOf("https://a.example/", { resolve: failing })).toBe("unresolved");
  });

  test("the error tells of no user, password, query or fragment, and of no address behind a name", async () => {
    const urls = [
      "https://user:canary@127.0.0.1/",
      "https://127.0.0.1/?canary=1#canary",
      "https://a.example/?canary",
      "urn:canary",
      "mailto:canary@a.example",
      "canary@a.example/",
      "https://canary@",
      "https://canary@a b/",
    ];
    const policy = { resolve: knownHosts([["a.example", ["10.7.7.7"]]]) };
    for (const url of urls) {
      const error: unknown = await checkTarget(url, policy).catch((cause: unknown) => cause);
      expect(isAsapError(error), url).toBe(true);
      expect(JSON.stringify(error), url).not.toMatch(/canary|10\.7\.7\.7/);
    }
  });
});

describe("checkTargetUrl()", () => {
  test("asks nobody, so that a host is not resolved", () => {
    expect(checkTargetUrl("https://absent.example/").hostname).toBe("absent.example");
    expect(() => checkTargetUrl("https://a.internal/")).toThrow("inner network");
    expect(() => checkTargetUrl("http://a.example/")).toThrow("its scheme is not https");
    expect(() => checkTargetUrl("ftp://a.example/", {}, { requireHttps: false })).toThrow("neither https nor http");
  });
});

describe("shownUrl()", () => {
  test.each([
    ["https://user:pass@a.example:8443/b/c?d=e#f", "https://a.example:8443/b/c"],
    ["mailto:somebody@a.example", "mailto:…"],
    ["user:pass@", "user:…"],
    ["anything", "…"],
  ])("%s is shown as %s", (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });

  test("is not longer than 200 characters", () => {
    expect(shownUrl(`https://a.example/${"b".repeat(1000)}`)).toHaveLength(200);
  });
});

describe("blockedPorts", () => {
  test("are those that the platform's fetch refuses, and 0", async () => {
    for (const port of [...blockedPorts].slice(1)) {
      const cause: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => error.cause);
      expect(String(cause), String(port)).toContain("bad port");
    }
    expect(blockedPorts.has(0)).toBe(true);
  });
});
