import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteState } from "../../../../state/sqlite/open.js";
import type { OpenWebhooks } from "../../../contract/index.js";
import type { WebhookStoreOptions } from "../../../webhook-store.js";

const pathOf = (place: string): string => join(tmpdir(), `asap-webhooks-${place}.db`);

/** Opens a place of the contract suite. */
export async function open(place: string, { now, ...webhooks }: WebhookStoreOptions): Promise<OpenWebhooks> {
  const path = pathOf(place);
  const state = await sqliteState({ path, durability: "normal", webhooks, ...(now !== undefined && { now }) });
  return { store: state.webhooks as OpenWebhooks["store"], close: () => state.close() };
}

/** Removes it. */
export async function remove(place: string): Promise<void> {
  for (const end of ["", "-wal", "-shm"]) await rm(pathOf(place) + end, { force: true });
}
