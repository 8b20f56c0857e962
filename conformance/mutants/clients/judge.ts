import { fileURLToPath } from "node:url";
import { type BundledProgram, bundleProgram } from "../../../runtime/testing/bundled-program.js";
import { judgeClient } from "../../client/judge.js";
import type { Report } from "../../report.js";
import type { ClientMutant } from "./mutant.js";

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** What the sample client imports, from the sources. */
const alias = {
  "#egress": at("runtime/egress-node.ts"),
  "#websocket": at("runtime/transport/websocket-node.ts"),
  "asap-kit": at("runtime/index.ts"),
  "asap-kit/node": at("runtime/node.ts"),
  "asap-kit/auth": at("runtime/auth.ts"),
  "asap-kit/state": at("runtime/state.ts"),
  "asap-kit/registry": at("runtime/registry.ts"),
  "asap-kit/webhooks": at("runtime/webhooks.ts"),
  "asap-kit/webhooks/verify": at("runtime/webhooks/verify.ts"),
};

/** Programs of wrong clients, bundled. */
export interface BundledClients {
  readonly wrapper: BundledProgram;
  /** The sample client. */
  readonly client: BundledProgram;
  /** Removes both. */
  remove(): void;
}

/** Bundles the sample client and the relay around it, from the sources. */
export async function bundleClients(): Promise<BundledClients> {
  const wrapper = await bundleProgram("conformance/mutants/clients/wrapper.ts", alias, true);
  const client = await bundleProgram("examples/conformance-client/client.ts", alias, true);
  const remove = () => {
    wrapper.remove();
    client.remove();
  };
  return { wrapper, client, remove };
}

const commandOf = ({ wrapper, client }: BundledClients, id: string) => [
  process.execPath,
  wrapper.path,
  client.path,
  id,
];

/** Judges the sample client through a relay without a fault. */
export const judgeSample = (programs: BundledClients, only: readonly string[] = []): Promise<Report> =>
  judgeClient({ command: commandOf(programs, "none"), only, concurrency: 8 });

/** Judges a wrong client by its scenario. */
export const judgeClientMutant = (programs: BundledClients, { id, scenario }: ClientMutant): Promise<Report> =>
  judgeClient({ command: commandOf(programs, id), only: [scenario], reruns: 0 });
