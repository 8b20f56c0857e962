import { routes } from "../generated/routes.js";
import type { Context } from "./case.js";
import { describe } from "./checks.js";
import type { ProfileDeclaration } from "./conclude.js";
import { talk } from "./conversation.js";
import { declarationOf, hasWebSocket } from "./prerequisites.js";
import { noHost, noWebhooks } from "./receiving.js";
import type { Exchange, WireRequest } from "./wire.js";

/** Tries an upgrade, once more where the connection or the agent failed, to see whether there is a WebSocket. */
export async function tryUpgrade(
  send: (request: WireRequest) => Promise<Exchange>,
  context: Context,
): Promise<Exchange> {
  const exchange = await send(talk(context, []));
  const hasFailed = exchange.failure?.kind === "reset" || (exchange.response?.status ?? 0) >= 500;
  return hasFailed ? send(talk(context, [])) : exchange;
}

/** Which profiles the agent has, and what shows it. */
export function declaredBy(context: Context): readonly ProfileDeclaration[] {
  const { manifest, mint, callbacks, upgrade } = context;
  const always = manifest === null ? "every agent must have it" : "the agent has a manifest, as every agent must";
  return [
    { profile: "core", declared: true, because: "every agent must have it" },
    { profile: "discovery", declared: true, because: always },
    { profile: "registry", declared: true, because: always },
    webSocket(context, upgrade),
    auth(context, typeof mint === "string"),
    stated("state", context, "the manifest does not name capabilities.state_persistence"),
    webhooks(context, callbacks),
  ];
}

function stated(profile: "state", context: Context, otherwise: string): ProfileDeclaration {
  const declaration = declarationOf(profile, context);
  return { profile, declared: declaration !== null, because: declaration ?? otherwise };
}

function webSocket(context: Context, upgrade: Exchange | null): ProfileDeclaration {
  const declaration = declarationOf("websocket", context);
  if (declaration !== null) return { profile: "websocket", declared: true, because: declaration };
  const missing = hasWebSocket.missing(context);
  if (missing !== null)
    return { profile: "websocket", declared: false, because: `the manifest names no endpoints.events, and ${missing}` };
  const answer = upgrade === null ? "was answered" : `got ${describe(upgrade)}`;
  return { profile: "websocket", declared: true, because: `the upgrade at ${routes.websocket.path} ${answer}` };
}

function auth(context: Context, isWithoutMint: boolean): ProfileDeclaration {
  const declaration = declarationOf("auth", context) ?? (isWithoutMint ? null : "a task without a token was refused");
  if (declaration === null) return { profile: "auth", declared: false, because: "the manifest holds no auth" };
  const partial = "tokens of the suite are needed for the rest of it (--issuer-port)";
  return { profile: "auth", declared: true, because: declaration, ...(isWithoutMint ? { partial } : {}) };
}

function webhooks(context: Context, callbacks: Context["callbacks"]): ProfileDeclaration {
  if (callbacks === noWebhooks) return { profile: "webhooks", declared: false, because: noWebhooks };
  const because = declarationOf("webhooks", context) ?? "webhooks.push among the capabilities of the health answer";
  const partial = "the suite must be told where it can be reached (--callback-host)";
  return { profile: "webhooks", declared: true, because, ...(callbacks === noHost ? { partial } : {}) };
}
