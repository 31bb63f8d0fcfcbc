import { IssuerError } from "../errors.ts";
import type {
  BotGovernance,
  BotRecord,
  InstanceRecord,
  IssuanceRecord,
  New,
  PassportContent,
  PassportTerms,
  Store,
  StoreReader,
  StoreTransaction,
} from "../store/index.ts";
import { EntryApprovals, type EntryOutcome } from "./entry-approvals.ts";
import {
  attestorRefusal,
  audienceRefusal,
  endRefusal,
  isRestricted,
  mustWait,
  networkRefusal,
  personRefusal,
  policyRefusal,
  resumptionRefusal,
  secondPersonRefusal,
  staleRefusal,
} from "./guards.ts";
import { instancesWith } from "./instances.ts";
import {
  denyUndenied,
  endInstance,
  existingBot,
  liftEnd,
  resumeBot,
  retireBot,
  type StateChange,
  suspendBot,
} from "./lifecycle.ts";
import { changePassport, type PassportChange } from "./passport.ts";
import {
  type EnvironmentPolicy,
  isServing,
  ownerViolations,
  type Policies,
  policyViolations,
  withDefaults,
} from "./policy.ts";
import { cellOf } from "./states.ts";
import { contentOf, differencesOf, NO_TERMS, termsOf, withContent } from "./terms.ts";

/** What is signed when a bot retires: all that it held, and that it was cut. Instants in RFC 3339. */
export interface Receipt {
  readonly bot: string;
  readonly spiffeId: string;
  readonly retiredAt: string;
  readonly by: string;
  readonly reason: string;
  /** Live X509-SVIDs that are denied since, by serial, with their ends. */
  readonly serials: readonly { readonly id: string; readonly notAfter: string }[];
  /** JWT-SVIDs, by jti. */
  readonly jtis: readonly { readonly id: string; readonly notAfter: string }[];
  readonly instances: readonly string[];
  readonly tokensVoided: number;
  /** All that is denied, what a node held for its processes included. */
  readonly denied: number;
}

export interface GovernorOptions {
  readonly policies: Policies;
  /** The server's own user: as root, one person with root. */
  readonly uid: number;
  /** Signs a receipt: JWS in compact form. */
  readonly sign: (receipt: Receipt) => string;
}

/** Who does something, as the audit names actors. */
export type Author = string;

/** Something that happened to a passport, for the audit. */
export interface PassportEvent {
  readonly type:
    | "bot.updated"
    | "bot.proposed"
    | "bot.approved"
    | "bot.rejected"
    | "bot.reviewed"
    | "bot.review_overdue"
    | "bot.restricted"
    | "bot.suspended"
    | "bot.retired"
    | "bot.owner_lost"
    | "bot.adopted";
  readonly bot: string;
  readonly details: Readonly<Record<string, string>>;
}

/** What became of a passport. */
export interface PassportOutcome {
  readonly bot: BotRecord;
  readonly events: readonly PassportEvent[];
  /** Entries that were approved with it. */
  readonly entries?: readonly EntryOutcome[];
  /** Live SVIDs that are denied now. */
  readonly denied: number;
}

/** Of the policies by which all passports were settled last; without it they are at the next start. */
export const POLICIES_KEY = "environment_policies";
const RECEIPT_KEY = "receipt:";
const ADOPTED_TOGETHER = 100;

