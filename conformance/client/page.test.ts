import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { judgeClient } from "./judge.js";
import { scenarioList } from "./list.js";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const page = read("docs/conformance-clients.md");
const driver = "examples/conformance-client/driver.py";
const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("the page on clients", () => {
  test("shows the driver in Python as it is", () => {
    expect(page).toContain(`\`\`\`python\n${read(driver)}\`\`\``);
  });

  test.skipIf(!hasPython)("shows a driver that passes what it does not decline", async () => {
    const command = ["python3", fileURLToPath(new URL(driver, root))];
    const report = await judgeClient({ command, only: ["send", "send-twice", "answer-error", "discover"] });
    expect(report.cases.filter(({ outcome }) => outcome !== "pass").map(({ area }) => area)).toEqual(
      scenarioList().flatMap(({ name, cases }) => (name === "discover" ? cases.map(() => name) : [])),
    );
    expect(report).toMatchObject({ outcome: "conforms", notes: [expect.stringContaining("declined")] });
  });
});
