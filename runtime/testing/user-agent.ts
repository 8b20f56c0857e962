/** A user agent that keeps cookies and follows redirects, as a browser does without showing anything. */
export interface UserAgent {
  /**
   * Opens a URL and follows its redirects.
   *
   * @returns The last answer, and every URL that was asked.
   */
  open(url: string, stopAt?: (url: URL) => boolean): Promise<{ status: number; body: string; urls: readonly string[] }>;
}

const mostRedirects = 20;

/** Makes a user agent without cookies. */
export function userAgent(): UserAgent {
  const cookies = new Map<string, Map<string, string>>();
  const jarOf = (host: string) => {
    const jar = cookies.get(host) ?? new Map<string, string>();
    cookies.set(host, jar);
    return jar;
  };
  return {
    async open(url, stopAt = () => false) {
      const urls: string[] = [];
      let next = new URL(url);
      for (;;) {
        urls.push(next.href);
        if (stopAt(next)) return { status: 0, body: "", urls };
        const jar = jarOf(next.host);
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const response = await fetch(next, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          if (value === "" || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
          else jar.set(name, value);
        }
        const location = response.headers.get("location");
        const body = await response.text();
        if (response.status < 300 || response.status > 399 || location === null) {
          return { status: response.status, body, urls };
        }
        if (urls.length > mostRedirects) throw new Error("too many redirects");
        next = new URL(location, next);
      }
    },
  };
}
