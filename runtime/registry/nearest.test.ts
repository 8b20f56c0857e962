import { describe, expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.js";

describe("editDistance()", () => {
  test.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["skils", "skills", 1],
    ["ab", "ba", 1],
  ])("from %j to %j it is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe("nearest()", () => {
  const names = ["TaskRequest", "TaskResponse", "Manifest", "Health"];

  test("ignores case and signs, and puts the best first", () => {
    expect(nearest("task_requst", names)).toEqual(["TaskRequest"]);
    expect(nearest("taskreponse", names, 3)[0]).toBe("TaskResponse");
  });

  test("finds nothing where nothing is near", () => {
    expect(nearest("zebra", names)).toEqual([]);
    expect(nearest("x", ["y"])).toEqual([]);
  });
});
