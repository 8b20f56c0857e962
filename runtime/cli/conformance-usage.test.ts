import { expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";

const nowhere = "http://127.0.0.1:1";

test.each([
  [["server", "http://user:hidden@127.0.0.1:1"], "the URL holds credentials"],
  [["server", `${nowhere}/agent?tenant=5`], "the URL of an agent has no query and no fragment"],
  [["server", nowhere, "--token", "ab€c"], "there is no token in what was given"],
  [["server", nowhere, "--baseline", "nowhere.json"], "--baseline nowhere.json: there is no such file"],
  [["server", "--explain", "manifest-document.closed"], "that is a case of conformance manifest"],
  [["client", "--baseline", "nowhere.json", "--", "true"], "--baseline nowhere.json: there is no such file"],
  [["client", "--reruns", "many", "--", "true"], "--reruns"],
])("asap conformance %j is wrong usage", async (words, message) => {
  const { code, out, err } = await asap(["conformance", ...words]);
  expect(err).toContain(message);
  expect(err).toMatch(/\(usage\)\n$/);
  expect(err).not.toContain("hidden");
  expect([code, out]).toEqual([64, ""]);
});
