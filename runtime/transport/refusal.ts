import { jsonOf } from "../body.js";

/** What the body of a failing HTTP answer says, as far as it can be read. */
export interface Refusal {
  /** The fault in words. */
  readonly detail?: string;
  /** Stable code of an ASAP error. */
  readonly code?: string;
  /** Code of a JSON-RPC error. */
  readonly jsonrpc_code?: number;
  /** Limit that was passed. */
  readonly limit?: string;
  /** Wait the peer asks for, in seconds. */
  readonly retry_after?: number;
}

const longestDetail = 200;

/**
 * Reads the body of a failing HTTP answer: `{"detail"}`, an ASAP error (`error`, `code`, `message`), or a JSON-RPC
 * error whose id may be null. Anything else says nothing.
 *
 * @param text The body.
 * @see ASAP 1.1, sections 6.2, 7 and 8.2
 */
export function refusalOf(text: string): Refusal {
  const body = asObject(jsonOf(text));
  const error = asObject(body["error"]);
  const data = asObject(error["data"]);
  const detail = [body["detail"], body["message"], body["error"], data["error"], error["message"]].find(isText);
  const code = [body["code"], data["code"]].find(isText);
  return {
    ...(detail === undefined ? {} : { detail: detail.slice(0, longestDetail) }),
    ...(code?.startsWith("asap:") ? { code: code.slice(0, longestDetail) } : {}),
    ...(Number.isInteger(error["code"]) ? { jsonrpc_code: Number(error["code"]) } : {}),
    ...(isText(data["limit"]) ? { limit: data["limit"].slice(0, longestDetail) } : {}),
    ...(isWait(data["retry_after"]) ? { retry_after: data["retry_after"] } : {}),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

const isWait = (value: unknown): value is number => typeof value === "number" && value >= 0 && Number.isFinite(value);

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
