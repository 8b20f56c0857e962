import type { Command } from "commander";
import type { AccessControl } from "../auth/guard.js";
import { type EgressPolicy, isLoopbackUrl } from "../egress.js";
import { isAsapError } from "../error.js";
import type { Log, LogFields } from "../observe/log.js";
import { namedVariable, needs, withFlags } from "./auth-options.js";
import { another } from "./choice.js";
import type { CliIo } from "./output.js";

/** Options of an agent that takes access tokens. */
export interface GuardOptions {
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly jwksUri?: string;
  readonly requiredScope?: string;
  readonly introspectClientId?: string;
  readonly introspectSecretEnv?: string;
  readonly introspectUrl?: string;
  readonly lenientIdentity?: boolean;
  readonly allowLoopback?: boolean;
  readonly allowPrivate?: boolean;
  readonly allowInsecure?: boolean;
}

const flags: Readonly<Record<string, string>> = {
  issuer: "--issuer",
  audience: "--audience",
  jwksUri: "--jwks-uri",
  requiredScope: "--required-scope",
  "introspection.clientId": "--introspect-client-id",
  "introspection.clientSecret": "--introspect-secret-env",
  "introspection.endpoint": "--introspect-url",
  "binding.claim": "ASAP_AUTH_CUSTOM_CLAIM",
  "binding.subjectMap": "ASAP_AUTH_SUBJECT_MAP",
};

/** Adds the options of an agent that takes access tokens. */
export function addGuardOptions(command: Command): Command {
  return command
    .option("--issuer <url>", "take requests with an access token of this issuer alone")
    .option("--audience <text>", "audience the token must name; may be given again", another)
    .option("--jwks-uri <url>", "keys of the issuer; then its metadata is not asked for")
    .option("--required-scope <scope>", "scope the token must hold (default: asap:execute)")
    .option("--introspect-client-id <id>", "ask the issuer about opaque tokens, as this client")
    .option("--introspect-secret-env <variable>", "environment variable with the secret of that client")
    .option("--introspect-url <url>", "where to ask (default: as the metadata of the issuer says)")
    .option("--lenient-identity", "take tokens that name no agent")
    .option("--allow-loopback", "allow webhooks to this host, and an issuer on it")
    .option("--allow-private", "allow webhooks to private networks, and an issuer in one")
    .option("--allow-insecure", "allow plain http to an issuer on another host");
}

/** What the options allow to be reached. */
export const egressOf = (options: Pick<GuardOptions, "allowLoopback" | "allowPrivate">): EgressPolicy => ({
  ...(options.allowLoopback === true && { allowLoopback: true }),
  ...(options.allowPrivate === true && { allowPrivate: true }),
});

/** Ends the command as wrong usage where the options do not go together. */
function judge(command: Command, options: GuardOptions): void {
  const { issuer, audience, introspectClientId: client, introspectSecretEnv: secret, introspectUrl: url } = options;
  for (const [flag, given] of [
    ["--audience", audience],
    ["--jwks-uri", options.jwksUri],
    ["--required-scope", options.requiredScope],
    ["--introspect-client-id", client],
    ["--introspect-secret-env", secret],
    ["--introspect-url", url],
    ["--lenient-identity", options.lenientIdentity],
    ["--allow-insecure", options.allowInsecure],
  ] as const) {
    needs(command, flag, given, "--issuer", issuer);
  }
  needs(command, "--issuer", issuer, "--audience", audience);
  needs(command, "--introspect-client-id", client, "--introspect-secret-env", secret);
  needs(command, "--introspect-secret-env", secret, "--introspect-client-id", client);
  needs(command, "--introspect-url", url, "--introspect-client-id", client);
  if (options.jwksUri !== undefined) needs(command, "--introspect-client-id", client, "--introspect-url", url);
}

/**
 * Makes what guards an agent, as the command line says.
 *
 * @returns undefined where no issuer is named: the agent is open
 */
export async function guardOf(command: Command, options: GuardOptions, io: CliIo): Promise<AccessControl | undefined> {
  judge(command, options);
  const { issuer, audience, jwksUri, requiredScope, introspectUrl } = options;
  if (issuer === undefined || audience === undefined) return undefined;
  const introspection = introspectionOf(command, options, io);
  const { resourceServer } = await import("../auth.js");
  return withFlags(command, flags, () =>
    resourceServer({
      issuer,
      audience,
      ...(jwksUri !== undefined && { jwksUri }),
      ...(requiredScope !== undefined && { requiredScope }),
      ...(introspection !== undefined && {
        introspection: { ...introspection, ...(introspectUrl !== undefined && { endpoint: introspectUrl }) },
      }),
      ...(options.lenientIdentity === true && { binding: { lenient: true } }),
      egress: egressOf(options),
      ...(options.allowInsecure === true && { allowInsecure: true }),
      env: io.env,
    }),
  ).catch((cause: unknown) => {
    if (!isAsapError(cause) || cause.code !== "asap:transport/insecure_url") throw cause;
    return command.error(`${String(cause.data["url"])} is plain http to another host, which takes --allow-insecure`);
  });
}

function introspectionOf(command: Command, options: GuardOptions, io: CliIo) {
  const { introspectClientId: clientId, introspectSecretEnv: name } = options;
  if (clientId === undefined || name === undefined) return undefined;
  return { clientId, clientSecret: namedVariable(command, io, "--introspect-secret-env", name) };
}

/**
 * Logs what guards the agent, in one line, and a warning where tokens need name no agent, or where the issuer is on this
 * host and is not asked.
 */
export function logGuard(log: Log, agentId: string, options: GuardOptions): void {
  const { issuer = "", audience, jwksUri, requiredScope = "asap:execute", introspectClientId } = options;
  const fields: LogFields = {
    agent_id: agentId,
    issuer,
    audience,
    scope: requiredScope,
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    ...(introspectClientId !== undefined && { introspects_as: introspectClientId }),
  };
  log.info?.("asap.auth.guarded", fields);
  if (options.lenientIdentity === true) {
    log.warn?.("asap.auth.lenient", { issuer, text: "tokens that name no agent are taken" });
  }
  if (isLoopbackUrl(jwksUri ?? issuer) && options.allowLoopback !== true) {
    log.warn?.("asap.auth.not_asked", { issuer, text: "an issuer on this host is asked with --allow-loopback alone" });
  }
}
