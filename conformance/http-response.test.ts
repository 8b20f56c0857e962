import { describe, expect, it } from "vitest";
import { headerOf, readResponse, readSwitch } from "./http-response.js";

const read = (text: string, method = "GET", ended = false) => readResponse(Buffer.from(text, "latin1"), method, ended);
const body = (text: string, method = "GET", ended = false) => {
  const state = read(text, method, ended);
  return state.state === "done" ? state.response.body.toString() : state;
};

describe("readSwitch()", () => {
  it("passes over interim responses, and keeps what follows", () => {
    const switched = readSwitch(
      Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: 1\r\n\r\nHTTP/1.1 101 Go\r\nB: 2\r\n\r\nxy"),
    );
    expect(switched?.response).toMatchObject({ status: 101, headers: [["B", "2"]] });
    expect(String(switched?.rest)).toBe("xy");
    for (const text of ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 Go\r\n"])
      expect(readSwitch(Buffer.from(text))).toBeNull();
  });
});

describe("readResponse()", () => {
  it("waits until header and body are whole", () => {
    const whole = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    for (let at = 0; at < whole.length; at += 1) expect(read(whole.slice(0, at)).state).toBe("more");
    expect(body(whole)).toBe("abc");
  });

  it("joins chunks and passes over trailers", () => {
    const whole = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: 1\r\n\r\n";
    for (let at = 0; at < whole.length; at += 1) expect(read(whole.slice(0, at)).state).toBe("more");
    expect(body(whole)).toBe("abcde");
  });

  it("takes the end of the connection for the end of a body without length", () => {
    expect(read("HTTP/1.1 200 OK\r\n\r\nabc").state).toBe("more");
    expect(body("HTTP/1.1 200 OK\r\n\r\nabc", "GET", true)).toBe("abc");
  });

  it("expects no body after HEAD, 204 and 304", () => {
    expect(body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD")).toBe("");
    expect(body("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")).toBe("");
    expect(body("HTTP/1.1 204 No Content\r\n\r\n")).toBe("");
  });

  it("takes what follows an answer without a body for one", () => {
    expect(body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "HEAD")).toBe("{}");
    expect(read("HTTP/1.1 304 Not Modified\r\n\r\n{}")).toMatchObject({ bare: true, reusable: false });
    expect(body(`HTTP/1.1 304 Not Modified\r\n\r\n${"x".repeat(100_000)}`)).toHaveLength(65_536);
    expect(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")).toMatchObject({ bare: false });
  });

  it("keeps a connection only when nothing is left over and nobody wants to close", () => {
    const reusable = (text: string) => {
      const state = read(text);
      return state.state === "done" && state.reusable;
    };
    expect(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")).toBe(true);
    expect(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab")).toBe(false);
    expect(reusable("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na")).toBe(false);
    expect(reusable("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")).toBe(false);
  });

  it.each([
    ["SSH-2.0", /does not start with HTTP/],
    ["HTTP/1.1 OK\r\n\r\n", /not a status line/],
    ["HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", /not a header line/],
    ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", /not a Content-Length/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", /a chunk has no size/],
  ])("calls %j malformed", (text, reason) => {
    expect(read(text)).toEqual({ state: "malformed", reason: expect.stringMatching(reason) });
  });

  it("calls an answer that ends too soon malformed", () => {
    expect(read("HTTP/1.1 200 OK\r\n", "GET", true).state).toBe("malformed");
    expect(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", "GET", true).state).toBe("malformed");
    expect(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na", "GET", true).state).toBe("malformed");
  });

  it("finds headers in any letter case", () => {
    const state = read('HTTP/1.1 200 OK\r\neTaG: "a"\r\nContent-Length: 0\r\n\r\n');
    expect(headerOf(state.state === "done" ? state.response : undefined, "ETag")).toBe('"a"');
    expect(headerOf(undefined, "ETag")).toBeUndefined();
  });

  it("joins the lines of a header", () => {
    const state = read("HTTP/1.1 405 No\r\nAllow: GET\r\nContent-Length: 0\r\nallow: HEAD\r\n\r\n");
    expect(headerOf(state.state === "done" ? state.response : undefined, "Allow")).toBe("GET, HEAD");
  });
});
