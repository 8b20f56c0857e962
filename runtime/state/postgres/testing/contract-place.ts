import type { StateStore } from "../../state-store.js";
import { postgresState } from "../open.js";
import { removePlace, schemaOf, serverUrl } from "./server.js";

/** Opens a place of the contract suite. */
export const open = (place: string): Promise<StateStore> => postgresState({ url: serverUrl, schema: schemaOf(place) });

/** Removes it. */
export const remove = removePlace;
