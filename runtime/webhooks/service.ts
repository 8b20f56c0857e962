import { randomBytes } from "node:crypto";
import type { ArtifactNotify, Task } from "../../generated/models.js";
import { egressRules } from "../egress-rules.js";
import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { Log } from "../observe/log.js";
import type { Page, PageRequest } from "../state/page.js";
import { ulid } from "../ulid.js";
import { Courier, mayBePlain } from "./courier.js";
import type { NewDelivery, Settlement } from "./delivery.js";
import type { DeliveryQueue, Settled } from "./delivery-queue.js";
import { once } from "./once.js";
import type { WebhookNotice, WebhookPlan } from "./options.js";
import { loginOf } from "./receiver-auth.js";
import { type SecretBox, secretBox } from "./secret-box.js";
import { Sender } from "./sender.js";
import { checkSecret } from "./sign.js";
import { callbackOf, checked, secretOf, shown } from "./subscription.js";
import type { SubscriptionFilter, SubscriptionRecord } from "./subscription-store.js";
import { checkTarget, shownUrl } from "./target.js";
import { SubscriptionTeller, type TellerParts } from "./task-teller.js";
import type { WebhookStore } from "./webhook-store.js";
import type { AgentWebhooks, NewSubscription, Subscription, TaskConfig, TaskTeller } from "./webhooks.js";
import { Worker } from "./worker.js";

/** What a {@link WebhookService} works with. */
export interface WebhookParts {
  readonly agentId: string;
  readonly store: WebhookStore;
  readonly plan: WebhookPlan;
  /** Whether the agent's tasks are kept in the same place, so that deliveries go into it along with them. */
  readonly isJoined: boolean;
  readonly log: Log;
  readonly now: () => number;
  /** Gives a number from 0 up to 1, for the waits between attempts. Default: `Math.random`. */
  readonly random?: () => number;
  /** Told of every attempt, for metrics. */
  readonly onSettled: (settlement: Settlement, settled: Settled) => void;
}

const mostTries = 16;
/** Most secrets that sign at a time: each adds to a header. */
const mostSecrets = 8;
/** How often subscriptions that other processes made are looked for, and old records deleted, in milliseconds. */
const lookMs = 2_000;
const pruneMs = 3_600_000;

