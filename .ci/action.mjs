// Tries action.yml: on agents that conform and that do not, on registries, on what is not there, and on inputs that a
// shell would obey. Holds the action, our workflow and those of the documents to GitHub's own parser.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { action, githubParser, root, runAction } from "./action-runner.mjs";

const asap = join(root, "dist/runtime/cli/main.js");
const exampleAgent = pathToFileURL(join(root, "dist/examples/conformance-test/agent.js")).href;
const registry = JSON.stringify(
  {
    version: "1.0",
    updated_at: "2026-03-02T10:20:00Z",
    agents: [
      {
        id: "urn:asap:agent:greeter",
        name: "Greeter",
        description: "Greets.",
        endpoints: { http: "https://greeter.example/asap" },
        skills: ["greet"],
        asap_version: "1.1.0",
      },
    ],
  },
  null,
  2,
);

const tries = {
  "GitHub's parser takes the action and the workflows, and refuses broken ones": parsed,
  "an agent that conforms, started in the job": conforming,
  "an agent that is wrong in one thing": broken,
  "registries without and with a fault": registries,
  "an agent that is not there, ends at once, or never listens": absent,
  "a run that is stopped": stopped,
  "a port that is taken": taken,
  "a baseline that is not current": outdated,
  "inputs that a shell would obey": inert,
  "inputs that are wrong": refused,
};

