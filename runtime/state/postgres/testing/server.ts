import { Pool } from "pg";

/** The server of the tests and benchmarks: `ASAP_TEST_POSTGRES_URL`, or the database `test` on this machine. */
export const serverUrl = process.env["ASAP_TEST_POSTGRES_URL"] || "postgres://postgres@127.0.0.1:5432/test";

/** Why the server cannot be used; undefined where it can. */
export const serverFault = await reach();

/** Whether tests of the server run: it is there, or it has to be. */
export const isServerExpected = serverFault === undefined || process.env["ASAP_REQUIRE_SERVICES"] === "1";

async function reach(): Promise<string | undefined> {
  const pool = new Pool({ connectionString: serverUrl, connectionTimeoutMillis: 2_000 });
  try {
    await pool.query("SELECT 1");
    return undefined;
  } catch (cause) {
    return String(cause);
  } finally {
    await pool.end();
  }
}

/** Schema of a place. */
export const schemaOf = (place: string): string => `asap_test_${place}`;

/** Runs statements on the server, one after the other, beside the store under test. */
export async function onServer(...statements: readonly string[]): Promise<readonly unknown[]> {
  const pool = new Pool({ connectionString: serverUrl, max: 1 });
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await pool.query(statement));
    return rows;
  } finally {
    await pool.end();
  }
}

/** Removes the schema of a place. */
export const removePlace = async (place: string): Promise<void> => {
  await onServer("SET client_min_messages TO warning", `DROP SCHEMA IF EXISTS "${schemaOf(place)}" CASCADE`);
};
