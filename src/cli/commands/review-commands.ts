import { formatDuration } from "../../duration.ts";

/** One thing less, as `review show` prints it. */
export interface ProposalView {
  readonly field: string;
  readonly entry: string | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly why: string;
}

/** The flag of `bot update` for each term, and what `--clear` calls it. */
const FLAGS: Readonly<Record<string, { readonly flag: string; readonly clear?: string }>> = {
  audiences: { flag: "--allow-audience" },
  may_call: { flag: "--may-call", clear: "may-call" },
  called_by: { flag: "--called-by", clear: "called-by" },
  attestors: { flag: "--allow-attestor" },
  networks: { flag: "--allow-network" },
  max_instances: { flag: "--max-instances" },
  max_x509_ttl_seconds: { flag: "--max-x509-ttl" },
  max_jwt_ttl_seconds: { flag: "--max-jwt-ttl" },
};

/** The commands that do what is proposed: one for the passport, one for each entry. */
export function commandsOf(
  bot: string,
  revision: number,
  proposals: readonly ProposalView[],
): string[] {
  const ofPassport = proposals.filter(({ entry }) => entry === null).flatMap(termFlags);
  const ofEntries = proposals.flatMap(({ field, entry, after }) => {
    if (entry === null) return [];
    if (field === "entry") return [commandLine(["botpass", "entry", "delete", entry])];
    const flags =
      after.length === 0
        ? ["--clear", "audiences"]
        : after.flatMap((audience) => ["--audience", audience]);
    return [commandLine(["botpass", "entry", "update", entry, ...flags])];
  });
  if (ofPassport.length === 0) return ofEntries;
  const update = ["botpass", "bot", "update", bot, ...ofPassport, "--revision", String(revision)];
  return [commandLine(update), ...ofEntries];
}

function termFlags({ field, after }: ProposalView): string[] {
  const { flag, clear } = FLAGS[field] ?? { flag: `--${field}` };
  if (after.length === 0) return clear === undefined ? [] : ["--clear", clear];
  return after.flatMap((value) => [flag, shownValue(field, value)]);
}

/** A proposal as a line of a difference. */
export function differenceOf({ field, entry, before, after, why }: ProposalView): string {
  const shown = (values: readonly string[]) =>
    values.length === 0 ? "-" : values.map((each) => shownValue(field, each)).join(", ");
  const where = entry === null ? field : `${field} ${entry}`;
  return `${where}: ${shown(before)} => ${shown(after)} (${why})`;
}

function shownValue(field: string, value: string): string {
  return field.endsWith("_seconds") ? formatDuration(Number(value)) : value;
}

/** Words as a shell takes them. */
function commandLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}
