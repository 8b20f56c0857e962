import { describe, expect, test } from "vitest";
import { errors } from "../generated/errors.js";
import { AsapError, isAsapError } from "./error.js";

describe("AsapError", () => {
  test("CODE-004: it serialises as code, message and details, without its cause", () => {
    const error = new AsapError("asap:task/not_found", {
      message: "no such task",
      data: { task_id: "t" },
      cause: new Error("canary"),
    });
    expect(JSON.stringify(error)).toBe(
      '{"code":"asap:task/not_found","message":"no such task","details":{"task_id":"t"}}',
    );
    expect(error.cause).toEqual(new Error("canary"));
    expect(error.name).toBe("AsapError");
  });

  test("its text, whether to retry and its codes are those of the table", () => {
    for (const definition of Object.values(errors)) {
      const error = new AsapError(definition.code as keyof typeof errors);
      expect(error.message).toBe(definition.description);
      expect(error.retryable).toBe(definition.retryable);
      expect(error.jsonrpcCode).toBe(definition.jsonrpc);
      expect(error.httpStatus).toBe(definition.http);
      expect(error.data).toEqual({});
      expect(Object.hasOwn(error, "cause")).toBe(false);
    }
  });

  test("from() keeps an AsapError and wraps everything else", () => {
    const error = new AsapError("asap:auth/required");
    expect(AsapError.from(error, "asap:transport/timeout")).toBe(error);
    for (const cause of [new Error("x"), "text", undefined, null, { code: "asap:auth/required" }]) {
      expect(AsapError.from(cause)).toMatchObject({ code: "asap:rpc/internal_error" });
      const named = AsapError.from(cause, "asap:transport/timeout");
      expect(named.code).toBe("asap:transport/timeout");
      expect(named.message).not.toContain("x");
    }
  });

  test("one made by another copy of the package is known by its brand, a look-alike is not", () => {
    const other = Object.assign(new Error("x"), {
      [Symbol.for("asap-kit.AsapError")]: true,
      code: "asap:auth/required",
    });
    expect(isAsapError(other)).toBe(true);
    expect(isAsapError(new Error("x"))).toBe(false);
    expect(isAsapError({ [Symbol.for("asap-kit.AsapError")]: true })).toBe(false);
    expect(isAsapError(null)).toBe(false);
  });
});
