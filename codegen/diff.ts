const context = 3;
const mostCells = 4_000_000;

/** A step from one text to another: a line both have, one that goes, or one that comes. */
type Step = readonly [" " | "-" | "+", string];

/**
 * The difference of two texts in the unified format, empty when they are equal.
 *
 * @param name - Name of the file, for the two head lines.
 */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  const steps = stepsBetween(linesOf(before), linesOf(after));
  const hunks: string[] = [];
  let from = 0;
  while (from < steps.length) {
    const first = steps.findIndex(([kind], at) => at >= from && kind !== " ");
    if (first === -1) break;
    let last = first;
    for (let at = first; at < steps.length && at - last <= 2 * context; at++) if (steps[at]?.[0] !== " ") last = at;
    const start = Math.max(from, first - context);
    const end = Math.min(steps.length, last + 1 + context);
    hunks.push(hunk(steps, start, end));
    from = end;
  }
  return `--- ${name}\n+++ ${name}\n${hunks.join("")}`;
}

function hunk(steps: readonly Step[], start: number, end: number): string {
  const place = (gone: "-" | "+") => {
    const count = (list: readonly Step[]) => list.filter(([kind]) => kind !== gone).length;
    const lines = count(steps.slice(start, end));
    return `${count(steps.slice(0, start)) + (lines === 0 ? 0 : 1)},${lines}`;
  };
  const body = steps.slice(start, end).map(([kind, line]) => `${kind}${line}\n`);
  return `@@ -${place("+")} +${place("-")} @@\n${body.join("")}`;
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (lines: readonly string[]) => lines.map((line): Step => [" ", line]);
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** The steps between two texts by their longest common subsequence; very large ones are replaced whole. */
function middle(before: readonly string[], after: readonly string[]): Step[] {
  const width = after.length + 1;
  if (before.length * after.length > mostCells) {
    return [...before.map((line): Step => ["-", line]), ...after.map((line): Step => ["+", line])];
  }
  const common = new Uint32Array((before.length + 1) * width);
  const cell = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      common[row * width + column] =
        before[row] === after[column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
    }
  }
  const steps: Step[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const [gone, come] = [before[row], after[column]];
    if (gone !== undefined && gone === come) {
      steps.push([" ", gone]);
      row++;
      column++;
    } else if (gone !== undefined && (come === undefined || cell(row + 1, column) >= cell(row, column + 1))) {
      steps.push(["-", gone]);
      row++;
    } else if (come !== undefined) {
      steps.push(["+", come]);
      column++;
    }
  }
  return steps;
}
