import { type AuditEvent, auditDraft } from "../../audit/index.ts";
import { existingBot } from "../../bots/index.ts";
import { type Clock, delay } from "../../clock.ts";
import { errorCodeOf, IssuerError } from "../../errors.ts";
import type { BotRecord, EntryRecord, New, Store, StoreTransaction } from "../../store/index.ts";
import type { ApplyStateRequest__Output, ApplyStateResponse } from "../../wire/index.ts";
import type { AdminCall, AdminServices } from "./context.ts";
import { entryDetails } from "./entries.ts";
import { timedUuid } from "./ids.ts";
import { SlicedWrites } from "./slices.ts";
import { type Creation, MAX_CHANGES, type Revision, readChange } from "./state-changes.ts";
import { refuseConflicts } from "./state-conflicts.ts";

/** So many creations go with the commit itself; more are staged before. */
const AT_ONCE = 200;
/** Creations of one transaction: issuance must not wait long for it. */
const STAGED_TOGETHER = 50;
/** Rows of one transaction that tells of them, or takes them back. */
const SETTLED_TOGETHER = 100;
/** Changes of what exists, of the one transaction that makes them, between two turns of the event loop. */
const TURN_EVERY = 50;
/** How long a caller may say nothing: nobody else can apply meanwhile. */
const MAX_SILENCE_MS = 60_000;
/** What waits for approval is told one by one, up to so many. */
const MAX_WAITING_TOLD = 1000;
const TRY_AGAIN_MS = 1000;

/** Messages of a caller, as they arrive. */
export interface Upload<Request> {
  readonly messages: AsyncIterable<Request>;
  /** Ends `messages` with the error. */
  fail(error: IssuerError): void;
}

/** Makes many changes of bots and entries as one, one caller at a time. */
export class StateApplies {
  readonly #services: AdminServices;
  #running: { readonly actor: string; readonly since: Date } | undefined;

  constructor(services: AdminServices) {
    this.#services = services;
  }

  /**
   * Reads begin, changes and commit, and makes the changes. Resolves when all of them are there for everybody, durably, and
   * all who watch were told.
   * @throws IssuerError STALE_REVISION naming what somebody else has changed, or as the single changes do. Then nothing
   * has changed.
   */
  async apply(
    upload: Upload<ApplyStateRequest__Output>,
    call: AdminCall,
  ): Promise<ApplyStateResponse> {
    const { clock } = this.#services;
    if (this.#running !== undefined) {
      const { actor, since } = this.#running;
      const message = `${actor} is applying a state since ${since.toISOString()}: one at a time`;
      throw new IssuerError("WRONG_STATE", message, { retryAfterMs: 5000 });
    }
    this.#running = { actor: call.caller.actor, since: clock.now() };
    const apply = new Apply(this.#services, call);
    const silent = new IssuerError("DEADLINE_EXCEEDED", "the caller has said nothing for a minute");
    let silence = clock.schedule(MAX_SILENCE_MS, () => upload.fail(silent));
    try {
      let result: ApplyStateResponse | undefined;
      for await (const message of upload.messages) {
        silence.cancel();
        if (result !== undefined) throw invalid("nothing may follow the commit");
        result = await apply.take(message);
        silence = clock.schedule(MAX_SILENCE_MS, () => upload.fail(silent));
      }
      if (result === undefined) throw invalid("the stream ended without a commit");
      return result;
    } catch (error) {
      await apply.abandon(error);
      throw error;
    } finally {
      silence.cancel();
      this.#running = undefined;
    }
  }
}

/**
 * Finishes what a server that stopped in the middle of an apply has left: what was live is told of, the rest taken back.
 * @throws IssuerError as the store.
 */
export async function recoverStagings(store: Store, clock: Clock): Promise<void> {
  for (const { id, live } of await store.listStagings()) {
    if (live) await settle(store, (tx) => announce(tx, id));
    else await drop(store, clock, id, "the server stopped");
  }
}

class Apply {
  readonly #services: AdminServices;
  readonly #call: AdminCall;
  readonly #id: string;
  /** The change up to which the caller knows the state. */
  #known: number | undefined;
  #taken = 0;
  #bots = 0;
  #entries = 0;
  #staged = false;
  readonly #writes: SlicedWrites;
  #creations: Creation[] = [];
  readonly #revisions: Revision[] = [];
  readonly #registered = new Map<string, New<BotRecord>>();
  readonly #existing = new Map<string, BotRecord>();
  /** A new bot for each pair of owner and deputy. */
  readonly #answering = new Map<string, New<BotRecord>>();
  /** What of it another person must approve. */
  readonly #waiting: string[] = [];
  /** Bots that were there, of which these changes write entries. */
  readonly #entriesOf = new Set<string>();
  /** Bots of these changes: nobody else may have changed them. */
  readonly #touched = new Set<string>();

  constructor(services: AdminServices, call: AdminCall) {
    this.#services = services;
    this.#call = call;
    this.#writes = new SlicedWrites(services.store);
    this.#id = timedUuid(services.clock.now(), services.randomBytes);
  }