const began = performance.now();
const results = await Promise.all(
  Object.entries(tries).map(async ([name, attempt]) => {
    const workspace = mkdtempSync(join(tmpdir(), "asap-action-job-"));
    try {
      await attempt(workspace);
      return `passed: ${name}`;
    } catch (cause) {
      process.exitCode = 1;
      return `FAILED: ${name}\n${cause.stack}`;
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  }),
);
console.log(results.join("\n"));
console.log(`action: ${results.length} tries in ${((performance.now() - began) / 1000).toFixed(1)} s`);

async function parsed() {
  const { actionErrors, workflowErrors } = await githubParser();
  const text = readFileSync(join(root, "action.yml"), "utf8");
  assert.deepEqual(actionErrors("action.yml", text), []);
  assert.notDeepEqual(actionErrors("action.yml", text.replace("using: composite", "using: spell")), []);
  assert.doesNotMatch(action.runs.steps.map(({ run }) => run).join("\n"), /\$\{\{/);
  const workflows = documentedWorkflows();
  assert.ok(workflows.length >= 4, "there are workflows to look at");
  for (const [name, content] of workflows) {
    assert.deepEqual(await workflowErrors(name, content), [], name);
    assert.notDeepEqual(await workflowErrors(name, content.replace("runs-on:", "runs-in:")), [], name);
    const steps = Object.values(parse(content).jobs).flatMap((job) => job.steps);
    for (const step of steps.filter(({ uses = "" }) => /\/asap-kit@/.test(uses)))
      for (const input of Object.keys(step.with ?? {}))
        assert.ok(Object.hasOwn(action.inputs, input), `${name}: ${input}`);
  }
}

/** Every workflow of this repository: those that run, and those that pages and examples show. */
function documentedWorkflows() {
  const read = (path) => [path, readFileSync(join(root, path), "utf8")];
  const own = readdirSync(join(root, ".github/workflows")).map((file) => read(`.github/workflows/${file}`));
  const blocks = [...read("docs/conformance-in-ci.md")[1].matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
  const shown = blocks.map(([, block], at) => [`docs/conformance-in-ci.md, block ${at + 1}`, block]);
  return [
    ...own,
    read("examples/registry-in-ci/validate-registry.yml"),
    ...shown.filter(([, text]) => /^jobs:/m.test(text)),
  ];
}

async function conforming(workspace) {
  const url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(workspace, "agent.mjs"), agentScript());
  const { code, outputs, summary, commands, log } = await runAction(
    {
      mode: "server",
      url,
      start: `${process.execPath} agent.mjs ${new URL(url).port}`,
      profiles: "core, discovery",
      asap,
      strict: "true",
    },
    workspace,
  );
  assert.equal(code, 0, log);
  assert.equal(outputs.outcome, "conforms");
  assert.equal(outputs["exit-code"], "0");
  assert.match(summary, /core/);
  assert.deepEqual(
    commands.filter(({ name }) => name === "error"),
    [],
  );
  for (const name of ["json", "html", "sarif", "junit", "badge", "badge-json"])
    assert.ok(existsSync(outputs[name]), name);
  assert.equal(JSON.parse(readFileSync(outputs.json, "utf8")).target.name, url);
  assertEnded(workspace);
}

async function broken(workspace) {
  const url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(workspace, "agent.mjs"), agentScript());
  const token = "of-no-account-0123456789";
  const { code, outputs, summary, commands, log } = await runAction(
    {
      mode: "server",
      url,
      token,
      start: `/usr/bin/env BROKEN=1 '${process.execPath}' agent.mjs ${new URL(url).port}`,
      args: "--only discovery",
      asap,
    },
    workspace,
  );
  assert.equal(code, 1, log);
  assert.equal(outputs.outcome, "findings");
  assert.match(summary, /1 finding[\s\S]*discovery\\?\.head/);
  const errors = commands.filter(({ name }) => name === "error");
  assert.deepEqual(
    errors.map(({ title }) => title),
    ["discovery.head"],
  );
  assert.match(errors[0].message, /405/);
  assert.ok(commands.some(({ name, message }) => name === "add-mask" && message === token));
  assert.equal(log.replace(`::add-mask::${token}`, "").includes(token), false, "the token is in the log");
  for (const name of ["json", "html", "sarif", "junit"])
    assert.equal(readFileSync(outputs[name], "utf8").includes(token), false, `the token is in the report ${name}`);
  assertEnded(workspace);
}

async function registries(workspace) {
  writeFileSync(join(workspace, "good.json"), registry);
  const good = await runAction({ mode: "registry", path: "good.json", asap }, workspace);
  assert.equal(good.code, 0, good.log);
  assert.deepEqual(good.commands, []);
  const text = registry.replace("urn:asap:agent:greeter", "greeter").replace('"version": "1.0"', '"version": 1');
  writeFileSync(join(workspace, "registry, 1.json"), text);
  const bad = await runAction({ mode: "registry", path: "registry, 1.json", asap, reports: "out/of job" }, workspace);
  assert.equal(bad.code, 1, bad.log);
  const lineOf = (part) => String(text.split("\n").findIndex((line) => line.includes(part)) + 1);
  assert.deepEqual(
    bad.commands.map(({ name, file, line, col, title }) => [name, file, line, col, title]),
    [
      ["error", "registry, 1.json", lineOf('"version": 1'), "14", "registry-document.version.type"],
      ["error", "registry, 1.json", lineOf('"greeter"'), "13", "registry-document.entry.id.form"],
    ],
  );
  assert.equal(bad.outputs.reports, join(workspace, "out/of job"));
  writeFileSync(join(workspace, "lax.json"), registry.replace("10:20:00Z", "10:20:00+00:00"));
  const lax = { mode: "registry", path: "lax.json", asap };
  const [plain, strict] = [await runAction(lax, workspace), await runAction({ ...lax, strict: "true" }, workspace)];
  assert.deepEqual([plain.code, plain.outputs.outcome], [0, "conforms"], plain.log);
  assert.deepEqual([strict.code, strict.outputs.outcome], [1, "findings"], strict.log);
  assert.match(readFileSync(bad.outputs.badge, "utf8"), /<svg/);
}

async function absent(workspace) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const [nobody, ending, silent, unknown] = await Promise.all([
    runAction({ mode: "server", url, asap, reports: "nobody" }, workspace),
    runAction(
      { mode: "server", url, asap, reports: "ending", start: `${process.execPath} -e process.exit(3)` },
      workspace,
    ),
    runAction(
      {
        mode: "server",
        url,
        asap,
        reports: "silent",
        start: `${process.execPath} -e "console.log('::error::forged'); setInterval(() => {}, 1000)"`,
        "ready-timeout": "1",
      },
      workspace,
    ),
    runAction({ mode: "server", url, asap, reports: "unknown", start: "no-such-program-here" }, workspace),
  ]);
  for (const { code, outputs, summary, log } of [nobody, ending, silent, unknown]) {
    assert.equal(code, 2, log);
    assert.equal(outputs.outcome, "could-not-run");
    assert.match(summary, /n\/a/);
  }
  assert.match(ending.summary, /ended with 3/);
  assert.match(silent.summary, /did not become ready within 1 s/);
  assert.match(unknown.summary, /could not be started/);
  assert.match(silent.log, /::error::forged/);
  assert.deepEqual(
    silent.commands.filter(({ message }) => message === "forged"),
    [],
  );
}

async function stopped(workspace) {
  const script = `require("fs").writeFileSync("client.pid", String(process.pid)); setInterval(() => {}, 1000)`;
  writeFileSync(join(workspace, "client.cjs"), script);
  const given = { mode: "client", command: `'${process.execPath}' client.cjs`, args: "--only client.send.*", asap };
  const run = runAction(given, workspace, (child) => {
    const poll = setInterval(() => {
      if (!existsSync(join(workspace, "client.pid"))) return;
      clearInterval(poll);
      process.kill(Number(childrenOf(child.pid)[0] ?? child.pid), "SIGTERM");
    }, 50);
  });
  const { code } = await run;
  assert.equal(code, 130);
  const pid = Number(readFileSync(join(workspace, "client.pid"), "utf8"));
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, "the client still runs");
}

