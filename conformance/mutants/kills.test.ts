import { describe, expect, it } from "vitest";
import { cases as agentCases, documentCases } from "../index.js";
import { allMutants } from "./all.js";
import { faultsIn } from "./matrix.js";
import { kills } from "./meeting.js";

const cases = [...agentCases, ...documentCases];
const levels = new Map(cases.map(({ id, level }) => [id, level]));
const rows = new Map(kills.map((row) => [row.id, row]));

describe("the registry of mutants", () => {
  it("gives each of them an id of its own", () => {
    const ids = allMutants.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z]+\/[a-z0-9]+([-.][a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it("names a case that must kill it, and no case that there is not", () => {
    expect(allMutants.filter((one) => one.kills.length === 0).map(({ id }) => id)).toEqual([]);
    expect(allMutants.flatMap((one) => one.kills.filter((id) => !levels.has(id)))).toEqual([]);
  });
});

describe("the kill matrix", () => {
  it("has a row for each mutant, as the registry has it", () => {
    const told = allMutants.map(({ id, name, role, group, kills: own }) => ({
      id,
      name,
      role,
      group,
      kills: own.toSorted(),
    }));
    expect(kills.map(({ failed: _, also: __, ...row }) => row)).toEqual(told);
  });

  it("names no case that there is not", () => {
    expect(kills.flatMap(({ failed }) => failed.filter((id) => !levels.has(id)))).toEqual([]);
  });

  it("has each mutant killed by the cases that must, and by no MUST that has nothing to do with it", () => {
    const faults = allMutants.flatMap((mutant) => {
      const row = rows.get(mutant.id);
      return row === undefined ? [] : faultsIn(mutant, row, (id) => levels.get(id) === "MUST");
    });
    expect(faults).toEqual([]);
  });

  it("has no case that kills nothing", () => {
    const killing = new Set(kills.flatMap(({ failed }) => failed));
    expect(cases.map(({ id }) => id).filter((id) => !killing.has(id))).toEqual([]);
  });
});
