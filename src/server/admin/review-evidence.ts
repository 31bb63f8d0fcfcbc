import { setImmediate as nextTurn } from "node:timers/promises";
import { instancesWith } from "../../bots/index.ts";
import type { AuditRecord, InstanceRecord, Store } from "../../store/index.ts";

/** Newest records of a bot's audit that are read, and how many at once. */
const MOST_READ = 2_000;
const READ_TOGETHER = 1_000;
/** Lifetimes that were cut short by something that passes say nothing of what the bot needs. */
const LASTING: ReadonlySet<string> = new Set(["asked", "entry", "server", "passport"]);
/** How far a service's clock may be off. */
const SKEW_MS = 120_000;

/** What instances and issuances of a bot say of its use. */
export interface OwnEvidence {
  readonly instances: readonly InstanceRecord[];
  readonly attestors: ReadonlySet<string>;
  readonly addresses: readonly string[];
  readonly mostInstances: number;
  readonly longestX509Seconds: number | null;
  readonly longestJwtSeconds: number | null;
  /** Whether a token for the audience was issued. */
  readonly isIssued: (audience: string) => boolean;
  /** Whether the bot could not have shown an SVID then: the last that it held had ended. */
  readonly wasWithout: (at: Date) => boolean;
}

/** Reads what is on record: instances until a month after their end, and the newest 2,000 records of the audit. */
export async function ownEvidenceOf(
  store: Store,
  bot: string,
  since: Date,
  now: Date,
): Promise<OwnEvidence> {
  const [instances, live, extent] = await Promise.all([
    instancesWith(store, { bot }),
    store.liveIssuances({ bot }, now),
    store.logExtent(),
  ]);
  const recent = instances.filter((each) => lastOf(each, now) >= since);
  const found = {
    attestors: new Set(recent.map(({ attestor }) => attestor)),
    addresses: new Set(recent.map(({ remoteAddress }) => remoteAddress)),
    audiences: new Set(live.flatMap(({ audiences }) => audiences)),
    longest: new Map<string, number>(),
    endMs: 0,
  };
  for (const { newestNotAfter } of instances) sawEnd(found, newestNotAfter);
  for (const { notAfter } of live) sawEnd(found, notAfter);
  let beforeSequence = Number.MAX_SAFE_INTEGER;
  for (let read = 0; read < MOST_READ; read += READ_TOGETHER) {
    const limit = READ_TOGETHER;
    const records = await store.listAudit({ bot, since, beforeSequence, limit });
    for (const { bytes, at, type } of records) {
      if (type !== "svid.issued" && type !== "instance.created") continue;
      const { details, evidence } = JSON.parse(bytes) as RecordFacts;
      if (type === "instance.created") {
        if (evidence !== undefined) found.attestors.add(evidence.attestor);
        found.addresses.add(details.remoteAddress ?? "");
        continue;
      }
      const notAfter = new Date(details.notAfter ?? "");
      sawEnd(found, notAfter);
      if (details.audience !== undefined) found.audiences.add(details.audience);
      if (!LASTING.has(details.limitedBy ?? "")) continue;
      const minutes = Math.ceil((notAfter.getTime() - at.getTime()) / 60_000);
      const kind = details.kind ?? "";
      found.longest.set(kind, Math.max(found.longest.get(kind) ?? 0, minutes * 60));
    }
    if (records.length < limit) break;
    beforeSequence = records.at(-1)?.sequence ?? 0;
    // Reads wait for nothing: others must have their turn.
    await nextTurn();
  }
  if (found.endMs === 0) {
    const before = { until: since, beforeSequence: Number.MAX_SAFE_INTEGER, limit: 1 };
    const [last] = await store.listAudit({ bot, type: "svid.issued", ...before });
    if (last !== undefined) sawEnd(found, notAfterOf(last));
  }
  // Whoever has never held anything, as far back as the records go, was never used either.
  const isKnown = found.endMs > 0 || extent.keptFrom <= extent.before + 1;
  return {
    instances,
    attestors: found.attestors,
    addresses: [...found.addresses],
    mostInstances: mostAtOnce(recent, now),
    longestX509Seconds: found.longest.get("x509") ?? null,
    longestJwtSeconds: found.longest.get("jwt") ?? null,
    isIssued: (audience) =>
      [...found.audiences].some((listed) => ` ${listed} `.includes(` ${audience} `)),
    wasWithout: (at) => isKnown && at.getTime() > found.endMs + SKEW_MS,
  };
}

interface RecordFacts {
  readonly details: Readonly<Record<string, string>>;
  readonly evidence?: { readonly attestor: string };
}

function notAfterOf({ bytes }: AuditRecord): Date {
  return new Date((JSON.parse(bytes) as RecordFacts).details.notAfter ?? "");
}

function sawEnd(found: { endMs: number }, at: Date | null): void {
  if (at !== null && at.getTime() > found.endMs) found.endMs = at.getTime();
}

function lastOf({ state, lastSeenAt }: InstanceRecord, now: Date): Date {
  return state === "active" ? now : lastSeenAt;
}

/** As limits count them: one that is active counts, connected or not. */
function mostAtOnce(instances: readonly InstanceRecord[], now: Date): number {
  const steps = instances.flatMap((each) => [
    { atMs: each.attestedAt.getTime(), by: 1 },
    { atMs: Math.max(lastOf(each, now).getTime(), each.attestedAt.getTime()), by: -1 },
  ]);
  // Who comes as another goes was there beside it.
  steps.sort((a, b) => a.atMs - b.atMs || b.by - a.by);
  let count = 0;
  let most = 0;
  for (const { by } of steps) {
    count += by;
    most = Math.max(most, count);
  }
  return most;
}
