import type { StateStore } from "../../state-store.js";
import { redisState } from "../open.js";
import { removePrefix, testUrl } from "./redis-place.js";

const prefixOf = (place: string): string => `asap-test-${place}`;

/** Opens a place of the contract suite. */
export const open = (place: string): Promise<StateStore> => redisState({ url: testUrl, prefix: prefixOf(place) });

/** Removes it. */
export const remove = (place: string): Promise<void> => removePrefix(prefixOf(place));
