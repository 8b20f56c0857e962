import type { Left } from "./aside.js";

/** Cases on webhooks that the recorded deliveries are not judged by. */
export const webhooksLeft: readonly Left[] = [
  {
    names: ["webhooks.events.*", "webhooks.config.*", "webhooks.address.*"],
    why: "they are about what a request registers, which the reference knows nothing of: its library is given URL and payload",
  },
  { names: ["webhooks.body.form"], why: "the members of a payload are those that the caller of the library gives" },
  {
    names: ["webhooks.signature.secret.non-ascii"],
    why: "no secret beyond ASCII was recorded, nor how it becomes a key",
  },
  { names: ["webhooks.rate"], why: "nothing was recorded of the rate" },
];
