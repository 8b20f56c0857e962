import { test } from "node:test";
import { memoryState } from "asap-kit/state";
import { stateContract } from "asap-kit/state/contract";

// Your store in place of memoryState, at the place that `open` is given the name of; without `forgets` if it is kept there.
const cases = stateContract({ open: async () => memoryState(), forgets: true });
for (const { name, run } of cases) test(name, run);
