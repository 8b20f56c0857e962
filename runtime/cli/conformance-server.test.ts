import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mutant, wrap } from "../../conformance/mutants/wrap.js";
import { type Server, serve } from "../node.js";
import { asap } from "../testing/asap-command.js";
import { createEchoAgent } from "./echo-agent.js";

const command = (...rest: readonly string[]) => asap(["conformance", "server", ...rest]);
const nowhere = "http://127.0.0.1:1";
const listed = async (...flags: readonly string[]) => {
  const { code, out } = await command("--list", "--json", ...flags);
  expect(code).toBe(0);
  return JSON.parse(out) as { id: string; level: string; profile: string; tags: string[]; requirements: string[] }[];
};

describe("asap conformance server --list", () => {
  test("prints a line for each chosen case, and how many there are", async () => {
    const { code, out, err } = await command("--list", "--only", "health");
    expect([code, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines.at(-1)).toBe(`${lines.length - 1} cases`);
    expect(lines).toContainEqual(expect.stringMatching(/^health\.status +MUST +discovery +\S.* \([A-Z]+-\d{3}.*\)$/));
  });

  test("chooses by name, level, tag and profile, and leaves out", async () => {
    const all = await listed();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const musts = await listed("--level", "MUST");
    expect(musts).toEqual(all.filter(({ level }) => level === "MUST"));
    const tagged = await listed("--tag", "core", "--tag", "slow");
    expect(tagged).toEqual(all.filter(({ tags }) => tags.includes("core") || tags.includes("slow")));
    const profiled = await listed("--profile", "websocket", "--profile", "state");
    expect(profiled).toEqual(all.filter(({ profile }) => ["websocket", "state"].includes(profile)));
    const some = await listed("--only", "WSB-*", "--only", "health", "--skip", "health.*", "--level", "SHOULD");
    expect(some.length).toBeGreaterThan(0);
    expect(some).toEqual(
      all.filter(({ level, requirements }) => level === "SHOULD" && requirements.some((one) => one.startsWith("WSB-"))),
    );
  });
});

describe("asap conformance server --explain", () => {
  test("prints what a case holds, needs and sends, and what it fails on", async () => {
    const { code, out, err } = await command("--explain", "acks.sent");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^acks\.sent: .+\nMUST, area acks, profile websocket.*; runs beside others\n/);
    for (const part of ["\nRules\n", "\nApplies where\n", "GET /asap/ws HTTP/1.1", '"requires_ack":true', "waits for "])
      expect(out).toContain(part);
    expect(out).toMatch(/\nSeen to fail on agents that are wrong on purpose\n( {2}\S.*\n)+$/);
  });

  test("prints the same as data", async () => {
    const { code, out } = await command("--explain", "task.echo", "--json");
    expect(code).toBe(0);
    const { id, steps, kills } = JSON.parse(out);
    expect([id, steps.length > 0]).toEqual(["task.echo", true]);
    expect(kills.count).toBeGreaterThanOrEqual(kills.mutants.length);
    expect(kills.mutants.length).toBeGreaterThan(0);
  });
});

