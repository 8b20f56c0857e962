import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { startReceiver } from "./testing/receiver.js";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram("runtime/webhooks/testing/tls-sender.ts");
});
afterAll(() => program.remove());

const at = (name: string): string => join(program.folder, name);

function openssl(...words: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", words, { cwd: program.folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** A key and a certificate of a name, signed by the authority, or by itself. */
function certificate(name: string, host: string, days: string, isSelfSigned = false): { cert: string; key: string } {
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.csr`,
    "-subj",
    `/CN=${host}`,
  );
  writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${host}\n`);
  const signer = isSelfSigned ? ["-signkey", `${name}.key`] : ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
  openssl(
    "x509",
    "-req",
    "-in",
    `${name}.csr`,
    ...signer,
    "-days",
    days,
    "-extfile",
    `${name}.ext`,
    "-out",
    `${name}.pem`,
  );
  return { cert: readFileSync(at(`${name}.pem`), "utf8"), key: readFileSync(at(`${name}.key`), "utf8") };
}

describe.runIf(hasOpenssl)("certificates of receivers", () => {
  test("one that is trusted, of the host and in time is taken; any other is refused before a byte of the webhook", async () => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=Authority",
    );
    await using good = await startReceiver(undefined, { tls: certificate("good", "hooks.example.com", "2") });
    await using other = await startReceiver(undefined, { tls: certificate("other", "other.example.com", "2") });
    await using expired = await startReceiver(undefined, { tls: certificate("expired", "hooks.example.com", "-1") });
    await using own = await startReceiver(undefined, { tls: certificate("own", "hooks.example.com", "2", true) });
    const urls = [good, other, expired, own].map(({ port }) => `https://hooks.example.com:${port}/`);
    const { stdout } = await promisify(execFile)(process.execPath, [program.path, ...urls], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: at("ca.pem") },
    });
    const attempts = JSON.parse(stdout) as {
      url: string;
      status: number;
      error: string | null;
      reason: string | null;
    }[];
    const found = urls.map((url) => attempts.find((attempt) => attempt.url === url));
    const refused = (code: string) => ({
      status: 0,
      error: "asap:transport/connection_failed",
      reason: `the certificate is refused: ${code}`,
    });
    expect(found).toMatchObject([
      { status: 200, error: null, reason: null },
      refused("ERR_TLS_CERT_ALTNAME_INVALID"),
      refused("CERT_HAS_EXPIRED"),
      refused("DEPTH_ZERO_SELF_SIGNED_CERT"),
    ]);
    expect([good, other, expired, own].map(({ received }) => received.length)).toEqual([1, 0, 0, 0]);
  });
});
