import { auditDraft } from "../../audit/index.ts";
import {
  type EntryOutcome,
  type EntryWish,
  existingBot,
  explainEntries,
  isPending,
  type NodeProof,
  newEntry,
  proposedContentOf,
  removeEntry,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import { formatSelector, type Selector } from "../../spiffe/index.ts";
import type {
  AuditDraft,
  BotRecord,
  EntryRecord,
  New,
  StoreTransaction,
} from "../../store/index.ts";
import {
  type CreateEntryResult,
  type Entry,
  type Entry__Output,
  type EntryGovernance,
  type ExplainEntriesRequest__Output,
  errorToMessage,
  type ListEntriesRequest__Output,
} from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { instantOf, msOf, pageOf, requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";
import { inSlices } from "./slices.ts";

const MAX_ENTRIES = 1000;
/** Entries of one transaction: issuance must not wait long for it. */
const ENTRIES_TOGETHER = 50;

/** Makes what can be made: `createEntry` of the store writes all of an entry or nothing, so that none needs a savepoint. */
async function createSome(
  services: AdminServices,
  tx: StoreTransaction,
  entries: readonly Entry__Output[],
  call: AdminCall,
): Promise<readonly CreateEntryResult[]> {
  const now = services.clock.now();
  await services.callers.confirm(tx, call.caller);
  const { actor, source } = call.caller;
  const base = { requestId: call.requestId, actor, source, outcome: "ok" } as const;
  const drafts: AuditDraft[] = [];
  const { governor } = services;
  const bots = new Map<string, BotRecord>();
  const results: CreateEntryResult[] = [];
  for (const each of entries) {
    try {
      const bot = requiredOf("entry.bot", each.bot);
      const wish = wishOf(each, []);
      services.oidcRules.check(wish.selectors);
      const passport = bots.get(bot) ?? (await existingBot(tx, bot));
      const identity = { id: timedUuid(now, services.randomBytes), createdBy: actor };
      const written = newEntry(bot, wish, identity, now);
      const entry = await tx.createEntry(governor.entries.begin(passport, written, actor));
      bots.set(bot, passport);
      const event = { ...base, type: "entry.created", bot, entry: entry.id } as const;
      drafts.push(auditDraft({ ...event, details: entryDetails(entry) }, now));
      results.push({ id: entry.id });
    } catch (error) {
      if (!(error instanceof IssuerError) || error.code === "STORE_UNAVAILABLE") throw error;
      results.push({ error: errorToMessage(error, call.requestId) });
    }
  }
  for (const bot of bots.keys()) await governor.entries.written(tx, bot, actor, now);
  if (drafts.length > 0) await tx.appendAudit(drafts);
  return results;
}

/** The methods of EntryService. */
export function entryMethods(services: AdminServices) {
  const answer = (entry: EntryRecord) => ({
    entry: entryMessage(entry),
    warnings: warningsOf(entry, services),
  });
  return {
    createEntry(request: { entry: Entry__Output | null }, call: AdminCall) {
      const wish = wishOf(request.entry, []);
      services.oidcRules.check(wish.selectors);
      const name = requiredOf("entry.bot", request.entry?.bot ?? "");
      return changeState(services, call, async (tx, now) => {
        const { actor } = call.caller;
        const { governor } = services;
        const bot = await existingBot(tx, name);
        const identity = { id: timedUuid(now, services.randomBytes), createdBy: actor };
        const written = newEntry(name, wish, identity, now);
        const entry = await tx.createEntry(governor.entries.begin(bot, written, actor));
        await governor.entries.written(tx, name, actor, now);
        const details = entryDetails(entry);
        return {
          result: answer(entry),
          events: [{ type: "entry.created", bot: name, entry: entry.id, details }],
        };
      });
    },

    async createEntries(request: { entries: Entry__Output[] }, call: AdminCall) {
      const { entries } = request;
      if (entries.length < 1 || entries.length > MAX_ENTRIES) {
        const message = `${entries.length} entries, not 1 to ${MAX_ENTRIES}`;
        throw new IssuerError("REQUEST_INVALID", message);
      }
      const results = await inSlices(services.store, entries, ENTRIES_TOGETHER, (tx, some) =>
        createSome(services, tx, some, call),
      );
      return { results: results.flat() };
    },

    async getEntry(request: { id: string }) {
      const entry = await services.store.getEntry(requiredOf("id", request.id));
      if (entry !== undefined) return entryMessage(entry);
      throw new IssuerError("NOT_FOUND", `entry ${request.id} does not exist`);
    },

    async listEntries(request: ListEntriesRequest__Output) {
      const filter = request.bot === "" ? {} : { bot: request.bot };
      const { items, next } = await services.store.listEntries(filter, pageOf(request));
      return { entries: items.map(entryMessage), nextPageToken: next ?? "" };
    },

    updateEntry(request: { entry: Entry__Output | null }, call: AdminCall) {
      const wish = wishOf(request.entry, []);
      services.oidcRules.check(wish.selectors);
      const id = requiredOf("entry.id", request.entry?.id ?? "");
      return changeState(services, call, async (tx, now) => {
        const before = await tx.getEntry(id);
        if (before === undefined) {
          throw new IssuerError("NOT_FOUND", `entry ${id} does not exist`);
        }
        const revision = request.entry?.revision ?? 0;
        const { actor } = call.caller;
        const { entries } = services.governor;
        const outcome = await entries.change(tx, before, wish, revision, actor, now);
        await entries.written(tx, before.bot, actor, now);
        return { result: answer(outcome.entry), events: entryEvents(outcome) };
      });
    },

    deleteEntry(request: { id: string }, call: AdminCall) {
      const id = requiredOf("id", request.id);
      return changeState(services, call, async (tx, now) => {
        const { entry, denied } = await removeEntry(tx, id, now);
        const details = { ...entryDetails(entry), denied: String(denied) };
        return {
          result: {},
          events: [{ type: "entry.deleted", bot: entry.bot, entry: id, details }],
        };
      });
    },

    async explainEntries(request: ExplainEntriesRequest__Output) {
      const token = await explainToken(services, request);
      const selectors = token?.selectors ?? selectorsOf(request.selectors);
      if (token?.selectors.length === 0) return { entries: [], ...token };
      if (selectors.length < 1 || selectors.length > 1000) {
        const message = `${selectors.length} selectors, not 1 to 1,000`;
        throw new IssuerError("REQUEST_INVALID", message);
      }
      const node = await nodeOf(services.store, request.node);
      const { store, clock, oidcRules } = services;
      const proven = oidcRules.provenRefusal(selectors);
      const found = await explainEntries(
        store,
        selectors,
        clock.now(),
        node,
        (entry) => oidcRules.refusal(entry) ?? proven,
      );
      return {
        refusal: token?.refusal ?? "",
        selectors: token?.selectors ?? [],
        entries: found.map(({ entry, missing, refusal }) => ({
          entry: entryMessage(entry),
          matches: missing.length === 0,
          missing: [...missing],
          refusal,
        })),
      };
    },
  };
}

/** What a platform's token proves, and why it would be refused; undefined when none is asked about. */
async function explainToken(
  { idTokens, store }: AdminServices,
  { idToken, selectors }: ExplainEntriesRequest__Output,
): Promise<{ refusal: string; selectors: Selector[] } | undefined> {
  if (idToken === "") return undefined;
  if (selectors.length > 0) {
    throw new IssuerError("REQUEST_INVALID", "selectors and id_token are given, not one of them");
  }
  try {
    const verified = await idTokens.verify(idToken);
    const use = await store.getIdTokenUse(verified.useId);
    const refusal =
      use === undefined
        ? ""
        : `it was used already: only key ${use.keyFingerprint} may bring it again (instances ${use.instanceIds.join(" ") || "none"})`;
    return { refusal, selectors: [...verified.selectors] };
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    return { refusal: error.message, selectors: [] };
  }
}

/** What an entry message wishes for; `selectors` when it names none. */
export function wishOf(entry: Entry__Output | null, selectors: readonly Selector[]): EntryWish {
  if (entry === null) return { selectors };
  const named = selectorsOf(entry.selectors);
  return {
    selectors: named.length === 0 ? selectors : named,
    x509TtlSeconds: entry.x509TtlSeconds === 0 ? null : entry.x509TtlSeconds,
    jwtTtlSeconds: entry.jwtTtlSeconds === 0 ? null : entry.jwtTtlSeconds,
    dnsNames: entry.dnsNames,
    audiences: entry.audiences,
    hint: entry.hint,
    expiresAt: instantOf("expires_at_ms", entry.expiresAtMs),
    nodes: entry.nodes,
    nodeSelectors: selectorsOf(entry.nodeSelectors),
  };
}

/** An entry as operators see it. */
export function entryMessage(entry: EntryRecord): Entry {
  return {
    id: entry.id,
    bot: entry.bot,
    selectors: [...entry.selectors],
    x509TtlSeconds: entry.x509TtlSeconds ?? 0,
    jwtTtlSeconds: entry.jwtTtlSeconds ?? 0,
    dnsNames: [...entry.dnsNames],
    audiences: [...entry.audiences],
    hint: entry.hint,
    expiresAtMs: msOf(entry.expiresAt),
    createdAtMs: entry.createdAt.getTime(),
    updatedAtMs: entry.updatedAt.getTime(),
    revision: entry.revision,
    nodes: [...entry.nodes],
    nodeSelectors: [...entry.nodeSelectors],
    ...(entry.governance === undefined ? {} : { governance: governanceMessage(entry) }),
  };
}

function governanceMessage(entry: EntryRecord): EntryGovernance {
  const { authors = [], approvedBy = null, approvedAt = null, proposal } = entry.governance ?? {};
  const { selectors, dnsNames, audiences, nodes, nodeSelectors, ...whole } =
    proposedContentOf(entry);
  return {
    pending: isPending(entry),
    authors: [...authors],
    approvedBy: approvedBy ?? "",
    approvedAtMs: msOf(approvedAt),
    proposal: proposal
      ? {
          selectors: [...selectors],
          x509TtlSeconds: whole.x509TtlSeconds ?? 0,
          jwtTtlSeconds: whole.jwtTtlSeconds ?? 0,
          dnsNames: [...dnsNames],
          audiences: [...audiences],
          hint: whole.hint,
          expiresAtMs: msOf(whole.expiresAt),
          nodes: [...nodes],
          nodeSelectors: [...nodeSelectors],
          proposedAtMs: proposal.at.getTime(),
        }
      : null,
  };
}

/** What the audit says of a change: the whole entry as it stands, and what waits. */
export function entryEvents({ entry, events }: EntryOutcome): readonly OperatorEvent[] {
  return events.map((event) => ({
    ...event,
    details: { ...entryDetails(entry), ...event.details },
  }));
}

/** What an operator should know of the entry just made. */
export function warningsOf(
  entry: EntryRecord,
  { uid, oidcRules }: Pick<AdminServices, "uid" | "oidcRules">,
): string[] {
  const own = `unix:uid:${uid}`;
  const warnings = oidcRules.warnings(entry.selectors);
  if (!entry.selectors.some((each) => formatSelector(each) === own)) return warnings;
  return [
    ...warnings,
    `${own} is the server's own user: whoever runs as it can read the issuer's keys, ` +
      "so give the bot a user of its own",
  ];
}

function selectorsOf(selectors: readonly { type: string; value: string }[]): Selector[] {
  return selectors.map(({ type, value }) => ({ type, value }));
}

/** What the audit says of an entry. */
export function entryDetails(entry: New<EntryRecord>): Record<string, string> {
  return {
    selectors: entry.selectors.map(formatSelector).join(" "),
    dnsNames: entry.dnsNames.join(" "),
    audiences: entry.audiences.join(" "),
    x509TtlSeconds: String(entry.x509TtlSeconds ?? ""),
    jwtTtlSeconds: String(entry.jwtTtlSeconds ?? ""),
    hint: entry.hint,
    expiresAt: entry.expiresAt?.toISOString() ?? "",
    nodes: entry.nodes.join(" "),
    nodeSelectors: entry.nodeSelectors.map(formatSelector).join(" "),
    ...(isPending(entry) ? { state: "pending" } : {}),
  };
}

/** The node that an operator asks about, with what its active instances proved; none when no name is given. */
async function nodeOf(store: AdminServices["store"], name: string): Promise<NodeProof | undefined> {
  if (name === "") return undefined;
  await existingBot(store, name);
  const { items } = await store.listInstances({ bot: name, state: "active" });
  return { bot: name, selectors: items.flatMap(({ selectors }) => selectors) };
}
