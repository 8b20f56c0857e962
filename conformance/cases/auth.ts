import type { Case } from "../case.js";
import { accessCases } from "./auth-access.js";
import { claimCases } from "./auth-claims.js";
import { keyCases } from "./auth-keys.js";
import { requestCases } from "./auth-request.js";
import { tokenCases } from "./auth-token.js";
import { socketAuthCases } from "./auth-websocket.js";
import { bearerCases } from "./bearer.js";

/** An agent behind OAuth 2.0, judged with tokens of the suite's own issuer, or one with a bearer token of its own. */
export const authCases: readonly Case[] = [
  ...keyCases,
  ...requestCases,
  ...tokenCases,
  ...claimCases,
  ...accessCases,
  ...socketAuthCases,
  ...bearerCases,
];