  /** @returns what to answer, once it was the commit. */
  async take(request: ApplyStateRequest__Output): Promise<ApplyStateResponse | undefined> {
    const { begin, changes, commit } = request;
    if (begin) {
      if (this.#known !== undefined) throw invalid("begin comes once");
      const newest = await this.#services.store.feedSequence();
      if (begin.feedSequence > newest) {
        throw invalid(
          `feed_sequence ${begin.feedSequence} is not reached yet: the newest is ${newest}`,
        );
      }
      this.#known = begin.feedSequence;
      return undefined;
    }
    if (this.#known === undefined) throw invalid("begin comes first");
    if (commit) return this.#commit(commit.changes);
    if (!changes) throw invalid("a message is none of begin, changes and commit");
    if (changes.changes.length < 1 || changes.changes.length > 1000) {
      throw invalid(`${changes.changes.length} changes in a message, not 1 to 1,000`);
    }
    for (const change of changes.changes) {
      const read = readChange(change, this.#services, this.#call);
      this.#touched.add(read.bot);
      if ("create" in read) this.#creations.push(read);
      else this.#revisions.push(read);
      if ("create" in read && read.create === "bot") this.#registered.set(read.bot, read.record);
    }
    this.#taken += changes.changes.length;
    if (this.#revisions.length > MAX_CHANGES) {
      const message = `more than ${MAX_CHANGES} changes of what exists: apply them in parts`;
      throw new IssuerError("LIMIT_EXCEEDED", message);
    }
    if (this.#staged || this.#creations.length > AT_ONCE) await this.#stage();
    return undefined;
  }

  /** Takes back what was staged, unless it is live. */
  async abandon(why: unknown): Promise<void> {
    if (!this.#staged) return;
    const { store, clock } = this.#services;
    // None of them may come after it is taken back.
    await this.#writes.finish().catch(() => undefined);
    const left = (await store.listStagings()).find(({ id }) => id === this.#id);
    if (left === undefined) return;
    if (left.live) await this.#announce();
    else await drop(store, clock, this.#id, errorCodeOf(why), this.#call);
  }

  async #stage(): Promise<void> {
    const { store, clock } = this.#services;
    if (!this.#staged) {
      const opened = { id: this.#id, actor: this.#call.caller.actor, createdAt: clock.now() };
      await store.transaction((tx) => tx.openStaging(opened));
      this.#staged = true;
    }
    const creations = this.#creations;
    this.#creations = [];
    for (let at = 0; at < creations.length; at += STAGED_TOGETHER) {
      const some = creations.slice(at, at + STAGED_TOGETHER);
      await this.#unlessConflict(() => this.#writes.add((tx) => this.#stageSome(tx, some)));
    }
    this.#count(creations);
  }

  async #stageSome(tx: StoreTransaction, some: readonly Creation[]): Promise<void> {
    const events: AuditEvent[] = [];
    for (const each of some) {
      const { event, create } = each;
      if (create === "bot") {
        await this.#requireOwners(tx, each.record);
        await tx.stageBot(this.#id, each.record);
        events.push(this.#event({ ...event, type: "bot.staged" } as AuditEvent));
      } else {
        const entry = await this.#begun(tx, each.bot, each.record);
        await tx.stageEntry(this.#id, entry);
        const details = entryDetails(entry);
        events.push(this.#event({ ...event, details, type: "entry.staged" } as AuditEvent));
      }
    }
    const now = this.#services.clock.now();
    await tx.appendAudit(events.map((event) => auditDraft(event, now)));
  }

  async #commit(expected: number): Promise<ApplyStateResponse> {
    if (expected !== this.#taken) {
      throw invalid(`commit of ${expected} changes, but ${this.#taken} have come`);
    }
    if (expected === 0) throw invalid("there is no change");
    if (this.#staged) {
      await this.#stage();
      await this.#unlessConflict(() => this.#writes.finish());
    }
    const { store, recorder } = this.#services;
    // Most of what happened since is looked at outside of the transaction.
    const seen = await refuseConflicts(store, this.#known ?? 0, this.#touched);
    const { denied, more } = await recorder.record(async (tx) => {
      await this.#services.callers.confirm(tx, this.#call.caller);
      await refuseConflicts(tx, seen, this.#touched);
      return this.#makeAll(tx);
    });
    if (more) await this.#announce();
    return {
      ...{ id: this.#id, denied },
      ...{ waiting: this.#waiting.slice(0, MAX_WAITING_TOLD), waitingCount: this.#waiting.length },
    };
  }

  /** All that is left to be done, in one transaction. */
  async #makeAll(tx: StoreTransaction): Promise<{ denied: number; more: boolean }> {
    const now = this.#services.clock.now();
    const events: AuditEvent[] = [];
    for (const each of this.#creations) {
      const { event, create } = each;
      if (create === "bot") {
        await this.#requireOwners(tx, each.record);
        await tx.createBot(each.record);
        events.push(this.#event({ ...event, type: "bot.registered" } as AuditEvent));
      } else {
        const entry = await this.#begun(tx, each.bot, each.record);
        await tx.createEntry(entry);
        const details = entryDetails(entry);
        events.push(this.#event({ ...event, details, type: "entry.created" } as AuditEvent));
      }
    }
    let denied = 0;
    for (const [index, each] of this.#revisions.entries()) {
      if (index % TURN_EVERY === TURN_EVERY - 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const made = await each.make(tx, now);
      denied += made.denied;
      if (made.wroteEntry) this.#entriesOf.add(each.bot);
      events.push(...made.events.map((event) => this.#event(event as AuditEvent)));
    }
    const { entries } = this.#services.governor;
    for (const bot of this.#entriesOf) {
      await entries.written(tx, bot, this.#call.caller.actor, now);
    }
    let more = false;
    if (this.#staged) {
      // They may have been removed since their bots were staged.
      const { governor } = this.#services;
      for (const bot of this.#answering.values()) await governor.requireOwners(tx, bot);
      await tx.goLive(this.#id);
      more = await tx.announceStaged(this.#id, SETTLED_TOGETHER);
    }
    this.#count(this.#creations);
    const details = {
      bots: String(this.#bots),
      entries: String(this.#entries),
      changes: String(this.#revisions.length),
      denied: String(denied),
    };
    events.push(this.#event({ type: "state.applied", outcome: "ok", details }));
    await tx.appendAudit(events.map((event) => auditDraft(event, now)));
    return { denied, more };
  }

  /** It is live: those who watch must hear of it, whatever becomes of the caller. */
  async #announce(): Promise<void> {
    const { store, clock } = this.#services;
    for (;;) {
      try {
        await settle(store, (tx) => announce(tx, this.#id));
        return;
      } catch (error) {
        // the next start goes on with it
        if (errorCodeOf(error) !== "STORE_UNAVAILABLE") return;
        await delay(clock, TRY_AGAIN_MS);
      }
    }
  }

  async #unlessConflict<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Somebody else's change says more than the refusal that it led to.
      await refuseConflicts(this.#services.store, this.#known ?? 0, this.#touched);
      throw error;
    }
  }

  async #requireOwners(tx: StoreTransaction, bot: New<BotRecord>): Promise<void> {
    await this.#services.governor.requireOwners(tx, bot);
    this.#answering.set(JSON.stringify([bot.owner, bot.terms?.deputy]), bot);
  }

  /** A new entry as its bot lets it begin: one of these changes, or one that there is. */
  async #begun(
    tx: StoreTransaction,
    name: string,
    entry: New<EntryRecord>,
  ): Promise<New<EntryRecord>> {
    const { entries } = this.#services.governor;
    const { actor } = this.#call.caller;
    const registered = this.#registered.get(name);
    if (registered !== undefined) return entries.begin(registered, entry, actor);
    const existing = this.#existing.get(name) ?? (await existingBot(tx, name));
    this.#existing.set(name, existing);
    this.#entriesOf.add(name);
    return entries.begin(existing, entry, actor);
  }

  #event(event: AuditEvent): AuditEvent {
    const waits = waitingOf(event);
    if (waits !== undefined) this.#waiting.push(waits);
    const { caller, requestId } = this.#call;
    const { actor, source } = caller;
    const details = { ...event.details, apply: this.#id };
    return { ...event, actor, source, requestId, outcome: "ok", details };
  }

  #count(creations: readonly Creation[]): void {
    for (const { create } of creations) {
      if (create === "bot") this.#bots += 1;
      else this.#entries += 1;
    }
  }
}

/** What the event says that waits for approval; undefined: nothing. */
function waitingOf(event: AuditEvent): string | undefined {
  const { type, bot, details = {} } = event;
  const of = "entry" in event && event.entry ? `entry ${event.entry} of bot ${bot}` : `bot ${bot}`;
  if (type === "bot.proposed" || type === "entry.proposed") return `${of}: ${details.waiting}`;
  if (type === "bot.registered" || type === "bot.staged") {
    return details.state === "proposed" ? of : undefined;
  }
  if (type === "entry.created" || type === "entry.staged") {
    return details.state === "pending" ? of : undefined;
  }
  return undefined;
}

function announce(tx: StoreTransaction, id: string): Promise<boolean> {
  return tx.announceStaged(id, SETTLED_TOGETHER);
}

async function drop(
  store: Store,
  clock: Clock,
  id: string,
  reason: string,
  call?: AdminCall,
): Promise<void> {
  await settle(store, (tx) => tx.dropStaged(id, SETTLED_TOGETHER));
  const who = { actor: call?.caller.actor ?? "botpass", requestId: call?.requestId ?? null };
  const event = { type: "state.dropped", outcome: "failed", ...who } as const;
  const draft = auditDraft({ ...event, details: { apply: id, reason } }, clock.now());
  await store.transaction((tx) => tx.appendAudit([draft]));
}

/** Goes on while there is more. */
async function settle(
  store: Store,
  some: (tx: StoreTransaction) => Promise<boolean>,
): Promise<void> {
  const writes = new SlicedWrites(store);
  try {
    while (await writes.add(some));
  } finally {
    await writes.finish();
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("REQUEST_INVALID", message);
}