describe("asap conformance server, of an agent that fails one case", () => {
  let server: Server;
  let folder: string;
  beforeAll(async () => {
    server = await serve(createEchoAgent(), { port: 0, rateLimit: "off" });
    folder = mkdtempSync(join(tmpdir(), "asap-conformance-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  /** Judges the status of an agent whose health answer has none, so many times after the first answer. */
  const judge = async (times: number, ...flags: readonly string[]) => {
    let asked = 0;
    const answer: Mutant["answer"] = (answered, { path }) => {
      if (!path.endsWith("/health")) return answered;
      asked += 1;
      return asked > 1 && asked <= 1 + times ? { ...answered, body: Buffer.from("{}") } : answered;
    };
    const wrapped = await wrap(server.url, { name: "", killedBy: "health.status", answer });
    const ended = await command(wrapped.url, "--only", "health.status", "--timeout", "60", ...flags);
    await wrapped.close();
    return ended;
  };
  const baseline = (text: string): string[] => {
    const path = join(folder, "known.json");
    writeFileSync(path, text);
    return ["--baseline", path];
  };
  const known = (changes: Readonly<Record<string, unknown>> = {}) =>
    baseline(
      JSON.stringify({ cases: [{ id: "health.status", reason: "Under way", expires: "9999-12-31", ...changes }] }),
    );

  test("ends with 1, tried again as often as --reruns says", async () => {
    const { code, out } = await judge(9, "--reruns", "1", "--json");
    expect([code, JSON.parse(out).cases[0]]).toMatchObject([1, { outcome: "fail", attempts: 2 }]);
    const flaky = await judge(1, "--json");
    expect([flaky.code, JSON.parse(flaky.out).cases[0]]).toMatchObject([1, { outcome: "flaky", attempts: 2 }]);
    const once = await judge(1, "--reruns", "0");
    expect(once.code).toBe(1);
    expect(once.out).toMatch(/^FAIL {2}health\.status/m);
  });

  test("ends with 0 where the baseline knows it", async () => {
    const { code, out } = await judge(9, ...known());
    expect([code, out]).toEqual([0, expect.stringContaining("Under way")]);
    expect((await judge(1, ...known({ flaky: true }))).code).toBe(0);
  });

  test("ends with 1 where the baseline is not current", async () => {
    const stale = await judge(0, ...known(), "--json");
    expect([stale.code, JSON.parse(stale.out).baseline]).toMatchObject([1, [{ state: "stale" }]]);
    const expired = await judge(9, ...known({ expires: "2020-01-31" }), "--json");
    expect([expired.code, JSON.parse(expired.out)]).toMatchObject([
      1,
      { counts: { fail: 1, known: 0 }, baseline: [{ state: "expired" }] },
    ]);
    const unknown = await judge(0, ...known({ id: "health.nothing" }), "--json");
    expect([unknown.code, JSON.parse(unknown.out).baseline]).toMatchObject([1, [{ state: "unknown" }]]);
  });

  test("ends with 64 for a baseline that cannot be used, with the member at fault", async () => {
    const malformed = await command(nowhere, ...known({ expires: "soon" }));
    expect([malformed.code, malformed.out]).toEqual([64, ""]);
    expect(malformed.err).toMatch(/known\.json: cases\[0\]\.expires must be a day .*health\.status.*\(usage\)\n$/);
    const noJson = await command(nowhere, ...baseline("{"));
    expect(noJson.err).toMatch(/^asap: .*known\.json: the baseline is not JSON: .*\(usage\)\n$/);
  });

  test("keeps what went over the wire of all cases with --record all, and writes the reports that are asked for", async () => {
    const path = join(folder, "report.json");
    const { code } = await judge(0, "--record", "all", "--report", `json=${path}`);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(path, "utf8")).cases[0].exchanges).toHaveLength(1);
    await judge(0, "--record", "findings", "--report", path);
    expect(JSON.parse(readFileSync(path, "utf8")).cases[0]).not.toHaveProperty("exchanges");
  });

  test("judges a profile that --profile names, which the agent must have", async () => {
    const fake = createServer((_, response) => response.writeHead(200).end("{}"));
    await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
    const address = fake.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const { code, out } = await command(url, "--profile", "state", "--level", "MUST", "--json");
    fake.closeAllConnections();
    fake.close();
    expect(code).toBe(1);
    const { profiles, counts } = JSON.parse(out);
    expect(profiles).toMatchObject([{ profile: "state", verdict: "broken" }]);
    expect(counts.pass).toBe(0);
    expect(counts.fail).toBeGreaterThan(0);
  });

  test("gives up after --total-timeout, and names it", async () => {
    const slow = createServer((request) => request.resume());
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const address = slow.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const flags = ["--only", "health.status", "--timeout", "60", "--total-timeout", "0.3", "--concurrency", "1"];
    const { code, out } = await command(url, ...flags, "--max-wait", "1");
    slow.closeAllConnections();
    slow.close();
    expect([code, out]).toEqual([2, expect.stringMatching(/longer than 300 ms|no answer|stopped/)]);
  });

  test("fails a case that takes longer than --case-timeout", async () => {
    const slow = createServer((request, response) => {
      request.resume();
      const answer = () => response.writeHead(200).end("{}");
      if (request.headers["content-encoding"] !== "gzip") answer();
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const address = slow.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const only = ["--only", "http.encoding.gzip", "--reruns", "0", "--timeout", "60"];
    const { code, out } = await command(url, ...only, "--case-timeout", "0.3");
    slow.closeAllConnections();
    slow.close();
    expect([code, out]).toEqual([1, expect.stringContaining("the answers of the case within 300 ms in all")]);
  });
});

describe("asap conformance server refuses", () => {
  test.each([
    [[], /missing required argument 'url'/],
    [
      [nowhere, "--only", "health.statu"],
      /--only health\.statu: no case is called that; did you mean health\.status\?/,
    ],
    [[nowhere, "--skip", "no.such.*"], /--skip no\.such\.\*: no case is called that/],
    [["--explain", "health.statsu"], /--explain health\.statsu: no case is called that; did you mean health\.status\?/],
    [["--list", "--tag", "quick"], /--tag .*core, generated, hostile/],
    [["--list", "--level", "MAY"], /--level .*MUST.*SHOULD/],
    [["--list", "--profile", "all"], /--profile .*core, discovery/],
    [[nowhere, "--reruns", "11"], /--reruns /],
    [[nowhere, "--case-timeout", "soon"], /--case-timeout /],
    [[nowhere, "--total-timeout", "0"], /--total-timeout /],
    [[nowhere, "--max-wait", "soon"], /--max-wait /],
    [[nowhere, "--concurrency", "0"], /--concurrency /],
    [[nowhere, "--ca", "/no/such/ca.pem"], /--ca \/no\/such\/ca\.pem: .*there is no such file/],
    [[nowhere, "--ca", "package.json"], /--ca package\.json: there is no PEM certificate in it/],
    [[nowhere, "--record", "some"], /--record .*findings, all/],
    [[nowhere, "--report", "pdf=a.pdf"], /--report .*text, json/],
  ])("%j, with 64", async (flags, words) => {
    const { code, out, err } = await command(...flags);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(words);
  });

  test.each([
    ["server", [nowhere]],
    ["client", ["--", process.execPath, "--version"]],
  ])("a report of %s that has no place, with 2 and before anything is judged", async (mode, rest) => {
    const { code, out, err } = await asap(["conformance", mode, "--report", "/nowhere/at/all/r.json", ...rest]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^asap: cannot write \/nowhere\/at\/all\/r\.json: there is no such folder \(asap:config\//);
  });

  test("a baseline that is not there, with 64", async () => {
    const { code, out, err } = await command(nowhere, "--baseline", "/no/such/known.json");
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain("/no/such/known.json");
  });
});
