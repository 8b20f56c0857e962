import { accepting } from "./accepting.js";
import { acknowledging, guarded } from "./acknowledging.js";
import { answering } from "./answering.js";
import { conversing, hurried } from "./conversing.js";
import { endingWrong } from "./ending.js";
import { framing } from "./framing.js";
import type { GuardMutant } from "./guard-edit.js";
import { guardingAccess } from "./guarding-access.js";
import { guardingClaims } from "./guarding-claims.js";
import { guardingKeys } from "./guarding-keys.js";
import { guardingRequests } from "./guarding-requests.js";
import { guardingSockets } from "./guarding-sockets.js";
import { guardingTokens } from "./guarding-tokens.js";
import { refusing } from "./refusing.js";
import { limiting as limited, serving } from "./serving.js";
import type { Mutant } from "./wrap.js";

/** Agents that are wrong in one way each, with the case that must see it. */
export const mutants: readonly Mutant[] = [
  ...answering,
  ...accepting,
  ...refusing,
  ...serving,
  ...conversing,
  ...framing,
  ...endingWrong,
  ...acknowledging,
];

/** The same for an agent that has a rate limit. */
export const limiting: readonly Mutant[] = [...limited, ...hurried];

/** Agents behind OAuth 2.0 that are wrong in one way each, with every case that must see it. */
export const guarding: readonly GuardMutant[] = [
  ...guardingKeys,
  ...guardingRequests,
  ...guardingSockets,
  ...guardingTokens,
  ...guardingClaims,
  ...guardingAccess,
];

export { guarded };
