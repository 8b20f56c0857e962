import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cases, clientCases, documentCases } from "./index.js";

interface Requirement {
  readonly id: string;
  readonly level: string;
  readonly area: string;
  readonly text: string;
  readonly source: string;
  readonly status: string;
  /** Tests that hold it, where no case can. */
  readonly unit?: readonly string[];
}

const root = fileURLToPath(new URL("../", import.meta.url));
const rooms = ["codegen", "generated", "runtime", "conformance", "examples", "docs"];
const { areas, requirements } = JSON.parse(readFileSync(join(root, "spec/requirements.json"), "utf8")) as {
  areas: Record<string, string>;
  requirements: Requirement[];
};
const byId = new Map(requirements.map((requirement) => [requirement.id, requirement]));
const prefixes = new Set(requirements.map(({ id }) => id.replace(/-\d+$/, "")));

/** Ids in test sources, each with the files that name it. Comments and assertions do not count as naming. */
function idsNamedByTests(): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const room of rooms) {
    for (const entry of readdirSync(join(root, room), { recursive: true, encoding: "utf8" })) {
      const path = join(root, room, entry);
      if (!/\.test(-d)?\.ts$/.test(entry) || entry.split(sep).includes("node_modules")) continue;
      if (basename(path) === basename(fileURLToPath(import.meta.url))) continue;
      const source = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
      const lines = source.split("\n").filter((line) => !/^\s*\/\/|\bexpect\(/.test(line));
      for (const [id] of lines.join("\n").matchAll(/\b[A-Z]+-\d{3}\b/g)) {
        if (!prefixes.has(id.replace(/-\d+$/, ""))) continue;
        named.set(id, [...(named.get(id) ?? []), relative(root, path)]);
      }
    }
  }
  return named;
}

const namedByTests = idsNamedByTests();
const everyCase = [...cases, ...clientCases, ...documentCases];
const namedByCases = new Set(everyCase.flatMap(({ requirements: ids }) => ids));
const heldByCases = new Set(everyCase.flatMap(({ level, requirements: ids }) => (level === "MUST" ? ids : [])));

describe("spec/requirements.json", () => {
  it("gives each requirement an id of its own", () => {
    expect(byId.size).toBe(requirements.length);
    for (const { id } of requirements) expect(id).toMatch(/^[A-Z]+-\d{3}$/);
  });

  it("says every requirement in one sentence that contains its level, and no other level", () => {
    for (const { id, level, text } of requirements) {
      expect(["MUST", "SHOULD", "MAY"], id).toContain(level);
      expect(text.match(/\b(MUST|SHOULD|MAY)\b/g), id).toEqual([level]);
      expect(text, id).toMatch(/^\S.*\.$/);
      expect(text, id).not.toMatch(/\.\s+[A-Z]/);
    }
  });

  it("names a known area and a source, and is live or planned", () => {
    for (const { id, area, source, status } of requirements) {
      expect(Object.keys(areas), id).toContain(area);
      expect(source, id).toMatch(/^(plan|wire \d+(\.\d+)?( row \d+)?|RFC \d+( \d+(\.\d+)*)?)$/);
      expect(["live", "planned"], id).toContain(status);
    }
    expect(Object.keys(areas).filter((area) => !requirements.some((row) => row.area === area))).toEqual([]);
  });

  it("holds every id of the plan", () => {
    const counts = { WS: 7, OAUTH: 7, DISC: 5, STATE: 6, HEALTH: 5, REG: 5, ACK: 7, BIND: 5, HOOK: 6 };
    for (const [prefix, count] of Object.entries(counts)) {
      const ids = requirements.map(({ id }) => id).filter((id) => id.startsWith(`${prefix}-`));
      expect(ids).toEqual(Array.from({ length: count }, (_, n) => `${prefix}-${String(n + 1).padStart(3, "0")}`));
    }
  });
});

describe("requirements", () => {
  it("that are live are each held by a case, or marked with the unit tests that hold them", () => {
    const wrong = requirements.flatMap(({ id, status, unit, text }) => {
      if (status !== "live") return unit === undefined ? [] : [`${id} is not live, and names tests`];
      if (namedByCases.has(id)) return unit === undefined ? [] : [`${id} has a case, and names tests in its place`];
      if (unit === undefined) return [`${id} has neither a case nor a test: ${text}`];
      const silent = unit.filter((file) => !namedByTests.get(id)?.includes(file));
      return silent.map((file) => `${id} is not named by ${file}`);
    });
    expect(wrong).toEqual([]);
  });

  it("that are a MUST are held by a case that is one, where they are held by cases", () => {
    const lax = requirements.filter(
      ({ id, level }) => level === "MUST" && namedByCases.has(id) && !heldByCases.has(id),
    );
    expect(lax.map(({ id, text }) => `${id} ${text}`)).toEqual([]);
  });

  it("that are named exist", () => {
    const unknownToCases = everyCase.flatMap(({ id, requirements: ids }) =>
      ids.filter((named) => !byId.has(named)).map((named) => `${named} in case ${id}`),
    );
    const unknownToTests = [...namedByTests].filter(([id]) => !byId.has(id)).map(([id, files]) => `${id} in ${files}`);
    expect([...unknownToCases, ...unknownToTests]).toEqual([]);
  });

  it("that are planned are few, and known", () => {
    expect(requirements.filter(({ status }) => status === "planned").map(({ id }) => id)).toEqual(["DISC-005"]);
  });
});

describe("conformance cases", () => {
  it("each name at least one requirement", () => {
    expect(everyCase.filter(({ requirements: ids }) => ids.length === 0).map(({ id }) => id)).toEqual([]);
  });
});
