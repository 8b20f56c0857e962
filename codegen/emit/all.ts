import { Project, QuoteKind } from "ts-morph";
import type { SpecModel } from "../model.js";
import { emitClient } from "./client.js";
import { emitContract } from "./contract.js";
import { type Draft, textOf } from "./file.js";
import { emitIndex } from "./index.js";
import { emitMessages } from "./messages.js";
import { emitModels } from "./models.js";
import { emitProtocol } from "./protocol.js";
import { emitServer } from "./server.js";
import { emitErrors, emitLimits, emitRoutes, emitStates } from "./tables.js";
import { emitLoaders, emitValidators } from "./validators.js";

/** Every file of the output by its path, as text, in order of path. */
export async function emitAll(model: SpecModel): Promise<ReadonlyMap<string, string>> {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { quoteKind: QuoteKind.Double },
  });
  const drafts: Draft[] = [
    ...(await emitModels(model, project)),
    emitContract(),
    emitErrors(model),
    emitStates(model),
    emitRoutes(model),
    emitLimits(model),
    emitMessages(model),
    emitClient(model),
    emitServer(model),
    emitProtocol(model),
    emitLoaders(model),
  ];
  const files = new Map<string, string>();
  for (const draft of drafts) files.set(draft.path, textOf(draft, model.specHash));
  const index = emitIndex(model, files, project);
  files.set(index.path, textOf(index, model.specHash));
  for (const { path, text } of await emitValidators(model)) files.set(path, text);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
