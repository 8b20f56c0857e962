import { closedCircuit } from "./circuit.js";
import { DueQueue } from "./due-queue.js";
import { Heap } from "./heap.js";
import type { Endpoint, Group, Item, Line } from "./item.js";

/** An endpoint without items. */
export const newEndpoint = (url: string, served: number): Endpoint => ({
  url,
  singles: new DueQueue(),
  lines: undefined,
  groups: undefined,
  groupsByLook: undefined,
  count: 0,
  served,
  isReady: false,
  readyMs: Number.POSITIVE_INFINITY,
  spentMs: 0,
  circuit: closedCircuit,
  trials: 0,
  place: -1,
});

/** When an endpoint has something to send, in milliseconds since 1970; infinite where nothing waits. */
export function workMs({ singles, groupsByLook }: Endpoint): number {
  const single = singles.peek()?.dueMs ?? Number.POSITIVE_INFINITY;
  return Math.min(single, groupsByLook?.peek()?.lookMs ?? Number.POSITIVE_INFINITY);
}

/** The line of a key, made where it is not there. */
export function lineOf(endpoint: Endpoint, key: string): Line {
  endpoint.lines ??= new Map();
  const known = endpoint.lines.get(key);
  if (known !== undefined) return known;
  const line: Line = { key, items: [], head: 0 };
  endpoint.lines.set(key, line);
  return line;
}

/** The group of a subscription for one more item, made where it is not there. */
export function groupOf(endpoint: Endpoint, subscriptionId: string, size: number, waitMs: number): Group {
  endpoint.groups ??= new Map();
  endpoint.groupsByLook ??= new Heap<Group>((one, other) => one.lookMs < other.lookMs);
  let group = endpoint.groups.get(subscriptionId);
  if (group === undefined) {
    const lookMs = Number.POSITIVE_INFINITY;
    group = { subscriptionId, size, waitMs, count: 0, ready: [], waiting: new DueQueue(), lookMs, place: -1 };
    endpoint.groups.set(subscriptionId, group);
    endpoint.groupsByLook.push(group);
  }
  group.count += 1;
  group.size = size;
  group.waitMs = waitMs;
  return group;
}

/** Puts an item among those that are due, now or later. */
export function makeDue(item: Item): void {
  item.standing = "due";
  if (item.group === undefined) {
    item.endpoint.singles.push(item);
    return;
  }
  item.group.waiting.push(item);
  look(item.endpoint, item.group);
}

/** Takes an item out that is due, now or later. */
export function takeOut(item: Item): void {
  const { group, endpoint } = item;
  if (group === undefined) {
    endpoint.singles.remove(item);
    return;
  }
  const place = group.ready.indexOf(item);
  if (place >= 0) group.ready.splice(place, 1);
  else group.waiting.remove(item);
  look(endpoint, group);
}

/** Until when an item waits for others; one that was tried before has waited. */
const flushMs = (item: Item, group: Group): number => item.dueMs + (item.attempts > 0 ? 0 : group.waitMs);

function look(endpoint: Endpoint, group: Group): void {
  const { ready, waiting, size } = group;
  let lookMs = waiting.peek()?.dueMs ?? Number.POSITIVE_INFINITY;
  if (ready[0] !== undefined && ready.length >= size) lookMs = ready[0].dueMs;
  else for (const item of ready) lookMs = Math.min(lookMs, flushMs(item, group));
  group.lookMs = lookMs;
  endpoint.groupsByLook?.move(group);
}

/** Forgets a group without items. */
function leave(endpoint: Endpoint, group: Group): void {
  group.count -= 1;
  if (group.count > 0) return;
  endpoint.groupsByLook?.remove(group);
  endpoint.groups?.delete(group.subscriptionId);
}

/** The batch of a group that may be sent now; undefined where it waits for others. */
function takeBatch(endpoint: Endpoint, group: Group, nowMs: number): readonly Item[] | undefined {
  const { ready, waiting } = group;
  while (ready.length < group.size) {
    const item = waiting.peek();
    if (item === undefined || item.dueMs > nowMs) break;
    waiting.remove(item);
    ready.push(item);
  }
  const isOver = ready.length >= group.size || ready.some((item) => flushMs(item, group) <= nowMs);
  const batch = isOver ? ready.splice(0, Math.max(1, group.size)) : undefined;
  look(endpoint, group);
  return batch;
}

/** Takes what is sent in one request, the oldest first; undefined where nothing is due. */
export function takeUnit(endpoint: Endpoint, nowMs: number): readonly Item[] | undefined {
  for (;;) {
    const single = endpoint.singles.peek();
    const group = endpoint.groupsByLook?.peek();
    if (single !== undefined && single.dueMs <= nowMs && single.dueMs <= (group?.lookMs ?? Number.POSITIVE_INFINITY)) {
      endpoint.singles.remove(single);
      return [single];
    }
    if (group === undefined || group.lookMs > nowMs) return undefined;
    const batch = takeBatch(endpoint, group, nowMs);
    if (batch !== undefined) return batch;
  }
}

/** Ends an item: the next of its key may go on. */
export function endItem(item: Item): void {
  const { endpoint, line, group } = item;
  item.standing = "ended";
  endpoint.count -= 1;
  if (group !== undefined) leave(endpoint, group);
  if (line === undefined || line.items[line.head] !== item) return;
  while (line.items[line.head]?.standing === "ended") line.head += 1;
  const next = line.items[line.head];
  if (next === undefined) endpoint.lines?.delete(line.key);
  else if (next.standing === "behind") makeDue(next);
  if (line.head > 32 && line.head * 2 > line.items.length) {
    line.items = line.items.slice(line.head);
    line.head = 0;
  }
}

/** Gives an item that was in somebody's hands back to its place. */
export function giveBack(item: Item): void {
  const { line } = item;
  if (line !== undefined && line.items[line.head] !== item) item.standing = "behind";
  else makeDue(item);
}

/** All items of an endpoint that wait. */
export function* waitingItems({ singles, groups, lines }: Endpoint): Generator<Item> {
  yield* singles;
  for (const { ready, waiting } of groups?.values() ?? []) {
    yield* ready;
    yield* waiting;
  }
  for (const { items } of lines?.values() ?? []) for (const item of items) if (item.standing === "behind") yield item;
}
