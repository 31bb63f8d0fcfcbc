import type { BotRecord, FindingRecord, StoreReader } from "../../store/index.ts";
import type { Incident } from "../../wire/index.ts";

/** Incidents that an answer lists, of each kind. */
const MOST_LISTED = 200;
const MOST_READ = 1_000;

/** What was done to a bot because of something. */
const STEPS: ReadonlySet<string> = new Set([
  "svid.revoked",
  "token.revoked",
  "token.refused",
  "instance.evicted",
  "instance.banned",
  "instance.locked",
  "bot.suspended",
  "bot.owner_lost",
]);

/** Findings and revocations since an instant, and findings from before that nobody has acknowledged; the newest first. */
export async function incidentsOf(
  store: StoreReader,
  { name }: BotRecord,
  since: Date,
): Promise<readonly Incident[]> {
  const [newest, open, decided] = await Promise.all([
    store.listFindings({ bot: name }, { limit: MOST_LISTED }),
    store.listFindings({ bot: name, open: true }, { limit: MOST_LISTED }),
    store.listAudit({
      decidedAbout: name,
      since,
      beforeSequence: Number.MAX_SAFE_INTEGER,
      limit: MOST_READ,
    }),
  ]);
  const findings = new Map<number, FindingRecord>();
  for (const each of [...newest.items.filter(({ at }) => at >= since), ...open.items]) {
    findings.set(each.id, each);
  }
  const steps = decided.filter(({ type }) => STEPS.has(type)).slice(0, MOST_LISTED);
  return [
    ...[...findings.values()].map((each) => ({
      atMs: each.at.getTime(),
      kind: "finding",
      summary: each.summary,
      id: each.id,
      open: each.acked === null,
    })),
    ...steps.map(({ at, type, sequence, bytes }) => ({
      atMs: at.getTime(),
      kind: type,
      summary: summaryOf(bytes),
      id: sequence,
      open: false,
    })),
  ].sort((a, b) => b.atMs - a.atMs);
}

function summaryOf(bytes: string): string {
  const { actor, instance, serial, details } = JSON.parse(bytes) as {
    readonly actor: string;
    readonly instance: string | null;
    readonly serial: string | null;
    readonly details: Readonly<Record<string, string>>;
  };
  const what = [
    `by ${actor}`,
    ...(serial === null ? [] : [`SVID ${serial}`]),
    ...(instance === null ? [] : [`instance ${instance}`]),
    ...(details.token === undefined ? [] : [`token ${details.token}`]),
  ];
  const { reason = "" } = details;
  return reason === "" ? what.join(", ") : `${what.join(", ")}: ${reason}`;
}
