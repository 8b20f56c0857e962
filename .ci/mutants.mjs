#!/usr/bin/env node
// Has every mutant judged, agents and documents by the whole suite and clients by their scenario, and prints what each of
// them fails and what that comes to. Writes conformance/mutants/kills.json, which docs/conformance-mutants.md is made from
// together with the list of clients. Needs a build. ASAP_MUTANTS narrows it to the mutants whose ids have one of its words
// in them; their rows alone are written then. Ends with 1 when a mutant lives, when it fails a MUST that has nothing to do
// with it, and when a case kills no mutant.
import { fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cases as agentCases, clientCases, documentCases, judgeClient } from "../dist/conformance/index.js";
import { allMutants } from "../dist/conformance/mutants/all.js";
import { clientMutants } from "../dist/conformance/mutants/clients/index.js";
import { failedIn, faultsIn, rowOf } from "../dist/conformance/mutants/matrix.js";

const workers = 2;
/** Clients that are judged at the same time; most of them wait most of the time. */
const clientsAtOnce = 4;
const cases = [...agentCases, ...documentCases];
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const self = fileURLToPath(import.meta.url);
const target = at("conformance/mutants/kills.json");
const client = [
  process.execPath,
  at("dist/conformance/mutants/clients/wrapper.js"),
  at("dist/examples/conformance-client/client.js"),
];

if (process.send === undefined) await main();
else process.on("message", judge);

async function judge(id) {
  const mutant = allMutants.find((one) => one.id === id);
  const began = performance.now();
  const report = await mutant.judge();
  process.send({ row: rowOf(mutant, report), reason: report.reason, ms: performance.now() - began });
}

async function main() {
  const words = (process.env.ASAP_MUTANTS ?? "").split(/[ ,]+/).filter((word) => word !== "");
  const isChosen = (id) => words.length === 0 || words.some((word) => id.includes(word));
  const chosen = allMutants.filter(({ id }) => isChosen(id));
  const clients = clientMutants.filter(({ id }) => isChosen(`client/${id}`));
  if (chosen.length + clients.length === 0) {
    console.error(`mutants: the id of none has one of these in it: ${words.join(", ")}`);
    process.exit(64);
  }
  const began = performance.now();
  const faultsOf = (mutant, row) => faultsIn(mutant, row, isMust);
  const fresh = await judgeAll(chosen, faultsOf);
  const before = existsSync(target) ? JSON.parse(readFileSync(target, "utf8")) : [];
  const rows = new Map([...before, ...fresh].map((row) => [row.id, row]));
  const all = allMutants.flatMap(({ id }) => rows.get(id) ?? []);
  writeFileSync(target, `${JSON.stringify(all, null, 2)}\n`);
  const faults = [
    ...chosen.flatMap((mutant) => faultsOf(mutant, rows.get(mutant.id))),
    ...(await judgeClients(clients)),
  ];
  const changed = fresh.filter((row) => JSON.stringify(row) !== JSON.stringify(before.find(({ id }) => id === row.id)));
  const killing = new Set([...all.flatMap(({ failed }) => failed), ...clientMutants.flatMap(({ kills }) => kills)]);
  const every = [...cases, ...clientCases].map(({ id }) => id);
  const idle = every.filter((id) => !killing.has(id));
  for (const fault of faults) console.log(fault);
  for (const id of idle) console.log(`${id} kills no mutant`);
  console.log(
    `${chosen.length + clients.length} mutants, ${faults.length} faults; ` +
      `${every.length - idle.length} of ${every.length} cases kill one; ` +
      `${changed.length} rows changed; ${Math.round((performance.now() - began) / 1000)} s`,
  );
  if (faults.length + idle.length > 0) process.exitCode = 1;
}

function isMust(id) {
  return cases.find((one) => one.id === id)?.level === "MUST";
}

/** Judges mutants side by side, and those with a fault once more by themselves: what a busy machine did to them is none. */
async function judgeAll(mutants, faultsOf) {
  const rows = await judgeBy(workers, mutants);
  const doubtful = mutants.filter((mutant) => faultsOf(mutant, rows.get(mutant.id)).length > 0);
  const again = await judgeBy(1, doubtful);
  return mutants.map(({ id }) => again.get(id) ?? rows.get(id));
}

/** Hands mutants out to child processes, one at a time to each. */
async function judgeBy(width, mutants) {
  const rows = new Map();
  const waiting = [...mutants];
  const work = () =>
    new Promise((resolve, reject) => {
      const child = fork(self, { stdio: "inherit" });
      const next = () => {
        const mutant = waiting.shift();
        if (mutant === undefined) child.disconnect();
        else child.send(mutant.id);
      };
      child.on("message", (told) => {
        rows.set(told.row.id, told.row);
        console.log(`${rows.size}/${mutants.length} ${lineOf(told)}`);
        next();
      });
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      next();
    });
  await Promise.all(Array.from({ length: width }, work));
  return rows;
}

/** Judges clients, each by its scenario, and tells what differs from what they say of themselves; once more where something does. */
async function judgeClients(clients) {
  const found = new Map();
  const judgeBy = async (width, waiting, total) => {
    const work = async () => {
      for (const client of waiting) {
        found.set(client.id, await clientFaults(client, () => `${found.size}/${total}`));
      }
    };
    await Promise.all(Array.from({ length: width }, work));
  };
  await judgeBy(clientsAtOnce, clients.values(), clients.length);
  const doubtful = clients.filter(({ id }) => found.get(id).length > 0);
  await judgeBy(1, doubtful.values(), clients.length);
  return clients.flatMap(({ id }) => found.get(id));
}

/** Judges a client, prints its line, and tells its faults. */
async function clientFaults({ id, scenario, kills, also = [] }, place) {
  const began = performance.now();
  const report = await judgeClient({ command: [...client, id], only: [scenario], reruns: 0 });
  const row = { id: `client/${id}`, kills, failed: failedIn(report) };
  console.log(`${place()} ${lineOf({ row, reason: undefined, ms: performance.now() - began })}`);
  const told = [...kills, ...also];
  return [
    ...told.filter((one) => !row.failed.includes(one)).map((one) => `${row.id} does not fail ${one}`),
    ...row.failed
      .filter((one) => !told.includes(one))
      .map((one) => `${row.id} fails ${one}, which has nothing to do with it`),
  ];
}

/** One line of the matrix: the mutant, whether it was killed, by what, and how many other cases failed. */
function lineOf({ row: { id, kills, failed }, reason, ms }) {
  const alive = kills.filter((one) => !failed.includes(one));
  const others = failed.length - kills.length + alive.length;
  const by = kills.length > 3 ? `${kills.length} cases` : kills.join(", ");
  const verdict = alive.length === 0 ? `killed by ${by}` : `NOT killed by ${alive.join(", ")}`;
  const more = others === 0 ? "" : `, and ${others} others`;
  return `${id}: ${verdict}${more}${reason === undefined ? "" : ` (${reason})`} ${(ms / 1000).toFixed(1)} s`;
}
