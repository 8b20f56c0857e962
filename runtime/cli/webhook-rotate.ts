import type { Command } from "commander";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { shownMoment } from "./moment.js";
import { exitCodes } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { addSecretOptions, type SecretOptions, withSecret } from "./webhook-secret.js";
import { noSubscription, subscriptionsOf, withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, SecretOptions {
  readonly grace: number;
}

/** `asap webhook rotate`: signs with a new secret. */
export const command: CliCommand = {
  configure(command) {
    addSecretOptions(addStorageOption(command.argument("<subscription>", "id of the subscription"))).option(
      "--grace <seconds>",
      "how long secrets of before sign on, beside the new one",
      wholeNumber(0, 31_536_000),
      86_400,
    );
    command.addHelpText(
      "after",
      `
The new secret is that of --secret-env, or is made and written to --secret-file; it is not printed. Give it to the
receiver before secrets of before end.

Environment:
  ASAP_WEBHOOK_KEYS  the keys that the agent seals secrets with, separated by commas`,
    );
    addNotes(command, {
      examples: ["webhook rotate sub_01HX5K3MQVN8 --secret-file ./hook.secret --storage sqlite:./asap_state.db"],
      exits: { 0: "rotated", 1: "there is no such subscription", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const [id = ""] = command.args;
    const options = command.optsWithGlobals<Options>();
    const { storage, json, grace, secretEnv, secretFile } = options;
    if (secretEnv === undefined && secretFile === undefined)
      return command.error("give either --secret-env or --secret-file");
    return withWebhooks(storage, io, async (store) => {
      const record = await store.subscriptions.get(id);
      if (record === undefined) return noSubscription(io, id);
      const service = await subscriptionsOf(command, io, store, record.owner);
      const untilMs = Date.now() + grace * 1_000;
      try {
        await withSecret(command, io, options, (secret = "") =>
          service.rotateSecret(id, { secret, graceMs: grace * 1_000 }),
        );
      } finally {
        await service.close(0);
      }
      const until = shownMoment(untilMs);
      const text = `${id} signs with a new secret; those of before sign until ${until}`;
      await io.print(json ? recordJson({ rotated: id, until }, true) : text);
      return exitCodes.ok;
    });
  },
};
