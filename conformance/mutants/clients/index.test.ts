import { describe, expect, test } from "vitest";
import { clientCases } from "../../client/cases.js";
import { scenarios } from "../../client/scenarios/index.js";
import { clientMutants } from "./index.js";

const ids = new Set(clientCases.map(({ id }) => id));

describe("clients that are wrong on purpose", () => {
  test("have ids of their own, and name scenarios and cases that exist", () => {
    const names = clientMutants.map(({ id }) => id);
    expect(names.filter((id, at) => names.indexOf(id) !== at || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    for (const { id, scenario, kills, also = [] } of clientMutants) {
      const named = [...kills, ...also];
      expect(
        scenarios.some(({ name }) => name === scenario),
        id,
      ).toBe(true);
      expect(kills, id).not.toEqual([]);
      expect(
        named.filter((one) => !ids.has(one) || !one.startsWith(`client.${scenario}.`)),
        id,
      ).toEqual([]);
      expect(new Set(named).size, id).toBe(named.length);
    }
  });

  test("leave no case that sees nothing wrong in any of them", () => {
    const killing = new Set(clientMutants.flatMap(({ kills }) => kills));
    expect([...ids].filter((id) => !killing.has(id))).toEqual([]);
  });
});
