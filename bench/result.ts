/** One line of the table. */
export interface Result {
  readonly name: string;
  /** What was measured, in words: units, batch, depth, who else was at work. */
  readonly says: string;
  readonly measured: number;
  readonly unit: string;
  /** What cannot be saved, measured in the same run; absent when there is no such thing. */
  readonly bare?: number;
  /** Of the ratio when there is a bare cost, else of the figure. Absent: told, not judged. */
  readonly goal?: number;
  /** Whether more is better. */
  readonly more?: boolean;
}

export function ratioOf({ measured, bare }: Result): number | undefined {
  return bare === undefined ? undefined : measured / bare;
}

export function holds(result: Result): boolean | undefined {
  if (result.goal === undefined) return undefined;
  const figure = ratioOf(result) ?? result.measured;
  return result.more === true ? figure >= result.goal : figure <= result.goal;
}

const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** The table in Markdown: as it is printed, and as docs/performance.md keeps it. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((each) => {
    const ratio = ratioOf(each);
    const held = holds(each);
    const goal =
      each.goal === undefined
        ? ""
        : `${each.more ? "≥" : "≤"} ${short(each.goal)}${ratio === undefined ? "" : "x"}`;
    return [
      each.name,
      each.bare === undefined ? "" : `${short(each.bare)} ${each.unit}`,
      `${short(each.measured)} ${each.unit}`,
      ratio === undefined ? "" : `${ratio.toFixed(2)}x`,
      goal,
      held === undefined ? "" : held ? "holds" : "FALLS SHORT",
      each.says,
    ];
  });
  const head = ["what", "bare", "ours", "ratio", "goal", "", "measured how"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
