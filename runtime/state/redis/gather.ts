interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (cause: unknown) => void;
}

/** Bounds of what is asked in one go. */
export interface GatherBounds<Item> {
  /** Most items. */
  readonly most: number;
  /** Most bytes, the last item not counted. */
  readonly mostBytes: number;
  sizeOf(item: Item): number;
}

/**
 * Makes one question of what is asked in one turn of the event loop, so that many callers share its cost.
 *
 * @param ask Asks and gives the answers in the order of the items, those of the first ones at least; what is left is asked
 * again.
 */
export function gathering<Item, Result>(
  bounds: GatherBounds<Item>,
  ask: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let asked: Asked<Item, Result>[] = [];
  let bytes = 0;

  const settle = async (group: readonly Asked<Item, Result>[]): Promise<void> => {
    try {
      for (let at = 0; at < group.length; ) {
        const results = await ask(group.slice(at).map(({ item }) => item));
        for (const result of results) group[at++]?.resolve(result);
        if (results.length === 0) throw new Error("An answer is empty");
      }
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  };
  const flush = () => {
    if (asked.length === 0) return;
    const group = asked;
    asked = [];
    bytes = 0;
    void settle(group);
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (asked.length === 0) process.nextTick(flush);
      asked.push({ item, resolve, reject });
      bytes += bounds.sizeOf(item);
      if (asked.length >= bounds.most || bytes >= bounds.mostBytes) flush();
    });
}
