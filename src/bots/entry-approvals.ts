import { IssuerError } from "../errors.ts";
import type {
  BotRecord,
  EntryContent,
  EntryGovernance,
  EntryRecord,
  New,
  StoreTransaction,
} from "../store/index.ts";
import { changeEntry, type EntryWish } from "./entry.ts";
import { entryContentOf, entryDifferencesOf } from "./entry-content.ts";
import {
  entryAuthorRefusal,
  entryMustWait,
  entryWaits,
  retirementRefusal,
  staleEntryRefusal,
  withEntryAuthor,
} from "./guards.ts";
import { cutBeyondEntry, existingBot, removeEntry } from "./lifecycle.ts";
import type { EnvironmentPolicy } from "./policy.ts";

/** Something that happened to an entry, for the audit. */
export interface EntryEvent {
  readonly type: "entry.updated" | "entry.proposed" | "entry.approved" | "entry.rejected";
  readonly bot: string;
  readonly entry: string;
  readonly details: Readonly<Record<string, string>>;
}

/** What became of an entry. */
export interface EntryOutcome {
  readonly entry: EntryRecord;
  readonly events: readonly EntryEvent[];
  /** Live SVIDs that are denied now. */
  readonly denied?: number;
}

export interface EntryApprovalsOptions {
  readonly policyOf: (
    bot: Pick<BotRecord, "kind" | "environment">,
  ) => EnvironmentPolicy | undefined;
  /** Who an actor is, whatever the way in. */
  readonly personOf: (actor: string) => string;
}

/**
 * Entries of bots whose environment asks for a second person: a new one lets nobody in, and a wider version waits, until
 * somebody approves it who did not write it. What is narrower acts at once. Entries of a passport that is not approved itself are
 * approved with it.
 */
export class EntryApprovals {
  readonly #options: EntryApprovalsOptions;

  constructor(options: EntryApprovalsOptions) {
    this.#options = options;
  }

