import { mutantsOf, rightAnswer } from "./edit.js";
import { again, credulous, hopeless, only, refusal, silent } from "./exchanges.js";
import type { ClientMutant } from "./mutant.js";

const errorless = mutantsOf("answer-error-without-id");
const spelling = mutantsOf("answer-spellings");

/** Clients that are wrong about answers. */
export const answerClients: readonly ClientMutant[] = [
  ...(
    [
      ["error-and-result", "A client that takes an error with a result for an answer", 1],
      ["no-envelope", "A client that takes a response without result for an answer", 4],
      ["bad-envelope", "A client that takes an envelope with a surplus member", 4],
      ["foreign-id", "A client that takes the answer to another request for its own", 1],
      ["foreign-correlation", "A client that takes the answer to another envelope for its own", 1],
    ] as const
  ).flatMap(([name, sentence, last]) => {
    const mutant = mutantsOf(`answer-${name}`);
    return [
      mutant(`takes-${name}`, sentence, "completed", only(last, credulous)),
      mutant(
        `sends-nothing-${name}`,
        `A client that fails before it sends (answer-${name})`,
        ["calls"],
        silent(() => refusal),
        ["completed"],
      ),
    ];
  }),
  errorless(
    "error-needs-id",
    "A client that takes an error whose id is null for no answer",
    "completed",
    only(2, hopeless),
  ),
  errorless("error-without-id-again", "A client that repeats after an error without its id", "once", again),
  spelling("three-spellings", "A client that knows the published spellings alone", "completed", only(4, hopeless)),
  spelling("sends-nothing", "A client that makes its answers up", "calls", silent(rightAnswer), ["completed"]),
];
