import type { ProtocolDefinition } from "../generated/contract.js";
import type { Health, Manifest, Task } from "../generated/models.js";
import { protocol as asapProtocol } from "../generated/protocol.js";
import { validateAgentUrn } from "../generated/validators/agent-urn.js";
import { validateManifest } from "../generated/validators/manifest.js";
import { ActiveCalls } from "./active-calls.js";
import { type AgentLimits, checkedLimits, secondsLimit } from "./agent-limits.js";
import { type BearerAuthOptions, bearerAuth } from "./auth/bearer.js";
import type { AccessControl, AccessGuard } from "./auth/guard.js";
import { type Audience, type Broadcast, createBroadcast } from "./broadcast.js";
import type { Call } from "./call.js";
import { createDispatcher, type Handler, type MessageContext } from "./dispatch.js";
import { AsapError } from "./error.js";
import { NonceLog, type NonceLogOptions, StoredNonces } from "./freshness.js";
import { cancelHandler, type MessageHandler, messageHandler, skillHandler } from "./handlers.js";
import { AnswerLog } from "./idempotency.js";
import { invalidOption } from "./invalid-option.js";
import { quote } from "./jsonrpc.js";
import { buildManifest, type Endpoints, type ServedManifest, serveManifest } from "./manifest.js";
import { artifactHandler, messageSendHandler } from "./message-handlers.js";
import { guardedLog, type Log } from "./observe/log.js";
import { AgentMetrics } from "./observe/metrics.js";
import { type PreparedSkill, prepareSkills, type Skill } from "./skill.js";
import type { HandlerParts } from "./skill-work.js";
import { TaskEngine } from "./state/engine.js";
import type { StateStore } from "./state/state-store.js";
import { TaskLog } from "./state/tasks.js";
import { stateQueryHandler, stateRestoreHandler } from "./state-handlers.js";
import { ulid } from "./ulid.js";
import { updateParts } from "./updates.js";
import { describeIssues, issuesOf } from "./validation.js";
import { WebhookMetrics } from "./webhooks/metrics.js";
import type { WebhookPoster, Webhooks } from "./webhooks/webhooks.js";

/** Handlers by message type, for a protocol: typed payload in, typed reply out. */
export type Handlers<P> =
  P extends ProtocolDefinition<infer _Client, infer Payloads, infer Replies>
    ? {
        readonly [Name in keyof Payloads & keyof Replies & string as Uncapitalize<Name>]?: (
          payload: Payloads[Name],
          call: Call,
        ) => Replies[Name] | Promise<Replies[Name]>;
      }
    : never;

/** What an agent is made of. */
export interface AgentOptions<P extends ProtocolDefinition = typeof asapProtocol> {
  /** Name of the agent, `urn:asap:agent:…`. */
  readonly id: string;
  /** Its name for people; the id by default. */
  readonly name?: string;
  /** Its version, `MAJOR.MINOR.PATCH`; `0.1.0` by default. */
  readonly version?: string;
  /** What it does; empty by default. */
  readonly description?: string;
  /** Skills by id. */
  readonly skills?: Readonly<Record<string, Skill>>;
  /** Handlers for message types beside task requests, or instead of the skills. */
  readonly handlers?: Handlers<P>;
  /** Protocol to speak, as `asap generate` makes it; ASAP 1.1 by default. */
  readonly protocol?: P;
  /**
   * Who may use the agent: access tokens of an issuer, as `resourceServer` of `asap-kit/auth` judges them, or bearer
   * tokens that a function judges. Open to everybody by default.
   */
  readonly auth?: AccessControl | BearerAuthOptions;
  /** Where the agent says it is reached; set by `serve` otherwise. */
  readonly endpoints?: Endpoints;
  /** How long peers may take the agent for alive, in seconds. Default 300. */
  readonly ttlSeconds?: number;
  /** Whether the manifest says that the state of tasks is saved. By default it does where there is `state`. */
  readonly statePersistence?: boolean;
  /** Whether the manifest says that tasks report while they run. Default false. */
  readonly streaming?: boolean;
  /** Tools of the Model Context Protocol the manifest lists. */
  readonly mcpTools?: readonly string[];
  /** Words for `capabilities` in the health answer, after those of the agent itself. */
  readonly capabilities?: readonly string[];
  /**
   * Refuse nonces that were used before. Off by default; `true` for the defaults (10 minutes, 1,000,000 nonces). Where
   * there is `state` they are remembered there, without a bound on their number: none is used twice among the instances
   * of the agent, and one is refused with `asap:state/unavailable` while the store cannot tell.
   */
  readonly nonces?: boolean | Partial<NonceLogOptions>;
  readonly limits?: AgentLimits;
  /**
   * Where tasks and snapshots are kept beyond the life of the process, as `asap-kit/state` opens it; instances of an
   * agent that share one take over the tasks of those that end. The agent does not close it. In memory only by default.
   */
  readonly state?: StateStore;
  /**
   * Posts the events of tasks to those who want them, as `webhooks` of `asap-kit/webhooks` does. By default callbacks that
   * requests ask for are left alone.
   */
  readonly webhooks?: WebhookPoster;
  /** Where log lines go; nowhere by default. What it throws is dropped. */
  readonly log?: Log;
  /** Current time in milliseconds; `Date.now` by default. */
  readonly now?: () => number;
}