/** Looks after the passports of environments that have a policy: approvals, reviews, owners, ends. */
export class Governor {
  readonly #options: GovernorOptions;
  /** Approvals of the entries of these passports. */
  readonly entries: EntryApprovals;

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.entries = new EntryApprovals({
      policyOf: (bot) => this.policyOf(bot),
      personOf: (actor) => this.#personOf(actor),
    });
  }

  /**
   * A new passport as its environment lets it begin: without a policy active; else a draft, or proposed, or active where nobody
   * need approve. Who answers for it is asked by `requireOwners`.
   * @param personSaid whether `terms.personAllowed` was said.
   * @throws IssuerError REQUEST_INVALID with all that the policy forbids.
   */
  begin(
    record: New<BotRecord>,
    { personSaid, propose }: { readonly personSaid: boolean; readonly propose: boolean },
    author: Author,
    now: Date,
  ): New<BotRecord> {
    const policy = this.policyOf(record);
    this.#refuseForeignPath(record);
    if (policy === undefined) {
      refuseReviewWithoutPolicy(record);
      return record;
    }
    const bot = this.#filled(record, personSaid, policy);
    throwIf(policyRefusal(bot, policyViolations(bot, policy, now)));
    return this.#begun(bot, policy, propose, author, now);
  }

  /** As `begin`, with all reasons of policy and owners at once. */
  async register(
    tx: StoreReader,
    record: New<BotRecord>,
    wish: { readonly personSaid: boolean; readonly propose: boolean },
    author: Author,
    now: Date,
  ): Promise<New<BotRecord>> {
    const policy = this.policyOf(record);
    if (policy === undefined) return this.begin(record, wish, author, now);
    this.#refuseForeignPath(record);
    const bot = this.#filled(record, wish.personSaid, policy);
    const broken = policyViolations(bot, policy, now);
    throwIf(policyRefusal(bot, [...broken, ...(await ownerViolations(tx, bot))]));
    return this.#begun(bot, policy, wish.propose, author, now);
  }

  /** @throws IssuerError REQUEST_INVALID when a governed passport names people who are no operators. */
  async requireOwners(tx: StoreReader, bot: New<BotRecord>): Promise<void> {
    if (bot.governance === undefined) return;
    throwIf(policyRefusal(bot, await ownerViolations(tx, bot)));
  }

  /**
   * Changes a passport: what is narrower at once, what is wider when it was approved.
   * @throws IssuerError NOT_FOUND, STALE_REVISION, WRONG_STATE; REQUEST_INVALID with all that the policy forbids.
   */
  async change(
    tx: StoreTransaction,
    name: string,
    change: PassportChange,
    seen: number,
    author: Author,
    now: Date,
  ): Promise<PassportOutcome> {
    const before = await existingBot(tx, name);
    const { governance } = before;
    const policy = this.policyOf(before);
    const written = { ...changePassport(before, change, now), revision: seen };
    const changed =
      policy === undefined || change.terms === undefined
        ? written
        : this.#filled(written, change.personSaid === true, policy);
    if (governance === undefined || policy === undefined) {
      refuseReviewWithoutPolicy(changed);
      const bot = await tx.updateBot(changed);
      if (before.endsAt !== null && before.endsAt <= now) await liftEnd(tx, bot);
      return outcome(bot, "bot.updated", {}, await cutBeyond(tx, before, bot, now));
    }
    const { to } = cellOf(before, "change");
    throwIf(endRefusal(before, now));
    const authors = [...new Set([...governance.authors, author])];
    if (to === "draft") {
      await this.#require(tx, changed, policy, now);
      const drafted = { ...changed, state: to, governance: { ...governance, authors } };
      return outcome(await tx.updateBot(drafted), "bot.updated");
    }
    const content = contentOf(before);
    const { wider, other } = differencesOf(content, contentOf(changed));
    const waiting = mustWait(wider, policy);
    const kept = without(governance.proposal?.changes ?? {}, Object.keys(other));
    const changes: Partial<PassportContent> = { ...kept, ...waiting };
    const applied = { ...without(wider, Object.keys(waiting)), ...other };
    await this.#require(
      tx,
      withContent(changed, { ...content, ...applied, ...changes }),
      policy,
      now,
    );
    const waits = Object.keys(changes).length > 0;
    const next: BotGovernance = {
      ...governance,
      authors: Object.keys(waiting).length > 0 ? authors : waits ? governance.authors : [],
      proposal: waits ? { changes, at: now } : null,
    };
    const narrowed = withContent({ ...changed, governance: next }, { ...content, ...applied });
    const bot = await tx.updateBot(await this.#settled(tx, narrowed, now));
    const denied = await cutBeyond(tx, before, bot, now);
    const details = waits ? { waiting: Object.keys(changes).sort().join(" ") } : {};
    const updated = { type: "bot.updated", bot: name, details } as const;
    const proposed = { type: "bot.proposed", bot: name, details } as const;
    const proposes = Object.keys(waiting).length > 0;
    return { bot, denied, events: proposes ? [updated, proposed] : [updated] };
  }

  /** Offers a draft for approval. @throws IssuerError NOT_FOUND, WRONG_STATE, REQUEST_INVALID. */
  async propose(tx: StoreTransaction, name: string, author: Author, now: Date) {
    const before = await existingBot(tx, name);
    const { to } = cellOf(before, "propose");
    const governance = governanceOf(before);
    await this.#require(tx, before, this.policyOf(before), now);
    const authors = [...new Set([...governance.authors, author])];
    const proposed = {
      ...before,
      state: to,
      updatedAt: now,
      governance: { ...governance, authors },
    };
    return outcome(await tx.updateBot(proposed), "bot.proposed");
  }

  /**
   * Lets a proposed passport, or the wider version of one, hold.
   * @throws IssuerError NOT_FOUND, WRONG_STATE; STALE_REVISION when it is not what was seen; NOT_AUTHORIZED when the approver
   * wrote any of it; REQUEST_INVALID when the policy forbids it by now.
   */
  async approve(
    tx: StoreTransaction,
    name: string,
    seen: number,
    approver: Author,
    now: Date,
  ): Promise<PassportOutcome> {
    const before = await existingBot(tx, name);
    throwIf(staleRefusal(before, seen));
    const { to } = cellOf(before, "approve");
    throwIf(endRefusal(before, now));
    const governance = governanceOf(before);
    const { proposal } = governance;
    const first = before.state === "proposed";
    if (!first && proposal === null) {
      throw new IssuerError("WRONG_STATE", `nothing of bot ${name} waits for approval`);
    }
    const policy = this.policyOf(before);
    if (policy?.approval !== "none") {
      throwIf(secondPersonRefusal(before, approver, (actor) => this.#personOf(actor)));
    }
    const content = { ...contentOf(before), ...proposal?.changes };
    const wanted = withContent(before, content);
    await this.#require(tx, wanted, policy, now);
    const approved: BotGovernance = {
      ...governance,
      authors: [],
      proposal: null,
      approvedBy: approver,
      approvedAt: now,
      ...(first ? { reviewedBy: approver, reviewedAt: now, warned: false } : {}),
    };
    const next = { ...wanted, state: to, updatedAt: now, governance: approved };
    const bot = await tx.updateBot(await this.#settled(tx, next, now));
    const details = { authors: governance.authors.join(" "), seen: String(seen) };
    const denied = await cutBeyond(tx, before, bot, now);
    const { events } = outcome(bot, "bot.approved", details);
    if (!first) return { bot, denied, events };
    const entries = await this.entries.approveAll(tx, name, governance.authors, approver, now);
    return { bot, denied, events, entries };
  }

  /** Sends a proposal back: a passport to its draft, a wider version into nothing. */
  async reject(tx: StoreTransaction, name: string, seen: number, reason: string, now: Date) {
    const before = await existingBot(tx, name);
    throwIf(staleRefusal(before, seen));
    const { to } = cellOf(before, "reject");
    const governance = governanceOf(before);
    if (before.state !== "proposed" && governance.proposal === null) {
      throw new IssuerError("WRONG_STATE", `nothing of bot ${name} waits for approval`);
    }
    const authors = before.state === "proposed" ? governance.authors : [];
    const next = { ...governance, authors, proposal: null };
    const bot = await tx.updateBot({ ...before, state: to, updatedAt: now, governance: next });
    return outcome(bot, "bot.rejected", { reason });
  }

  /** Somebody has looked at it, and it may go on. A suspended bot must be resumed besides. */
  async review(tx: StoreTransaction, name: string, reviewer: Author, reason: string, now: Date) {
    const before = await existingBot(tx, name);
    cellOf(before, "review");
    const governance = governanceOf(before);
    const reviewed = { ...governance, reviewedBy: reviewer, reviewedAt: now, warned: false };
    const next = { ...before, updatedAt: now, governance: reviewed };
    const bot = await tx.updateBot(await this.#settled(tx, next, now));
    return outcome(bot, "bot.reviewed", { reason });
  }

  /** As `resumeBot`. @throws IssuerError WRONG_STATE too when its review is overdue, or nobody answers for it. */
  async resume(tx: StoreTransaction, name: string, now: Date): Promise<StateChange> {
    const before = await existingBot(tx, name);
    if (before.state === "suspended" && before.governance !== undefined) {
      throwIf(resumptionRefusal(before, now) ?? endRefusal(before, now));
    }
    const change = await resumeBot(tx, name, now);
    if (!change.changed || change.bot.governance === undefined) return change;
    return { ...change, bot: await tx.updateBot(await this.#settled(tx, change.bot, now)) };
  }

  /** As `retireBot`; a signed receipt is kept of what was cut. */
  async retire(
    tx: StoreTransaction,
    name: string,
    { by, reason }: { readonly by: Author; readonly reason: string },
    now: Date,
  ): Promise<StateChange & { readonly receipt: string | undefined }> {
    const live = await tx.liveIssuances({ bot: name }, now);
    const change = await retireBot(tx, name, now);
    if (!change.changed) return { ...change, receipt: await this.receiptOf(tx, name) };
    const idsOf = (kind: "x509" | "jwt") =>
      live
        .filter((each) => each.kind === kind)
        .map(({ id, notAfter }) => ({ id, notAfter: notAfter.toISOString() }));
    const receipt = this.#options.sign({
      bot: name,
      spiffeId: change.bot.spiffeId,
      retiredAt: now.toISOString(),
      by,
      reason,
      serials: idsOf("x509"),
      jtis: idsOf("jwt"),
      instances: change.instances.map(({ id }) => id),
      tokensVoided: change.tokensVoided,
      denied: change.denied,
    });
    await tx.setMeta(RECEIPT_KEY + name, receipt);
    return { ...change, receipt };
  }

  /** The receipt of a bot's retirement; undefined: there is none. */
  receiptOf(store: StoreReader, name: string): Promise<string | undefined> {
    return store.getMeta(RECEIPT_KEY + name);
  }

  /** What time does: warns, restricts, suspends, retires at the end date. Nothing when it is not due. */
  async takeSteps(
    tx: StoreTransaction,
    name: string,
    now: Date,
  ): Promise<readonly PassportEvent[]> {
    const bot = await existingBot(tx, name);
    const { governance } = bot;
    if (governance === undefined) return [];
    const events: PassportEvent[] = [];
    const due = (at: Date | null): boolean => at !== null && at <= now;
    if (due(bot.endsAt) && bot.state !== "retired") {
      cellOf(bot, "end");
      const { denied } = await this.retire(tx, name, { by: "botpass", reason: "end date" }, now);
      return [
        { type: "bot.retired", bot: name, details: { reason: "end date", denied: `${denied}` } },
      ];
    }
    const details = stepDetails(governance);
    let next = bot;
    if (due(governance.warnAt) && !governance.warned) {
      cellOf(bot, "warn");
      next = { ...next, governance: { ...governance, warned: true } };
      events.push({ type: "bot.review_overdue", bot: name, details });
    }
    if (due(governance.restrictAt) && next.state === "active") {
      next = { ...next, state: cellOf(next, "restrict").to };
      events.push({ type: "bot.restricted", bot: name, details });
    }
    if (next !== bot) next = await tx.updateBot({ ...next, updatedAt: now });
    if (due(governance.suspendAt) && (next.state === "active" || next.state === "restricted")) {
      cellOf(next, "time out");
      const { denied } = await suspendBot(tx, name, now);
      const told = { ...details, denied: String(denied) };
      events.push({ type: "bot.suspended", bot: name, details: told });
    }
    return events;
  }

  /** The operator is gone: bots go to their deputies, or have a time to find an owner. */
  async ownerRemoved(tx: StoreTransaction, owner: string, now: Date): Promise<PassportOutcome[]> {
    const outcomes: PassportOutcome[] = [];
    const owned: BotRecord[] = [];
    let after: string | null = null;
    do {
      const page: { items: readonly BotRecord[]; next: string | null } = await tx.listBots(
        { owner },
        { limit: 1000, ...(after === null ? {} : { after }) },
      );
      owned.push(...page.items);
      after = page.next;
    } while (after !== null);
    for (const bot of owned) {
      if (bot.governance === undefined || bot.state === "retired") continue;
      const settled = await this.#settled(tx, bot, now);
      const left = await tx.updateBot({ ...settled, updatedAt: now });
      const details = { owner, now: left.owner === owner ? "nobody" : left.owner };
      const lost = { type: "bot.owner_lost", bot: bot.name, details } as const;
      // The deputy's passport from now on, whole.
      const updated = { type: "bot.updated", bot: bot.name, details: {} } as const;
      const events = left.owner === owner ? [lost] : [lost, updated];
      outcomes.push({ bot: left, denied: 0, events });
    }
    return outcomes;
  }

  /**
   * Policies came, went or changed since the last start: passports that are held already go on under them, as approved and
   * reviewed now, and times are counted anew. One that names no operator has its grace to find one.
   */
  async adopt(
    store: Store,
    now: Date,
    record: (tx: StoreTransaction, events: readonly PassportEvent[]) => Promise<void>,
  ): Promise<void> {
    const policies = JSON.stringify(
      [...this.#options.policies].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    if ((await store.getMeta(POLICIES_KEY)) === (policies === "[]" ? undefined : policies)) return;
    let after: string | null = null;
    do {
      const page: { items: readonly BotRecord[]; next: string | null } = await store.listBots(
        {},
        { limit: ADOPTED_TOGETHER, ...(after === null ? {} : { after }) },
      );
      await store.transaction(async (tx) => {
        const events: PassportEvent[] = [];
        for (const { name } of page.items) events.push(...(await this.#adoptOne(tx, name, now)));
        await record(tx, events);
      });
      after = page.next;
    } while (after !== null);
    const kept = policies === "[]" ? undefined : policies;
    await store.transaction((tx) => tx.setMeta(POLICIES_KEY, kept));
  }

  /** undefined: the environment has none, or the bot is a person's identity. */
  policyOf({ kind, environment }: Pick<BotRecord, "kind" | "environment">) {
    return kind === "operator" ? undefined : this.#options.policies.get(environment);
  }

  /** A name below a governed environment's is for those whom its policy judges: services tell them by it. */
  #refuseForeignPath({ kind, environment, spiffeId }: New<BotRecord>): void {
    const of = /^spiffe:\/\/[^/]+\/bot\/([^/]+)(\/|$)/.exec(spiffeId)?.[1];
    if (kind === "operator" || of === undefined || of === environment) return;
    if (!this.#options.policies.has(of)) return;
    const message = `path of ${spiffeId} is below environment ${of}, which has a policy, and the bot is of environment ${environment}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }

  async #adoptOne(tx: StoreTransaction, name: string, now: Date): Promise<PassportEvent[]> {
    const bot = await existingBot(tx, name);
    const policy = this.policyOf(bot);
    if (bot.state === "retired" || (policy === undefined && bot.governance === undefined))
      return [];
    const adopted = bot.governance === undefined;
    const governance = bot.governance ?? begunGovernance([], "adopted", now);
    const settled = await this.#settled(tx, { ...bot, governance }, now);
    if (JSON.stringify(settled) === JSON.stringify(bot)) return [];
    await tx.updateBot({ ...settled, updatedAt: now });
    const details = { environment: bot.environment };
    return adopted ? [{ type: "bot.adopted", bot: name, details }] : [];
  }

  #filled<T extends New<BotRecord>>(record: T, said: boolean, policy: EnvironmentPolicy): T {
    const { owner, purpose, endsAt } = record;
    const terms: PassportTerms = record.terms ?? NO_TERMS;
    return withContent(record, { ...withDefaults(terms, said, policy), owner, purpose, endsAt });
  }

  #begun(
    bot: New<BotRecord>,
    policy: EnvironmentPolicy,
    propose: boolean,
    author: Author,
    now: Date,
  ): New<BotRecord> {
    if (policy.approval === "none") {
      const governance = begunGovernance([], author, now);
      return {
        ...bot,
        state: "active",
        governance: { ...governance, ...timesOf(bot, governance, policy) },
      };
    }
    const governance = begunGovernance([author], null, now);
    return { ...bot, state: propose ? "proposed" : "draft", governance };
  }

  async #require(
    tx: StoreReader,
    bot: BotRecord,
    policy: EnvironmentPolicy | undefined,
    now: Date,
  ): Promise<void> {
    const broken = policy === undefined ? [] : policyViolations(bot, policy, now);
    throwIf(policyRefusal(bot, [...broken, ...(await ownerViolations(tx, bot))]));
  }

  /** Who answers for it, its times, and whether it is still restricted. */
  async #settled(tx: StoreReader, bot: BotRecord, now: Date): Promise<BotRecord> {
    const { governance } = bot;
    if (governance === undefined) return bot;
    let held = bot;
    let { ownerGoneAt } = governance;
    if (isServing(await tx.getOperator(bot.owner))) ownerGoneAt = null;
    else {
      const { deputy } = termsOf(bot);
      if (deputy !== null && isServing(await tx.getOperator(deputy))) {
        held = withContent(bot, { ...contentOf(bot), owner: deputy, deputy: null });
        ownerGoneAt = null;
      } else ownerGoneAt ??= now;
    }
    const policy = this.policyOf(bot);
    const owned = { ...governance, ownerGoneAt };
    const settled = { ...held, governance: { ...owned, ...timesOf(held, owned, policy) } };
    if (settled.state !== "active" && settled.state !== "restricted") return settled;
    const { state: _, ...rest } = settled;
    const restricted = isRestricted({ ...rest, state: "active" }, now);
    return { ...rest, state: restricted ? "restricted" : "active" };
  }

  /** Root and the server's own user are one person: either can be the other. */
  #personOf(actor: Author): string {
    return actor === "uid:0" || actor === `uid:${this.#options.uid}` ? "uid:0" : actor;
  }
}

function begunGovernance(
  authors: readonly string[],
  approvedBy: string | null,
  now: Date,
): BotGovernance {
  const at = approvedBy === null ? null : now;
  return {
    authors,
    approvedBy,
    approvedAt: at,
    reviewedBy: approvedBy,
    reviewedAt: at,
    ownerGoneAt: null,
    warnAt: null,
    restrictAt: null,
    suspendAt: null,
    warned: false,
    proposal: null,
  };
}

/** When the passport is warned of, restricted and suspended: by its review, or by the loss of its owner. */
function timesOf(
  bot: Pick<BotRecord, "terms">,
  { reviewedAt, ownerGoneAt }: BotGovernance,
  policy: EnvironmentPolicy | undefined,
): Pick<BotGovernance, "warnAt" | "restrictAt" | "suspendAt"> {
  if (policy === undefined) return { warnAt: null, restrictAt: null, suspendAt: null };
  const every = least(termsOf(bot).reviewEverySeconds, policy.reviewEverySeconds);
  const warnAt = every === null ? null : later(reviewedAt, every);
  const restrictAt = earlier(
    later(warnAt, policy.reviewGraceSeconds),
    later(ownerGoneAt, policy.ownerGraceSeconds),
  );
  return { warnAt, restrictAt, suspendAt: later(restrictAt, policy.suspendAfterSeconds) };
}

/** Ends what a narrower passport would not let in any more. @returns how many live SVIDs are denied. */
async function cutBeyond(
  tx: StoreTransaction,
  before: BotRecord,
  bot: BotRecord,
  now: Date,
): Promise<number> {
  const { other } = differencesOf(contentOf(before), contentOf(bot));
  let denied = 0;
  if (other.attestors !== undefined || other.networks !== undefined) {
    for (const instance of await instancesWith(tx, { bot: bot.name, state: "active" })) {
      const outside =
        attestorRefusal(bot, instance.attestor) ?? networkRefusal(bot, instance.remoteAddress);
      if (outside !== undefined) denied += (await endInstance(tx, instance, "ended", now)).denied;
    }
  }
  const { attestors, networks, audiences, personAllowed } = other;
  if ([attestors, networks, audiences, personAllowed].every((each) => each === undefined)) {
    return denied;
  }
  // What those hold that have left since, and people, lives on by itself.
  const instances = new Map<string, InstanceRecord | undefined>();
  const isBeyond = async (issued: IssuanceRecord): Promise<boolean> => {
    const { kind, instanceId } = issued;
    if (kind === "jwt" && issued.audiences.some((each) => audienceRefusal(bot, each))) return true;
    if (instanceId === null) return personRefusal(bot) !== undefined;
    if (!instances.has(instanceId)) instances.set(instanceId, await tx.getInstance(instanceId));
    const instance = instances.get(instanceId);
    if (instance === undefined || instance.state === "active") return false;
    const { attestor, remoteAddress } = instance;
    return (attestorRefusal(bot, attestor) ?? networkRefusal(bot, remoteAddress)) !== undefined;
  };
  const beyond: IssuanceRecord[] = [];
  for (const issued of await tx.liveIssuances({ bot: bot.name }, now)) {
    if (await isBeyond(issued)) beyond.push(issued);
  }
  return denied + (await denyUndenied(tx, beyond));
}

function governanceOf({ name, environment, governance }: BotRecord): BotGovernance {
  if (governance !== undefined) return governance;
  const message = `bot ${name} is in environment ${environment}, which has no policy`;
  throw new IssuerError("WRONG_STATE", message);
}

function refuseReviewWithoutPolicy({ environment, terms }: New<BotRecord>): void {
  if (terms?.reviewEverySeconds === undefined || terms.reviewEverySeconds === null) return;
  const message = `review_every_seconds: environment ${environment} has no policy, and nobody would act on it`;
  throw new IssuerError("REQUEST_INVALID", message);
}

function stepDetails({ warnAt, ownerGoneAt }: BotGovernance): Record<string, string> {
  return {
    ...(warnAt === null ? {} : { reviewDue: warnAt.toISOString() }),
    ...(ownerGoneAt === null ? {} : { ownerGone: ownerGoneAt.toISOString() }),
  };
}

function outcome(
  bot: BotRecord,
  type: PassportEvent["type"],
  details: Readonly<Record<string, string>> = {},
  denied = 0,
): PassportOutcome {
  return { bot, denied, events: [{ type, bot: bot.name, details }] };
}

function without(
  changes: Partial<PassportContent>,
  names: readonly string[],
): Partial<PassportContent> {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !names.includes(name)));
}

function throwIf(refusal: IssuerError | undefined): void {
  if (refusal !== undefined) throw refusal;
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function later(at: Date | null, seconds: number): Date | null {
  return at === null ? null : new Date(at.getTime() + seconds * 1000);
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}
