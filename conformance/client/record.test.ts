import { describe, expect, test } from "vitest";
import { hiderOf, recordsOf, shownCommand } from "./record.js";
import type { Session } from "./session.js";

const secret = "s3cr3t/of-9f1b";

describe("a command line", () => {
  test.each([
    [["env", `MY_TOKEN=${secret}`, "driver"]],
    [["driver", `--api-key=${secret}`]],
    [["driver", "--passphrase", secret]],
    [["driver", "-H", `Authorization: Bearer ${secret}`]],
    [["driver", `--header=X-Api-Key: ${secret}`]],
    [["driver", `postgres://me:${encodeURIComponent(secret)}@127.0.0.1/db`]],
    [["driver", `https://127.0.0.1/?access_token=${encodeURIComponent(secret)}`]],
  ])("%j shows no secret, nor does what the client writes", (command) => {
    const hide = hiderOf(command);
    const text = shownCommand(command, hide);
    expect(text).toContain("***");
    expect(text).toContain("driver");
    expect(decodeURIComponent(text)).not.toContain("s3cr3t");
    expect(hide(`it is ${secret}`)).toBe("it is ***");
  });

  test("without a secret is shown as it is", () => {
    const command = ["node", "driver.mjs", "--mode=json", "--keyboard", "a b"];
    expect(shownCommand(command, hiderOf(command))).toBe("node driver.mjs --mode=json --keyboard 'a b'");
  });
});

describe("variables", () => {
  test.each(["DB_PASS", "PASSPHRASE", "SIGNING_KEY", "MY_TOKEN", "GITHUB_PAT_SECRET"])("%s is hidden", (name) => {
    expect(hiderOf([], { [name]: secret })(`is ${secret}`)).toBe("is ***");
  });

  test("with a password in a URL hide it, and folders are shown", () => {
    const hide = hiderOf([], { STORE: `postgres://me:${secret.replace("/", "")}@db/x`, PWD: "/home/sample" });
    expect(hide(`${secret.replace("/", "")} /home/sample`)).toBe("*** /home/sample");
  });
});

test("what is secret is hidden before a text is cut", () => {
  const body = Buffer.from(`${"x".repeat(1993)}${secret}${"y".repeat(9000)}`);
  const end = { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 1, output: "" };
  const request = { at: 0, method: "POST", target: "/", headers: [], connection: 0, atMs: 1, clockMs: 1 };
  const requests = [
    { ...request, body, text: body.toString(), document: undefined },
    { ...request, body, text: null, document: undefined },
  ];
  const session: Session = { url: "http://127.0.0.1:1", requests, posted: [], env: {}, end };
  for (const { received } of recordsOf(session, hiderOf([], { MY_TOKEN: secret }))) {
    expect(received).not.toContain("s3cr");
    expect(received).toContain("xx***");
  }
});
