import type { BotDifference, EntryDifference, FieldDifference, Plan } from "./compare.ts";

/** How many changes a plan makes, by what they are. */
export interface PlanCounts {
  readonly register: number;
  readonly update: number;
  readonly retire: number;
  readonly createEntries: number;
  readonly updateEntries: number;
  readonly deleteEntries: number;
}

export function countsOf({ differences }: Plan): PlanCounts {
  const bots = (change: BotDifference["change"]) =>
    differences.filter((each) => each.change === change).length;
  const entries = (change: EntryDifference["change"]) =>
    differences.reduce(
      (sum, each) => sum + each.entries.filter((entry) => entry.change === change).length,
      0,
    );
  return {
    register: bots("register"),
    update: differences.filter(({ change, fields }) => change === "update" && fields.length > 0)
      .length,
    retire: bots("retire"),
    createEntries: entries("create"),
    updateEntries: entries("update"),
    deleteEntries: entries("delete"),
  };
}

const MARK = { register: "+", update: "~", retire: "-", create: "+", delete: "-" } as const;

/**
 * The plan for people, a line for each field: `+` comes, `-` goes, `~` changes.
 * ```text
 * ~ bot invoice-poster
 *     - owner: finance
 *     + owner: finance-it
 *     + entry unix:uid:1001
 *         + x509Ttl: 1h
 * - bot old-one (retired for good)
 * ```
 */
export function showPlan({ differences }: Plan): string {
  let text = "";
  for (const { change, bot, fields, entries } of differences) {
    const end = change === "retire" ? " (retired for good)" : "";
    text += `${MARK[change]} bot ${bot}${end}\n${fieldLines(fields, "    ")}`;
    for (const entry of entries) {
      text += `    ${MARK[entry.change]} entry ${plain(entry.entry)}\n`;
      text += fieldLines(entry.fields, "        ");
    }
  }
  return text;
}

/** `2 bots to register, 1 entry to create`; of nothing: `no change`. */
export function showCounts(counts: PlanCounts): string {
  const parts = [
    part(counts.register, "bot", "register"),
    part(counts.update, "bot", "change"),
    part(counts.retire, "bot", "retire"),
    part(counts.createEntries, "entry", "create"),
    part(counts.updateEntries, "entry", "change"),
    part(counts.deleteEntries, "entry", "delete"),
  ].filter((each) => each !== "");
  return parts.length === 0 ? "no change" : parts.join(", ");
}

function part(count: number, what: "bot" | "entry", verb: string): string {
  if (count === 0) return "";
  const plural = what === "bot" ? "bots" : "entries";
  return `${count} ${count === 1 ? what : plural} to ${verb}`;
}

function fieldLines(fields: readonly FieldDifference[], indent: string): string {
  let text = "";
  for (const { field, before, after } of fields) {
    if (before !== null) text += `${indent}- ${field}: ${plain(before)}\n`;
    if (after !== null) text += `${indent}+ ${field}: ${plain(after)}\n`;
  }
  return text;
}

/** What comes from a file or a server goes to a terminal without what would steer it. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ");
}
