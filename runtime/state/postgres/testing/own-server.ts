import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "pg";

/** A PostgreSQL server of the test's own, which asks for a password. */
export interface OwnServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Ends it as a crash would. */
  crash(): Promise<void>;
  /** Starts it again and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and removes what it kept. */
  remove(): Promise<void>;
}

const debian = "/usr/lib/postgresql";
const folders = [
  ...(process.env["PATH"] ?? "").split(delimiter),
  ...(existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : []),
];
const programs = folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));

/** PostgreSQL does not run as root: then the user `nobody`. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Whether PostgreSQL is installed here and there is a user it runs as, so that a server can be started. */
export const canStartServer =
  programs !== undefined && spawnSync(join(programs, "postgres"), ["--version"], { ...account }).status === 0;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

/** Makes a server with a user and a password, and starts it. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "asap-postgres-"));
  const [user, password, port] = ["keeper", "correct horse", await freePort()];
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  if (account.uid !== undefined) for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid);
  const data = join(folder, "data");
  const init = ["-D", data, "-U", user, "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "--no-sync", "-E", "UTF8"];
  const { status, stderr } = spawnSync(join(programs ?? "", "initdb"), [...init, "--locale=C"], {
    ...account,
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr}`);

  let child: ChildProcess | undefined;
  const isReady = async () => {
    const pool = new Pool({ host: "127.0.0.1", port, user, password, database: "postgres", max: 1 });
    try {
      await pool.query("SELECT 1");
      return true;
    } catch {
      return false;
    } finally {
      await pool.end();
    }
  };
  const own: OwnServer = {
    port,
    user,
    password,
    async crash() {
      const running = child;
      if (running === undefined || running.exitCode !== null) return;
      const ended = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGQUIT");
      await ended;
    },
    async start() {
      const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`];
      child = spawn(join(programs ?? "", "postgres"), ["-D", data, ...settings.flatMap((each) => ["-c", each])], {
        ...account,
        cwd: folder,
        stdio: "ignore",
      });
      while (!(await isReady())) {
        if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
        await wait(20);
      }
    },
    async remove() {
      await own.crash();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}
