import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { secretBox } from "./secret-box.js";

const key = () => randomBytes(32).toString("base64");
const unreadable = expect.objectContaining({
  code: "asap:webhook/secret_unreadable",
  data: { subscription_id: "sub_1" },
});

describe("secretBox()", () => {
  test("opens what it sealed, never twice the same, and shows nothing of it", () => {
    const box = secretBox([key()]);
    const sealed = box.seal("s3cret é", "sub_1");
    expect(sealed).toMatch(/^sealed:v1:[0-9a-f]{8}:[\w-]+$/);
    expect(box.open(sealed, "sub_1")).toBe("s3cret é");
    expect(box.seal("s3cret é", "sub_1")).not.toBe(sealed);
  });

  test("keys are replaced: the first seals, all open", () => {
    const [old, next] = [key(), key()];
    const sealed = secretBox([old]).seal("s", "sub_1");
    expect(secretBox([next, old]).open(sealed, "sub_1")).toBe("s");
    expect(() => secretBox([next]).open(sealed, "sub_1")).toThrow(unreadable);
  });

  test("without a key it is stored as it is, and still opens when there is one", () => {
    const plain = secretBox().seal("sealed:v1:x", "sub_1");
    expect(secretBox([key()]).open(plain, "sub_1")).toBe("sealed:v1:x");
  });

  test("what was changed, cut, moved to another subscription or never sealed does not open", () => {
    const box = secretBox([key()]);
    const sealed = box.seal("s3cret", "sub_2");
    const own = box.seal("s3cret", "sub_1");
    const flipped = own.slice(0, -8) + (own.at(-8) === "A" ? "B" : "A") + own.slice(-7);
    for (const text of [sealed, flipped, own.slice(0, -4), own.slice(0, 24), `${own.slice(0, 19)}`, "s3cret", ""])
      expect(() => box.open(text, "sub_1"), text).toThrow(unreadable);
  });

  test.each(["", "short", "00".repeat(31), randomBytes(33).toString("base64")])("a key like %j is refused", (wrong) => {
    expect(() => secretBox([wrong])).toThrow(
      expect.objectContaining({
        code: "asap:config/invalid_option",
        data: expect.objectContaining({ option: "webhooks.encryptionKeys" }),
      }),
    );
  });
});
