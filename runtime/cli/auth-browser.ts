import { spawn } from "node:child_process";
import type { CliIo } from "./output.js";

/** The program that opens an address, and its words before the address. None of them is a shell. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32.exe", "url.dll,FileProtocolHandler"],
};

/**
 * Asks the system to open an address in a browser.
 *
 * @param url an http or https address; any other is left alone
 * @returns whether a program was started
 */
export function openBrowser(url: string, io: CliIo, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return Promise.resolve(false);
  const [program, ...words] = openers[platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(program, [...words, new URL(url).href], {
      env: { ...io.env },
      stdio: "ignore",
      detached: true,
      shell: false,
    });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
