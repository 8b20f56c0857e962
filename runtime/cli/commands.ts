import type { CliCommand } from "./command.js";

/** A line of the command table. */
export interface CommandEntry {
  /** Words that name the command. */
  readonly path: readonly string[];
  /** What it does, in one line. */
  readonly summary: string;
  /** Whether what follows `--` is handed on as it is; false unless set. */
  readonly takesRest?: true;
  /** Loads its module. */
  load(): Promise<{ readonly command: CliCommand }>;
}

/** A word that groups commands. */
export interface CommandGroup {
  /** What the group is about, in one line. */
  readonly summary: string;
  /** Command lines for its help, without the leading `asap`. */
  readonly examples: readonly string[];
}

/** The words that group commands. */
export const groups: Readonly<Record<string, CommandGroup>> = {
  registry: {
    summary: "Check registry.json files, add to them, look into them",
    examples: [
      "registry validate registry.json --strict",
      "registry entry http://localhost:8000",
      "registry find --skill translate registry.json",
    ],
  },
  auth: {
    summary: "Log in at an issuer of tokens, and out",
    examples: [
      "auth login --issuer https://login.example --client-id my-cli",
      "auth status",
      "auth logout --issuer https://login.example",
    ],
  },
  state: {
    summary: "Look into stored tasks, snapshots and records of use, and move them",
    examples: [
      "state list --storage sqlite:./asap_state.db",
      "state show task_01HX5K3MQVN8 --storage sqlite:./asap_state.db",
      "state migrate sqlite:./asap_state.db postgres://localhost/asap",
    ],
  },
  webhook: {
    summary: "Check where webhooks go, receive them, and look after subscriptions and deliveries",
    examples: [
      "webhook check https://hooks.example.com/asap",
      "webhook listen --secret-env WEBHOOK_SECRET",
      "webhook list --storage sqlite:./asap_state.db",
      "webhook replay --all --since 1h --storage sqlite:./asap_state.db",
    ],
  },
  dead: {
    summary: "Look into deliveries that were given up, and delete them",
    examples: ["webhook dead list --storage sqlite:./asap_state.db", "webhook dead show 01HX5K3MQVN8"],
  },
  conformance: {
    summary: "Judge implementations of the protocol",
    examples: ["conformance server http://localhost:8000", "conformance server http://localhost:8000 --json"],
  },
};

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    path: ["generate"],
    summary: "Write models, validators, tables and stubs from a spec",
    load: () => import("./generate.js"),
  },
  {
    path: ["serve"],
    summary: "Run the echo agent",
    load: () => import("./serve.js"),
  },
  {
    path: ["call"],
    summary: "Run a skill of an agent and print its result",
    load: () => import("./call.js"),
  },
  {
    path: ["discover"],
    summary: "Print the manifest of an agent",
    load: () => import("./discover.js"),
  },
  {
    path: ["health"],
    summary: "Print the health of an agent",
    load: () => import("./health.js"),
  },
  {
    path: ["token"],
    summary: "Get an access token, or read one, and print what it says",
    load: () => import("./token.js"),
  },
  {
    path: ["auth", "login"],
    summary: "Log in with a browser and keep the tokens",
    load: () => import("./auth-login.js"),
  },
  {
    path: ["auth", "status"],
    summary: "Print who is logged in where",
    load: () => import("./auth-status.js"),
  },
  {
    path: ["auth", "logout"],
    summary: "Revoke tokens and forget them",
    load: () => import("./auth-logout.js"),
  },
  {
    path: ["validate"],
    summary: "Hold JSON documents against a type of the protocol",
    load: () => import("./validate.js"),
  },
  {
    path: ["registry", "validate"],
    summary: "Check a registry and report every fault with its line",
    load: () => import("./registry-validate.js"),
  },
  {
    path: ["registry", "entry"],
    summary: "Make a registry entry from a manifest",
    load: () => import("./registry-entry.js"),
  },
  {
    path: ["registry", "find"],
    summary: "Find the agents that offer a skill",
    load: () => import("./registry-find.js"),
  },
  {
    path: ["state", "list"],
    summary: "List tasks, snapshots or records of use",
    load: () => import("./state-list.js"),
  },
  {
    path: ["state", "show"],
    summary: "Print a task, or one of its snapshots",
    load: () => import("./state-show.js"),
  },
  {
    path: ["state", "export"],
    summary: "Print everything that is stored, a JSON document a line",
    load: () => import("./state-export.js"),
  },
  {
    path: ["state", "migrate"],
    summary: "Copy everything from one store to another and compare them",
    load: () => import("./state-migrate.js"),
  },
  {
    path: ["webhook", "check"],
    summary: "Tell whether webhooks may be posted to a URL",
    load: () => import("./webhook-check.js"),
  },
  {
    path: ["webhook", "listen"],
    summary: "Receive webhooks on this host, verify them and print their events",
    load: () => import("./webhook-listen.js"),
  },
  {
    path: ["webhook", "list"],
    summary: "List subscriptions",
    load: () => import("./webhook-list.js"),
  },
  {
    path: ["webhook", "subscribe"],
    summary: "Add a subscription",
    load: () => import("./webhook-subscribe.js"),
  },
  {
    path: ["webhook", "remove"],
    summary: "Remove a subscription and what waits for it",
    load: () => import("./webhook-remove.js"),
  },
  {
    path: ["webhook", "rotate"],
    summary: "Sign with a new secret, beside those of before for a while",
    load: () => import("./webhook-rotate.js"),
  },
  {
    path: ["webhook", "dead", "list"],
    summary: "List deliveries that were given up",
    load: () => import("./webhook-dead-list.js"),
  },
  {
    path: ["webhook", "dead", "show"],
    summary: "Print a delivery that was given up, with its attempts",
    load: () => import("./webhook-dead-show.js"),
  },
  {
    path: ["webhook", "dead", "delete"],
    summary: "Delete deliveries that were given up",
    load: () => import("./webhook-dead-delete.js"),
  },
  {
    path: ["webhook", "replay"],
    summary: "Queue deliveries that were given up again",
    load: () => import("./webhook-replay.js"),
  },
  {
    path: ["webhook", "history"],
    summary: "List attempts to deliver",
    load: () => import("./webhook-history.js"),
  },
  {
    path: ["webhook", "stats"],
    summary: "Tell how deliveries fare",
    load: () => import("./webhook-stats.js"),
  },
  {
    path: ["webhook", "migrate"],
    summary: "Copy webhooks from one store to another and compare them",
    load: () => import("./webhook-migrate.js"),
  },
  {
    path: ["conformance", "server"],
    summary: "Judge an agent by its URL",
    load: () => import("./conformance-server.js"),
  },
  {
    path: ["conformance", "client"],
    summary: "Judge a client, a program that is started beside an agent of the suite",
    takesRest: true,
    load: () => import("./conformance-client.js"),
  },
  {
    path: ["conformance", "registry"],
    summary: "Judge a registry, a file or a URL",
    load: () => import("./conformance-registry.js"),
  },
  {
    path: ["conformance", "manifest"],
    summary: "Judge a manifest, a file or a URL",
    load: () => import("./conformance-manifest.js"),
  },
];
