import { termsOf } from "../../bots/index.ts";
import type { AuditRecord, BotRecord, StoreReader } from "../../store/index.ts";

/** Peers that the passport named all the time. */
export interface HeldThroughout {
  readonly mayCall: ReadonlySet<string>;
  readonly calledBy: ReadonlySet<string>;
}

/** Decisions about one bot that are looked at: a passport that changes more often is young in all that it names. */
const MOST_READ = 1_000;

/**
 * Which peers the passport has named ever since, by the records of its changes: a warning or a review is none. Where the records do
 * not say how it stood then, because they were pruned, none is known to be as old.
 */
export async function heldThroughout(
  store: StoreReader,
  bot: BotRecord,
  since: Date,
): Promise<HeldThroughout> {
  const { mayCall, calledBy } = termsOf(bot);
  if (mayCall.length + calledBy.length === 0 || bot.createdAt >= since) return NOTHING;
  if (bot.updatedAt < since) return { mayCall: new Set(mayCall), calledBy: new Set(calledBy) };
  const [oldest] = await store.listAudit({ limit: 1 });
  if (oldest === undefined || oldest.at >= since) return NOTHING;
  const of = { decidedAbout: bot.name };
  const changes = await store.listAudit({ ...of, since, limit: MOST_READ });
  if (changes.length === MOST_READ) return NOTHING;
  const passports = changes.flatMap(passportOf);
  // Without a change it stood as it stands.
  if (passports.length > 0) {
    const before = await store.listAudit({
      ...of,
      until: since,
      beforeSequence: Number.MAX_SAFE_INTEGER,
      limit: MOST_READ,
    });
    const [newest] = before.flatMap(passportOf);
    if (newest === undefined) return NOTHING;
    passports.push(newest);
  }
  const always = (field: "mayCall" | "calledBy") =>
    new Set(termsOf(bot)[field].filter((peer) => passports.every((each) => each[field].has(peer))));
  return { mayCall: always("mayCall"), calledBy: always("calledBy") };
}

const NOTHING: HeldThroughout = { mayCall: new Set(), calledBy: new Set() };

/** The peers of a record that tells a whole passport. */
function passportOf({ bytes }: AuditRecord): HeldThroughout[] {
  const { details } = JSON.parse(bytes) as { readonly details: Readonly<Record<string, string>> };
  if (details.spiffeId === undefined || details.owner === undefined) return [];
  const listed = (text: string | undefined) => new Set((text ?? "").split(" "));
  return [{ mayCall: listed(details.mayCall), calledBy: listed(details.calledBy) }];
}
