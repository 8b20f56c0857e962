import { request as httpRequest } from "node:http";
import type { Stage } from "./scenario.js";
import type { Posted } from "./session.js";

const longestAnswer = 65_536;
const timeoutMs = 5000;

/** Options of {@link createPoster}. */
export interface PosterOptions {
  readonly signal: AbortSignal;
  /** Milliseconds since the session began. */
  readonly since: () => number;
  /** Called with each post that has ended. */
  readonly done: (posted: Posted) => void;
}

/** Makes the function that posts to a callback of the client, over plain HTTP to this host alone, and records it. */
export function createPoster({ signal, since, done }: PosterOptions): Stage["post"] {
  return (url, headers, body) =>
    new Promise((resolve) => {
      const atMs = since();
      const bytes = Buffer.from(body);
      const written = { ...headers, "Content-Length": String(bytes.length) };
      let isDone = false;
      const finish = (status: number | null, answer: string) => {
        if (isDone) return;
        isDone = true;
        done({ url, headers: Object.entries(written), body: bytes, status, answer, atMs, elapsedMs: since() - atMs });
        resolve(status);
      };
      if (!URL.canParse(url) || !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(new URL(url).href))
        return finish(null, "the URL is not http at this host");
      const request = httpRequest(url, { method: "POST", headers: written, signal, timeout: timeoutMs, agent: false });
      request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      request.on("error", (cause: NodeJS.ErrnoException) => finish(null, cause.code ?? cause.message));
      request.on("response", (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        response.on("data", (part: Buffer) => {
          length += part.length;
          if (length <= longestAnswer) parts.push(part);
        });
        response.on("end", () => {
          const lines = pairLines(response.rawHeaders);
          const head = `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\n${lines}\n`;
          finish(response.statusCode ?? null, head + Buffer.concat(parts).toString("utf8"));
        });
        response.on("error", () => finish(null, "the answer broke off"));
      });
      request.end(bytes);
    });
}

const pairLines = (flat: readonly string[]): string =>
  flat.map((part, at) => (at % 2 === 0 ? `${part}: ` : `${part}\n`)).join("");