/** The webhooks of an agent. */
export class WebhookService implements AgentWebhooks {
  readonly queue: DeliveryQueue;
  readonly plan: WebhookPlan;
  readonly #parts: WebhookParts;
  readonly #box: SecretBox;
  readonly #sender: Sender;
  readonly #courier: Courier;
  readonly #worker: Worker;
  readonly #teller: TellerParts;
  /** Has the store for the agent; nothing of it is read or written before. */
  readonly #bound: () => Promise<void>;
  #general: readonly SubscriptionRecord[] = [];
  #revision: string | undefined;
  #changes = 0;
  /** The latest read of the subscriptions of all tasks. */
  #reading: Promise<void> = Promise.resolve();
  /** The read that begins after that one. */
  #nextReading: Promise<void> | undefined;
  #pruning: Promise<void> = Promise.resolve();
  #isClosed = false;
  #looks: NodeJS.Timeout | undefined;
  #prunedMs = 0;
  readonly #disabling = new Set<string>();
  readonly start = once(() => this.#start());

  /** @throws AsapError `asap:config/invalid_option` for a policy or a key that cannot be. */
  constructor(parts: WebhookParts) {
    const { agentId, plan, store, now, log, random = Math.random } = parts;
    const { egress, timeoutMs, keepResponseBytes, perEndpoint } = plan;
    egressRules(egress);
    this.#parts = parts;
    this.plan = plan;
    this.#bound = once(() => store.bind(agentId));
    this.queue = store.queue;
    this.#box = secretBox(plan.encryptionKeys);
    this.#sender = new Sender({ egress, timeoutMs, keepResponseBytes, connectionsPerOrigin: perEndpoint, now });
    this.#courier = new Courier({
      subscriptions: store.subscriptions,
      sender: this.#sender,
      box: this.#box,
      profiles: plan.profiles,
      egress,
      requireHttps: plan.requireHttps,
      now,
    });
    const { expiresMs, progressIntervalMs } = plan;
    const { subscriptions, queue } = store;
    this.#teller = { queue, subscriptions, isJoined: parts.isJoined, expiresMs, progressIntervalMs, log, now };
    this.#worker = new Worker({
      queue: store.queue,
      owner: `${agentId} ${ulid(now())}`,
      send: (shipment) => this.#courier.send(shipment),
      cut: () => this.#sender.cut(),
      plan: plan.retry,
      circuit: plan.circuit,
      endpointRate: plan.endpointRate,
      globalRate: plan.globalRate,
      concurrency: plan.concurrency,
      perEndpoint,
      leaseMs: plan.leaseMs,
      log,
      now,
      random,
      onSettled: (settlement, settled) => this.#settled(settlement, settled),
      onGone: (id) => void this.#disable(id, "the receiver answered 410"),
    });
  }

  async #start(): Promise<void> {
    await this.#bound();
    await this.#read();
    if (this.#isClosed) return;
    this.#looks = setInterval(() => {
      void this.#look();
      this.#prune();
    }, lookMs).unref();
    this.#prune();
    if (this.plan.delivers) this.#worker.start();
  }

  /** Ends deliveries; those under way are waited for, for `drainMs` milliseconds at most. */
  async close(drainMs: number): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#looks);
    await this.#worker.close(drainMs);
    await this.#sender.close();
    await Promise.allSettled([this.#nextReading ?? this.#reading, this.#pruning]);
  }

  async subscribe(wanted: NewSubscription): Promise<Subscription> {
    const record = await this.#add(wanted);
    this.#changes += 1;
    return shown(record, this.#parts.now());
  }

  get changes(): number {
    return this.#changes;
  }

  async #add(wanted: NewSubscription): Promise<SubscriptionRecord> {
    const { agentId, store, now } = this.#parts;
    const { egress, requireHttps } = this.plan;
    const { taskId = null, events, secret, auth, ordered = false, batch } = checked(wanted);
    const { url } = await checkTarget(wanted.url, egress, {
      requireHttps: requireHttps && !mayBePlain(wanted.url, egress),
    });
    if (auth !== undefined) await loginOf(auth, egress, now);
    await this.#bound();
    const at = now();
    const id = `sub_${ulid(at)}`;
    const record: SubscriptionRecord = {
      id,
      owner: agentId,
      taskId,
      url: url.href,
      events: events ?? null,
      secrets: secret === undefined ? [] : [{ value: this.#box.seal(secret, id), untilMs: null }],
      auth: auth === undefined ? null : this.#box.seal(JSON.stringify(auth), id),
      ordered,
      batch: batch ?? null,
      disabled: null,
      createdMs: at,
      version: 1,
    };
    await store.subscriptions.put(record);
    if (taskId === null) await this.#look();
    return record;
  }

  async get(id: string): Promise<Subscription | undefined> {
    const record = await this.#find(id);
    return record && shown(record, this.#parts.now());
  }

  async list(filter: Omit<SubscriptionFilter, "owner"> = {}, page: PageRequest = {}): Promise<Page<Subscription>> {
    const { store, agentId, now } = this.#parts;
    await this.#bound();
    const { items, ...rest } = await store.subscriptions.list({ ...filter, owner: agentId }, page);
    return { ...rest, items: items.map((record) => shown(record, now())) };
  }

  async remove(id: string): Promise<boolean> {
    const { store } = this.#parts;
    const record = await this.#find(id);
    if (record === undefined || !(await store.subscriptions.remove(id))) return false;
    this.#courier.forget(id);
    await store.queue.drop(id);
    if (record.taskId === null) await this.#look();
    return true;
  }

  async rotateSecret(
    id: string,
    {
      secret = `whsec_${randomBytes(32).toString("base64")}`,
      graceMs = 86_400_000,
    }: { readonly secret?: string; readonly graceMs?: number } = {},
  ): Promise<string> {
    checkSecret(secret, "secret");
    if (!(Number.isInteger(graceMs) && graceMs >= 0)) throw invalidOption("graceMs", "must be a whole number from 0");
    const at = this.#parts.now();
    const untilMs = at + graceMs;
    await this.#update(id, (record) => ({
      ...record,
      secrets: [
        { value: this.#box.seal(secret, id), untilMs: null },
        ...record.secrets
          .filter((each) => each.untilMs === null || each.untilMs > at)
          .slice(0, mostSecrets - 1)
          .map((each) => ({ ...each, untilMs: Math.min(each.untilMs ?? untilMs, untilMs) })),
      ],
    }));
    this.#notice({ type: "secret.rotated", subscriptionId: id, untilMs });
    return secret;
  }

  async enable(id: string): Promise<Subscription> {
    return shown(await this.#update(id, (record) => ({ ...record, disabled: null })), this.#parts.now());
  }

  get capabilities(): readonly string[] {
    return ["webhooks.push", "webhooks.batch"];
  }

  async begin(taskId: string, config: TaskConfig, before?: string): Promise<TaskTeller | undefined> {
    const callback = callbackOf(config, this.plan.callbacks);
    if (callback === undefined) return this.#tellerOf([]);
    const { callback_url: url, callback_events: events, callback_secret } = callback;
    const { store, agentId: owner } = this.#parts;
    const earlier = () => before && secretOf(store.subscriptions, this.#box, { owner, taskId: before, url });
    const secret = callback_secret ?? (await earlier());
    const wanted = { url, taskId, ...(events != null && { events }), ...(secret != null && { secret }) };
    return this.#tellerOf([await this.#add(wanted)]);
  }

  concerns(config: TaskConfig): boolean {
    return this.#general.length > 0 || (this.plan.callbacks !== false && config?.["callback_url"] != null);
  }

  async of(taskId: string): Promise<SubscriptionTeller | undefined> {
    const { store, agentId } = this.#parts;
    await this.#bound();
    const { items } = await store.subscriptions.list({ owner: agentId, taskId }, { limit: 1_000 });
    return this.#tellerOf(items);
  }

  async ended(task: Task): Promise<readonly NewDelivery[]> {
    const teller = await this.of(task.id);
    const deliveries = teller?.ended(task, undefined, undefined) ?? [];
    if (teller === undefined || teller.isJoined) return deliveries;
    await teller.tell(deliveries);
    return [];
  }

  async artifact(task: Task, { artifact_id, name = null }: ArtifactNotify): Promise<void> {
    const teller = await this.of(task.id);
    const data = { artifact_id, name };
    await teller?.tell(teller.deliveries({ event: "artifact.ready", task, key: artifact_id, data }));
  }

  #tellerOf(own: readonly SubscriptionRecord[]): SubscriptionTeller | undefined {
    if (own.length === 0 && this.#general.length === 0) return undefined;
    return new SubscriptionTeller(this.#teller, own, this.#general);
  }

  async #find(id: string): Promise<SubscriptionRecord | undefined> {
    await this.#bound();
    const record = await this.#parts.store.subscriptions.get(id);
    return record?.owner === this.#parts.agentId ? record : undefined;
  }

  async #update(
    id: string,
    change: (record: SubscriptionRecord) => SubscriptionRecord,
    find: (id: string) => Promise<SubscriptionRecord | undefined> = (each) => this.#find(each),
  ): Promise<SubscriptionRecord> {
    const { store } = this.#parts;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const record = await find(id);
      if (record === undefined)
        throw new AsapError("asap:webhook/subscription_not_found", { data: { subscription_id: id.slice(0, 256) } });
      const changed = { ...change(record), version: record.version + 1 };
      if (!(await store.subscriptions.put(changed))) continue;
      this.#courier.forget(id);
      if (record.taskId === null) await this.#look();
      return changed;
    }
    throw new AsapError("asap:state/unavailable", {
      data: { backend: "webhooks", reason: "the subscription kept changing" },
    });
  }

  /** Disables a subscription, be it of another agent whose records were moved into the store. */
  async #disable(id: string, reason: string): Promise<void> {
    const find = (each: string) => this.#parts.store.subscriptions.get(each);
    if (this.#disabling.has(id)) return;
    this.#disabling.add(id);
    try {
      if ((await find(id))?.disabled !== null) return;
      const disabled = { reason, atMs: this.#parts.now() };
      await this.#update(id, (record) => ({ ...record, disabled: record.disabled ?? disabled }), find);
      this.#notice({ type: "subscription.disabled", subscriptionId: id, reason });
    } catch (error) {
      this.#parts.log.error?.("asap.webhook.not_disabled", { subscription_id: id, error });
    } finally {
      this.#disabling.delete(id);
    }
  }

  /** Reads the subscriptions of all tasks; where that fails the log says so, and they are read again in a while. */
  async #look(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#parts.log.error?.("asap.webhook.store_unavailable", { error });
    }
  }

  /** A read that begins after this call, and so sees what was written before. */
  #read(): Promise<void> {
    this.#nextReading ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#nextReading = undefined;
        this.#reading = this.#readGeneral();
        return this.#reading;
      });
    return this.#nextReading;
  }

  /** Reads the subscriptions of all tasks where they have changed. */
  async #readGeneral(): Promise<void> {
    const { store, agentId } = this.#parts;
    const revision = await store.subscriptions.revision();
    if (revision === this.#revision) return;
    const found: SubscriptionRecord[] = [];
    for (let after: string | undefined; ; ) {
      const page = await store.subscriptions.list(
        { owner: agentId, taskId: null },
        { limit: 1_000, ...(after !== undefined && { after }) },
      );
      found.push(...page.items);
      after = page.next;
      if (after === undefined) break;
    }
    this.#general = found;
    this.#revision = revision;
    this.#changes += 1;
  }

  /** Deletes what is old, once in a while. */
  #prune(): void {
    const { store, now, log } = this.#parts;
    const at = now();
    if (!this.plan.delivers || at - this.#prunedMs < pruneMs) return;
    this.#prunedMs = at;
    const { historyMs, deadLettersMs, expiresMs } = this.plan;
    this.#pruning = store.queue
      .prune({ attemptsMs: at - historyMs, deadMs: at - deadLettersMs })
      .then(() => store.subscriptions.prune(at - deadLettersMs - expiresMs))
      .then(
        () => {},
        (error: unknown) => log.error?.("asap.webhook.store_unavailable", { error }),
      );
  }

  #settled(settlement: Settlement, settled: Settled): void {
    if (settled.result === "stale") return;
    this.#parts.onSettled(settlement, settled);
    const { delivery, outcome } = settlement;
    const { url, attempt: attempts, replays } = delivery;
    const facts = () => ({ deliveryId: delivery.id, url, taskId: delivery.taskId, event: delivery.event, attempts });
    if (outcome.kind === "dead") this.#notice({ type: "delivery.exhausted", ...facts(), reason: outcome.reason });
    if (outcome.kind === "delivered" && (attempts > 1 || replays > 0))
      this.#notice({ type: "delivery.recovered", ...facts() });
    if (settled.circuit !== undefined) this.#notice({ type: `circuit.${settled.circuit}`, url });
  }

  #notice(notice: WebhookNotice): void {
    const { type, ...facts } = notice;
    this.#parts.log.info?.(`asap.webhook.${type}`, "url" in facts ? { ...facts, url: shownUrl(facts.url) } : facts);
    try {
      const told: unknown = this.plan.onNotice(notice);
      Promise.resolve(told).catch(() => {});
    } catch {
      return;
    }
  }
}
