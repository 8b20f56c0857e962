import { errors } from "../../generated/errors.js";
import { withoutSecret, withoutSecretIn } from "../access-token.js";
import { jsonOf } from "../body.js";
import { AsapError } from "../error.js";
import { refusalOf } from "./refusal.js";
import type { SocketEnd } from "./websocket-socket.js";

/** Members of a JSON object of unknown shape. */
export type Members = Readonly<Record<string, unknown>>;

/** The value as an object, undefined when it is none. */
export function objectOf(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

/** The object that a frame holds; undefined where it holds none. One that tells of an error repeats no credentials. */
export function frameOf(text: string, credentials: string | undefined): Members | undefined {
  const frame = objectOf(jsonOf(text));
  if (frame === undefined || (frame["jsonrpc"] !== undefined && frame["error"] === undefined)) return frame;
  return objectOf(withoutSecretIn(frame, credentials));
}

/** Code of the error that a peer sends for too many messages. */
const messageRate = errors["asap:transport/message_rate_limited"].jsonrpc;

/** Codes of errors that name no request because the peer could not read its id. */
const unreadable = new Set<unknown>([
  errors["asap:rpc/parse_error"].jsonrpc,
  errors["asap:rpc/invalid_request"].jsonrpc,
]);

/** Why a peer did not run a request at all, so that it may be sent again; undefined when it may have run. */
export function notRun(error: Members): "rate" | "shutdown" | undefined {
  if (error["code"] === messageRate) return "rate";
  return objectOf(error["data"])?.["code"] === "asap:transport/shutting_down" ? "shutdown" : undefined;
}

/** Whether an error without an id answers a request whose id the peer could not read. */
export const isUnreadable = (error: Members): boolean => unreadable.has(error["code"]);

/** Whether an error without an id says that a request was too large. */
export const isTooLarge = (error: Members): boolean =>
  objectOf(error["data"])?.["code"] === "asap:transport/request_too_large";

/** The envelope that a frame pushes, undefined when it pushes none. */
export const pushedIn = (holder: unknown): Members | undefined => objectOf(objectOf(holder)?.["envelope"]);

/**
 * The error of a frame that is no JSON-RPC: what an HTTP answer with a failing status has become.
 *
 * @see ASAP 1.1, section 9.2
 */
export function fatalAnswer(text: string, url: string): AsapError {
  const said = refusalOf(text);
  const { code, detail } = said;
  const known = code !== undefined && Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : undefined;
  const status = known?.http ?? (detail !== undefined && /exceeds maximum/.test(detail) ? 413 : undefined);
  const words = detail === undefined ? "" : `: ${detail}`;
  if (status !== undefined && status >= 400) {
    return new AsapError("asap:transport/http_status", {
      message: `The peer answered with what is HTTP status ${status}${words}.`,
      data: { url, status, ...said },
    });
  }
  return new AsapError("asap:transport/invalid_response", {
    message: `The peer answered with a frame that is not JSON-RPC${words}.`,
    data: { url, reason: "not JSON-RPC", ...said },
  });
}

/** The error of a frame that is of no use to any request. */
export function strayFrame(url: string, reason: string): AsapError {
  return new AsapError("asap:transport/invalid_response", {
    message: `A frame of the peer was ignored: ${reason}.`,
    data: { url, reason },
  });
}

/** The error of a rejecting acknowledgement. */
export function rejected(payload: Members, url: string, credentials: string | undefined): AsapError {
  const said = typeof payload["error"] === "string" ? withoutSecret(payload["error"], credentials).slice(0, 200) : "";
  return new AsapError("asap:transport/remote_error", {
    message: `The peer rejected the message${said === "" ? "" : `: ${said}`}.`,
    data: { url, status: "rejected", message: said },
  });
}

/** The error of messages whose connection was lost or could not be opened. */
export function connectionFailed(url: string, end: SocketEnd): AsapError {
  const { code, reason, status, cause } = end;
  return new AsapError("asap:transport/connection_failed", {
    data: {
      url,
      close_code: code,
      reason: reason.slice(0, 200),
      ...(status !== undefined && { status }),
    },
    cause,
  });
}

/** The error of a refused upgrade that is of no use to repeat; undefined where it may be repeated. */
export function finalRefusal(url: string, { status }: Pick<SocketEnd, "status">): AsapError | undefined {
  if (status === undefined || status === 408 || status === 429 || status >= 500) return undefined;
  return new AsapError("asap:transport/http_status", {
    message: `The peer refused the WebSocket with HTTP status ${status}.`,
    data: { url, status },
  });
}

const tokenReasons = new Set(["Token expired", "Token no longer valid"]);

/** Whether a connection was closed because its access token ended. */
export const isTokenEnd = ({ code, reason }: SocketEnd): boolean => code === 1008 && tokenReasons.has(reason);