/** An agent, without a transport: messages in as text, answers out as text. */
export interface Agent {
  readonly id: string;
  readonly protocol: ProtocolDefinition;
  readonly metrics: AgentMetrics;
  /** The log of the options; it never throws. */
  readonly log: Log;
  readonly now: () => number;
  /** Judges access tokens before a request is read; undefined where the agent has no such guard. */
  readonly guard: AccessGuard | undefined;
  /**
   * Compiles the skills' schemas and begins to look for stored tasks to take up; resolves when the agent can work.
   * Rejects with `asap:config/invalid_option`.
   */
  ready(): Promise<void>;
  /**
   * Answers one JSON-RPC message; every fault of the message is an answer too.
   *
   * @throws AsapError `asap:transport/thread_pool_exhausted` when too many tasks run, `asap:transport/shutting_down`
   * after {@link Agent.close}.
   */
  receive(text: string, context?: MessageContext): string | Promise<string>;
  /** The manifest, for an agent reached at these endpoints; its own `endpoints` option goes first. */
  manifest(endpoints?: Endpoints): Manifest;
  /** The manifest as it is served, with its entity tag; made once for each set of endpoints. */
  servedManifest(endpoints: Endpoints): Promise<ServedManifest>;
  /** How the agent fares now. */
  health(): Health;
  /** A task by its id, while it is remembered. */
  task(id: string): Task | undefined;
  /**
   * Pushes a message to the connections of peers that take pushes (WebSocket).
   *
   * @param name Name of the message in any spelling, such as `TaskUpdate`.
   * @param payload Its payload, judged before it is sent.
   * @returns To how many connections it was written. Pushes are not acknowledged and not repeated.
   * @throws AsapError `asap:config/invalid_option` for an unknown name, `asap:protocol/invalid_payload`.
   * @see ASAP 1.1, section 9.5
   */
  readonly broadcast: Broadcast;
  /** Subscriptions, and what became of deliveries; undefined for an agent without webhooks. */
  readonly webhooks: Webhooks | undefined;
  /**
   * Makes a connection part of the audience of broadcasts.
   *
   * @returns Takes it out again.
   */
  addAudience(audience: Audience): () => void;
  /**
   * Takes no new work, waits for work under way, then ends what is left.
   *
   * @param drainMs Longest wait in milliseconds. Default 10,000.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * Makes an agent.
 *
 * @throws AsapError `asap:config/invalid_option` naming the option that cannot be used.
 */
export function createAgent<P extends ProtocolDefinition = typeof asapProtocol>(options: AgentOptions<P>): Agent {
  const protocol: ProtocolDefinition = options.protocol ?? asapProtocol;
  const now = options.now ?? Date.now;
  const log = guardedLog(options.log ?? {});
  const startedAtMs = now();
  const skills = options.skills ?? {};
  const limits = checkedLimits(options.limits ?? {}, protocol);
  if (!validateAgentUrn(options.id)) {
    throw invalidOption(
      "id",
      `must be an agent URN such as urn:asap:agent:my-agent, not ${JSON.stringify(options.id)}`,
    );
  }

  const guard =
    options.auth !== undefined && "guard" in options.auth
      ? options.auth.guard({ id: options.id, protocol, log, now })
      : undefined;
  const bearer = options.auth === undefined || "guard" in options.auth ? undefined : options.auth;
  if (bearer !== undefined && typeof bearer.validateToken !== "function") {
    throw invalidOption("auth.validateToken", "must be a function that tells which agent a token names");
  }

  const metrics = new AgentMetrics(startedAtMs);
  const tasks = new TaskLog({
    maxTasks: limits.maxTasks,
    onTransition: (from, to) => metrics.transition(from, to),
  });
  const active = new ActiveCalls();
  const updates = updateParts(protocol, quote(options.id), now);
  const webhooks = options.webhooks?.bind({
    agentId: options.id,
    state: options.state,
    log,
    now,
    onSettled: (settlement, settled) => metrics.webhooks?.count(settlement, settled),
  });
  if (webhooks !== undefined) metrics.webhooks = new WebhookMetrics(webhooks.queue, now);
  const engine =
    options.state === undefined
      ? undefined
      : new TaskEngine({
          store: options.state,
          agent: options.id,
          holder: `${options.id} ${ulid(startedAtMs)}`,
          leaseMs: limits.taskLeaseMs,
          log,
          now,
          resume: (stored) => dispatcher.resume(stored),
          deliveriesOfEnd: webhooks && ((task) => webhooks.ended(task)),
          room: () => (active.isClosed ? 0 : limits.maxConcurrentTasks - active.size),
        });
  const { taskTimeoutMs, maxTaskDepth } = limits;
  const parts: HandlerParts = { log, tasks, engine, webhooks, taskTimeoutMs, maxTaskDepth, now, active, updates };
  const manifestParts = {
    id: options.id,
    name: options.name ?? options.id,
    version: options.version ?? "0.1.0",
    description: options.description ?? "",
    skills,
    protocol,
    auth: guard === undefined ? bearer : { oauth2: guard.manifestFacts },
    ttlSeconds: options.ttlSeconds ?? 300,
    statePersistence: options.statePersistence ?? options.state !== undefined,
    streaming: options.streaming ?? false,
    mcpTools: options.mcpTools ?? [],
  };
  const manifest = (endpoints: Endpoints = { asap: "" }) =>
    buildManifest(manifestParts, options.endpoints ?? endpoints);
  if (!validateManifest(manifest())) {
    const issues = issuesOf(validateManifest.errors);
    throw invalidOption(String(issues[0]?.loc[0] ?? "options"), `does not fit the manifest: ${describeIssues(issues)}`);
  }

  const handlers = new Map<string, Handler>();
  const prepared = new Map<string, PreparedSkill>();
  if (options.skills !== undefined) {
    handlers.set("TaskRequest", skillHandler(prepared, parts));
    handlers.set("TaskCancel", cancelHandler(parts));
    handlers.set("MessageSend", messageSendHandler(parts));
    if (engine !== undefined) {
      handlers.set("StateQuery", stateQueryHandler(engine, parts));
      handlers.set("StateRestore", stateRestoreHandler(engine, prepared, parts));
      handlers.set("ArtifactNotify", artifactHandler(engine, parts));
    }
  }
  for (const [method, handle] of Object.entries(options.handlers ?? {})) {
    const definition = Object.values(protocol.messages).find((message) => message.method === method);
    if (definition === undefined) throw invalidOption(`handlers.${method}`, "is no message type of the protocol");
    handlers.set(definition.name, messageHandler(definition, handle as MessageHandler, protocol, parts));
  }

  const dispatcher = createDispatcher({
    protocol,
    agentId: options.id,
    handlers,
    auth: bearer && bearerAuth(bearer),
    guard,
    answers: new AnswerLog(
      {
        maxEntries: limits.maxStoredAnswers,
        maxCharacters: limits.maxStoredAnswerCharacters,
        minAgeMs: limits.storedAnswerAgeMs,
      },
      startedAtMs,
    ),
    nonces: nonceLog(options, protocol, startedAtMs),
    engine,
    freshness: { maxAgeMs: limits.maxTimestampAgeMs, maxAheadMs: limits.maxTimestampAheadMs },
    maxDepth: limits.maxDepth,
    maxConcurrentTasks: limits.maxConcurrentTasks,
    active,
    metrics,
    log,
    now,
  });

  const needsPreparing = Object.values(skills).some(({ input, output }) => input !== undefined || output !== undefined);
  let isReady = !needsPreparing && webhooks === undefined;
  let preparing: Promise<void> | undefined;
  if (!needsPreparing)
    for (const [id, skill] of Object.entries(skills))
      prepared.set(id, { id, skill, input: undefined, output: undefined });
  const prepare = async () => {
    if (needsPreparing) for (const [id, each] of await prepareSkills(skills)) prepared.set(id, each);
    await webhooks?.start();
    isReady = true;
  };
  const ready = () => {
    preparing ??= isReady ? Promise.resolve() : prepare();
    preparing.catch(() => {
      preparing = undefined;
    });
    return preparing.then(() => engine?.start());
  };

  const audiences = new Set<Audience>();
  const served = new Map<string, Promise<ServedManifest>>();
  const ownCapabilities = ["tasks", "idempotency", "metrics"];
  return {
    id: options.id,
    protocol,
    metrics,
    log,
    now,
    guard,
    ready,
    receive(text, context = {}) {
      if (isReady) engine?.start();
      return isReady ? dispatcher.receive(text, context) : ready().then(() => dispatcher.receive(text, context));
    },
    manifest,
    servedManifest(endpoints) {
      const key = `${endpoints.asap} ${endpoints.events ?? ""}`;
      let found = served.get(key);
      if (found === undefined) {
        if (served.size >= 16) served.clear();
        found = serveManifest(manifest(endpoints));
        served.set(key, found);
      }
      return found;
    },
    health: () => ({
      status: active.isClosed ? "unhealthy" : "healthy",
      agent_id: options.id,
      version: manifestParts.version,
      asap_version: protocol.version,
      uptime_seconds: Math.floor((now() - startedAtMs) / 1000),
      capabilities: [...ownCapabilities, ...(webhooks?.capabilities ?? []), ...(options.capabilities ?? [])],
      load: { active_tasks: active.size, queue_depth: 0 },
    }),
    task: (id) => tasks.get(id),
    webhooks,
    broadcast: createBroadcast(protocol, options.id, audiences, now),
    addAudience(audience) {
      audiences.add(audience);
      metrics.connections = audiences.size;
      return () => {
        audiences.delete(audience);
        metrics.connections = audiences.size;
      };
    },
    async close(drainMs = 10_000) {
      await active.close(drainMs, new AsapError("asap:transport/shutting_down"));
      await engine?.close();
      await webhooks?.close(drainMs);
    },
  };
}

function nonceLog(
  { nonces: option, state, id }: Pick<AgentOptions, "nonces" | "state" | "id">,
  protocol: ProtocolDefinition,
  nowMs: number,
): NonceLog | StoredNonces | undefined {
  if (option === undefined || option === false) return undefined;
  const { lifetimeMs = secondsLimit(protocol, "nonce_lifetime_seconds", 600), maxEntries = 1_000_000 } =
    option === true ? {} : option;
  for (const [name, value] of Object.entries({ lifetimeMs, maxEntries })) {
    if (!(value > 0)) throw invalidOption(`nonces.${name}`, "must be a number above 0");
  }
  if (state !== undefined) return new StoredNonces(state.nonces, id, lifetimeMs);
  return new NonceLog({ lifetimeMs, maxEntries }, nowMs);
}
