import { openState } from "../state/open-state.js";
import { sqliteState } from "../state/sqlite/open.js";
import type { StateStore } from "../state/state-store.js";

/** Opens a place of the crash test: a durability of SQLite or `-`, a space, and where the place is. */
export function open(place: string): Promise<StateStore> {
  const [durability = "", location = ""] = place.split(" ");
  if (durability !== "full" && durability !== "normal") return openState(location);
  return sqliteState({ path: location.slice("sqlite:".length), durability });
}