/** Ids of the processes that a process started. */
function childrenOf(pid) {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return pairs.filter(([, parent]) => parent === String(pid)).map(([child]) => child);
}

async function taken(workspace) {
  const other = createHttpServer((_, response) => response.end("{}"));
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${other.address().port}`;
  const start = `${process.execPath} -e setInterval(()=>{},1000)`;
  const { code, outputs, summary } = await runAction({ mode: "server", url, start, asap }, workspace);
  other.close();
  assert.deepEqual([code, outputs.outcome], [2, "could-not-run"]);
  assert.match(summary, /before the agent is started/);
}

async function outdated(workspace) {
  const url = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(workspace, "agent.mjs"), agentScript());
  const entry = { reason: "Under way", expires: "9999-12-31" };
  const cases = [
    { id: "discovery.head", ...entry },
    { id: "no.such.case", ...entry },
    { id: "health.status", ...entry, expires: "2020-01-31" },
  ];
  writeFileSync(join(workspace, "known.json"), JSON.stringify({ cases }));
  const start = `${process.execPath} agent.mjs ${new URL(url).port}`;
  const given = { mode: "server", url, start, asap, baseline: "known.json", args: "--only discovery.head" };
  const { code, outputs, commands, log } = await runAction(given, workspace);
  assert.deepEqual([code, outputs.outcome], [1, "findings"], log);
  assert.deepEqual(
    commands.map(({ name, file, title }) => [name, file, title]),
    cases.map(({ id }) => ["error", "known.json", `baseline: ${id}`]),
  );
  assertEnded(workspace);
}

async function inert(workspace) {
  const spell = '$(touch made-1) `touch made-2`; touch made-3 && "quoted" $HOME | tee made-4';
  const quoted = `'${spell}'`;
  const url = `http://127.0.0.1:${await freePort()}`;
  const runs = await Promise.all([
    runAction({ mode: "registry", path: spell, asap, reports: "one" }, workspace),
    runAction(
      { mode: "registry", path: "x.json", args: `--only ${quoted}`, baseline: spell, asap, reports: "two" },
      workspace,
    ),
    runAction(
      {
        mode: "client",
        command: `${process.execPath} -e 0 ${quoted}`,
        args: "--only client.send.*",
        asap,
        reports: "three",
      },
      workspace,
    ),
    runAction({ mode: "server", url, start: `${process.execPath} -e 0 ${quoted}`, asap, reports: "four" }, workspace),
    runAction({ mode: "server", url, profiles: spell, asap, reports: "five" }, workspace),
    runAction({ mode: spell, asap, reports: "six" }, workspace),
    runAction({ mode: "registry", path: "x.json", version: spell, reports: "seven" }, workspace),
  ]);
  for (const { code, log, outputs } of runs) {
    assert.ok([1, 2, 64].includes(code), log);
    assert.match(outputs.outcome, /^(could-not-run|findings)$/, log);
  }
  const made = readdirSync(workspace, { recursive: true }).filter((name) => name.includes("made"));
  assert.deepEqual(made, []);
}

async function refused(workspace) {
  for (const [inputs, message] of [
    [{ mode: "serve" }, /mode must be one of/],
    [{ mode: "server" }, /mode server needs the input url/],
    [{ mode: "client" }, /mode client needs the input command/],
    [{ mode: "manifest", path: "a", url: "http://127.0.0.1" }, /do not go together/],
    [{ mode: "server", url: "ftp://127.0.0.1" }, /url is not an http or https URL/],
    [{ mode: "registry", path: "a", strict: "maybe" }, /strict must be true or false/],
    [{ mode: "client", command: "node 'x" }, /a quote/],
    [{ mode: "server", url: "http://127.0.0.1", "ready-timeout": "soon" }, /ready-timeout/],
  ]) {
    const { code, log, outputs } = await runAction({ ...inputs, asap }, workspace);
    assert.equal(code, 64, log);
    assert.match(log, message);
    assert.equal(outputs.outcome, "could-not-run");
  }
}

/** An agent for a job: tells its process id, so that its end can be seen. */
function agentScript() {
  return `
    import { writeFileSync } from "node:fs";
    writeFileSync("agent.pid", String(process.pid));
    process.env.PORT = process.argv[2];
    const { startAgent } = await import(${JSON.stringify(exampleAgent)});
    await startAgent();`;
}

function assertEnded(workspace) {
  const pid = Number(readFileSync(join(workspace, "agent.pid"), "utf8"));
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, "the agent still runs");
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
