import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { locked } from "./token-lock.js";
import { areTokens, type StoredTokens, type TokenStore } from "./token-store.js";

const mostBytes = 1_048_576;
const ownerOnly = 0o600;
const hasModes = process.platform !== "win32";
/** Opening a pipe that nobody writes to does not wait. */
const forReading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Keeps tokens in a file that only its owner can read or write (mode 0600), in a directory that is made where there is
 * none (mode 0700). The file is replaced as a whole, so that a crash leaves the old or the new one; processes that share
 * it take turns. Nothing is encrypted.
 *
 * A file that others can read is refused: what it holds is to be taken as known to them. Make it private with
 * `chmod 600`, or delete it and get new tokens. One that belongs to another user is refused, as he knows what it holds and
 * may put tokens of his own there; so is what is no regular file. A symbolic link is judged by what it leads to. Modes and
 * owners are not looked at on Windows.
 *
 * @param path Path of the file; locks lie beside it, with names that end in `.lock`.
 * @returns The store. It throws AsapError `asap:auth/token_store_failed`; data: `path`, `reason`.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function fileTokens(path: string): TokenStore {
  if (typeof path !== "string" || path === "") throw invalidOption("path", "is empty");

  async function alone<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
    const made = () => mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await attempt(path, "its directory cannot be made", made);
    return locked(lock, (reason) => failed(path, reason), work);
  }

  async function change(edit: (all: Record<string, unknown>) => void): Promise<void> {
    await alone(`${path}.lock`, async () => {
      const all = await readAll(path);
      edit(all);
      await replace(path, JSON.stringify({ version: 1, tokens: all }, null, 2));
    });
  }

  return {
    async get(key) {
      const value = (await readAll(path))[key];
      return areTokens(value) ? value : undefined;
    },
    set: (key, tokens: StoredTokens) =>
      change((all) => {
        all[key] = tokens;
      }),
    async delete(key) {
      if (!Object.hasOwn(await readAll(path), key)) return;
      await change((all) => {
        delete all[key];
      });
    },
    exclusive(key, work) {
      const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
      return alone(`${path}.${name}.lock`, work);
    },
  };
}

/**
 * Reads the keys of a file that {@link fileTokens} keeps, and the tokens of each.
 *
 * @throws AsapError `asap:auth/token_store_failed`.
 */
export async function tokensIn(path: string): Promise<ReadonlyMap<string, StoredTokens>> {
  const known = new Map<string, StoredTokens>();
  for (const [key, value] of Object.entries(await readAll(path))) if (areTokens(value)) known.set(key, value);
  return known;
}

const failed = (path: string, reason: string): AsapError =>
  new AsapError("asap:auth/token_store_failed", {
    message: `The file of tokens ${path} cannot be used: ${reason}.`,
    data: { path, reason },
  });

const codeOf = (cause: unknown): string => String((cause as { code?: unknown } | undefined)?.code ?? "unknown fault");

async function attempt<Result>(path: string, what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw isAsapError(cause) ? cause : failed(path, `${what} (${codeOf(cause)})`);
  }
}

/** Every member of the file; none where there is no file. */
async function readAll(path: string): Promise<Record<string, unknown>> {
  const text = await attempt(path, "it cannot be read", async () => {
    const file = await opened(path);
    if (file === undefined) return undefined;
    try {
      const found = await file.stat();
      const { mode, size, uid } = found;
      if (!found.isFile()) throw failed(path, "it is no regular file");
      if (uid !== (process.geteuid?.() ?? uid)) throw failed(path, "it belongs to another user");
      if (hasModes && (mode & 0o077) !== 0) {
        throw failed(path, `others can use it (mode ${(mode & 0o777).toString(8)}); run chmod 600 or delete it`);
      }
      if (size > mostBytes) throw failed(path, `it is larger than ${mostBytes} bytes`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  });
  return text === undefined ? emptyMembers() : membersOf(path, text);
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, forReading);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

const emptyMembers = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

function membersOf(path: string, text: string): Record<string, unknown> {
  const damaged = failed(path, "it is no file of tokens; delete it and get new ones");
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw damaged;
  }
  const { version, tokens } = (file ?? {}) as { version?: unknown; tokens?: unknown };
  if (version !== 1 || typeof tokens !== "object" || tokens === null || Array.isArray(tokens)) throw damaged;
  return Object.assign(emptyMembers(), tokens);
}

async function replace(path: string, text: string): Promise<void> {
  const next = `${path}.new`;
  await attempt(path, "it cannot be written", async () => {
    await rm(next, { force: true });
    try {
      const file = await open(next, "wx", ownerOnly);
      try {
        await file.writeFile(text, "utf8");
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, path);
    } catch (cause) {
      await rm(next, { force: true });
      throw cause;
    }
  });
}
