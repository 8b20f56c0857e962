import { existsSync } from "node:fs";
import { connect } from "node:net";

/** Whether a missing service fails tests; otherwise they are skipped. */
const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";

const driver: string = "better-sqlite3";

/** Whether better-sqlite3 is built, or must be. */
export const hasSqlite: boolean =
  isRequired ||
  (await import(driver).then(
    ({ default: Database }) => {
      new Database(":memory:").close();
      return true;
    },
    () => false,
  ));

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Whether PostgreSQL answers at its standard port of this host, or must. */
export const hasPostgres: boolean = isRequired || (await answers(5432));

/** Whether Redis answers at its standard port of this host, or must. */
export const hasRedis: boolean = isRequired || (await answers(6379));

const browsers = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => [
  `/usr/bin/${name}`,
  `/usr/local/bin/${name}`,
]);

/** Path of Chromium: what ASAP_CHROMIUM says, else where systems have it. */
export const chromiumPath: string =
  process.env["ASAP_CHROMIUM"] ?? browsers.find((path) => existsSync(path)) ?? "/usr/bin/chromium";

/** Whether Chromium is there, or must. */
export const hasChromium: boolean = isRequired || existsSync(chromiumPath);