  /** A new entry of the bot as its environment lets it begin. `written` must follow. */
  begin(bot: New<BotRecord>, entry: New<EntryRecord>, author: string): New<EntryRecord> {
    if (!entryWaits(bot, this.#options.policyOf(bot))) return entry;
    return { ...entry, governance: { ...NOT_APPROVED, authors: [author] } };
  }

  /** An entry of the bot is new, or was changed: whoever saw the passport before has not seen that. */
  async written(tx: StoreTransaction, name: string, author: string, now: Date): Promise<void> {
    const bot = await existingBot(tx, name);
    const governance = withEntryAuthor(bot, author);
    if (governance !== undefined) await tx.updateBot({ ...bot, governance, updatedAt: now });
  }

  /**
   * Changes an entry: what is narrower at once, what is wider when it was approved. `written` must follow.
   * @throws IssuerError as `changeEntry`; STALE_REVISION, WRONG_STATE.
   */
  async change(
    tx: StoreTransaction,
    before: EntryRecord,
    wish: EntryWish,
    seen: number,
    author: string,
    now: Date,
  ): Promise<EntryOutcome> {
    const { entry, events } = await this.#change(tx, before, wish, seen, author, now);
    const denied = await cutBeyondEntry(tx, before, entry, now);
    if (denied === 0) return { entry, events, denied };
    const told = events.map((event) =>
      event.type === "entry.updated"
        ? { ...event, details: { ...event.details, denied: String(denied) } }
        : event,
    );
    return { entry, events: told, denied };
  }

  async #change(
    tx: StoreTransaction,
    before: EntryRecord,
    wish: EntryWish,
    seen: number,
    author: string,
    now: Date,
  ): Promise<EntryOutcome> {
    const bot = await existingBot(tx, before.bot);
    const changed = { ...changeEntry(before, wish, now), revision: seen };
    const governance = governanceOf(bot, before);
    const authors = [...new Set([...governance.authors, author])];
    if (isPending(before)) {
      const next = { ...changed, governance: { ...governance, authors } };
      return outcome(await tx.updateEntry(next), "entry.updated");
    }
    const { wider, other } = entryDifferencesOf(before, changed);
    const waiting = entryWaits(bot, this.#options.policyOf(bot)) ? entryMustWait(wider) : {};
    const kept = without(before.governance?.proposal?.changes ?? {}, Object.keys(other));
    const changes = { ...kept, ...waiting };
    const names = Object.keys(changes).sort();
    if (names.length === 0 && before.governance === undefined) {
      return outcome(await tx.updateEntry(changed), "entry.updated");
    }
    const applied = { ...without(wider, Object.keys(waiting)), ...other };
    // Whether it can be an entry at all is not to be found out when it is approved.
    changeEntry(before, { ...entryContentOf(before), ...applied, ...changes }, now);
    const proposes = Object.keys(waiting).length > 0;
    const waits = names.length > 0;
    const entry = await tx.updateEntry({
      ...changed,
      ...entryContentOf(before),
      ...applied,
      governance: {
        ...governance,
        authors: proposes ? authors : waits ? governance.authors : [],
        proposal: waits ? { changes, at: now } : null,
      },
    });
    const details = waits ? { waiting: names.join(" ") } : {};
    const updated = eventOf(entry, "entry.updated", details);
    return {
      entry,
      events: proposes ? [updated, eventOf(entry, "entry.proposed", details)] : [updated],
    };
  }

  /**
   * Lets a new entry, or the wider version of one, count.
   * @throws IssuerError NOT_FOUND; STALE_REVISION when it is not what was seen; WRONG_STATE when nothing waits, or its passport
   * is not approved; NOT_AUTHORIZED when the approver wrote any of it.
   */
  async approve(
    tx: StoreTransaction,
    id: string,
    seen: number,
    approver: string,
    now: Date,
  ): Promise<EntryOutcome> {
    const before = await waitingEntry(tx, id, seen);
    const bot = await existingBot(tx, before.bot);
    const retired = retirementRefusal(bot);
    if (retired !== undefined) throw retired;
    if (this.#options.policyOf(bot)?.approval !== "none") {
      const own = entryAuthorRefusal(before, approver, this.#options.personOf);
      if (own !== undefined) throw own;
    }
    return this.#approved(tx, before, approver, now);
  }

  /** The passport was approved for the first time, and its entries with it. */
  async approveAll(
    tx: StoreTransaction,
    bot: string,
    authors: readonly string[],
    approver: string,
    now: Date,
  ): Promise<readonly EntryOutcome[]> {
    const outcomes: EntryOutcome[] = [];
    for (const entry of await tx.entriesOfBot(bot)) {
      const written = { ...entry, governance: { ...NOT_APPROVED, authors } };
      outcomes.push(await this.#approved(tx, written, approver, now));
    }
    return outcomes;
  }

  /** Sends it back: a new entry goes, a wider version comes to nothing. @throws IssuerError NOT_FOUND, STALE_REVISION, WRONG_STATE. */
  async reject(
    tx: StoreTransaction,
    id: string,
    seen: number,
    reason: string,
    now: Date,
  ): Promise<EntryOutcome> {
    const before = await waitingEntry(tx, id, seen);
    const details = { reason, authors: before.governance?.authors.join(" ") ?? "" };
    if (isPending(before)) {
      const { entry } = await removeEntry(tx, id, now);
      return { entry, events: [eventOf(entry, "entry.rejected", details)] };
    }
    const bot = await existingBot(tx, before.bot);
    const governance = { ...governanceOf(bot, before), authors: [], proposal: null };
    const entry = await tx.updateEntry({ ...before, updatedAt: now, governance });
    return { entry, events: [eventOf(entry, "entry.rejected", details)] };
  }

  async #approved(
    tx: StoreTransaction,
    before: EntryRecord,
    approver: string,
    now: Date,
  ): Promise<EntryOutcome> {
    const { proposal = null, authors = [] } = before.governance ?? {};
    const changes = proposal?.changes ?? {};
    const entry = await tx.updateEntry({
      ...before,
      ...(proposal === null
        ? {}
        : changeEntry(before, { ...entryContentOf(before), ...changes }, now)),
      updatedAt: now,
      governance: { authors: [], approvedBy: approver, approvedAt: now, proposal: null },
    });
    const waited = Object.keys(changes).sort().join(" ");
    const details = {
      authors: authors.join(" "),
      seen: String(before.revision),
      ...(waited === "" ? {} : { waited }),
    };
    return { entry, events: [eventOf(entry, "entry.approved", details)] };
  }
}

const NOT_APPROVED = { authors: [], approvedBy: null, approvedAt: null, proposal: null } as const;

/** Whether nobody has approved it yet. */
export function isPending({ governance }: Pick<EntryRecord, "governance">): boolean {
  return governance !== undefined && governance.approvedBy === null;
}

async function waitingEntry(tx: StoreTransaction, id: string, seen: number): Promise<EntryRecord> {
  const entry = await tx.getEntry(id);
  if (entry === undefined) throw new IssuerError("NOT_FOUND", `entry ${id} does not exist`);
  const stale = staleEntryRefusal(entry, seen);
  if (stale !== undefined) throw stale;
  if (isPending(entry) || (entry.governance?.proposal ?? null) !== null) return entry;
  throw new IssuerError("WRONG_STATE", `nothing of entry ${id} waits for approval`);
}

/** One that was there before anybody had to approve it counts as approved with its passport. */
function governanceOf(bot: BotRecord, { governance }: EntryRecord): EntryGovernance {
  if (governance !== undefined) return governance;
  const { approvedBy = null, approvedAt = null } = bot.governance ?? {};
  return { authors: [], approvedBy: approvedBy ?? "adopted", approvedAt, proposal: null };
}

function outcome(entry: EntryRecord, type: EntryEvent["type"]): EntryOutcome {
  return { entry, events: [eventOf(entry, type, {})] };
}

function eventOf(
  { id, bot }: EntryRecord,
  type: EntryEvent["type"],
  details: Readonly<Record<string, string>>,
): EntryEvent {
  return { type, bot, entry: id, details };
}

function without(changes: Partial<EntryContent>, names: readonly string[]): Partial<EntryContent> {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !names.includes(name)));
}
