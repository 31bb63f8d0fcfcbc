import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { canonicalJson, type JsonValue } from "../../audit/index.ts";
import {
  canHappen,
  existingBot,
  type Narrowing,
  narrow,
  narrowingOf,
  staleRefusal,
  validateText,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, EntryRecord, StoreTransaction } from "../../store/index.ts";
import type {
  CompleteReviewRequest__Output,
  CompleteReviewResponse,
  DueReview,
  GetReviewRequest__Output,
  ListReviewsRequest__Output,
  ListReviewsResponse,
  Narrowing as NarrowingMessage,
  Review,
} from "../../wire/index.ts";
import { botMessage, changeEvents } from "./bots.ts";
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { entryDetails } from "./entries.ts";
import { msOf, pageOf, requiredOf } from "./fields.ts";
import {
  audienceGrants,
  callerGrants,
  dayOf,
  entryGrants,
  type Grant,
  peerGrants,
  reportersOf,
  summaryOf,
  type UseFacts,
  unusedOf,
  useFactsOf,
} from "./grants.ts";
import { incidentsOf } from "./incidents.ts";
import { type OwnEvidence, ownEvidenceOf } from "./review-evidence.ts";
import { callersOf, sinceOf, usedOperations } from "./usage.ts";

const DAYS = 90;
const MOST_WITHIN_SECONDS = 10 * 366 * 86_400;
const MOST_LISTED = 1_000;

/** The methods of ReviewService that are about one bot, or those that are due. */
export function reviewMethods(services: AdminServices) {
  const { store, clock, uses, governor } = services;
  return {
    async listReviews(request: ListReviewsRequest__Output): Promise<ListReviewsResponse> {
      const now = clock.now();
      const since = sinceOf(now, request.days, DAYS);
      const { withinSeconds } = request;
      if (withinSeconds > MOST_WITHIN_SECONDS) {
        const message = `within_seconds ${withinSeconds} is above ${MOST_WITHIN_SECONDS}`;
        throw new IssuerError("REQUEST_INVALID", message);
      }
      const until = new Date(now.getTime() + withinSeconds * 1000);
      await uses.write();
      const filter = request.owner === "" ? {} : { owner: request.owner };
      const { items, next } = await store.listBots(filter, pageOf(request));
      const reporters = await reportersOf(store, now);
      const reviews: DueReview[] = [];
      for (const bot of items) {
        const due = bot.governance?.warnAt ?? null;
        if (due === null || due > until || !isReviewed(bot)) continue;
        // Reads wait for nothing: others must have their turn.
        if (reviews.length % 10 === 9) await nextTurn();
        const facts = await useFactsOf(store, bot, since);
        reviews.push(dueReview(facts, due, reporters));
      }
      return { reviews, nextPageToken: next ?? "" };
    },

    async getReview(request: GetReviewRequest__Output): Promise<Review> {
      const name = requiredOf("bot", request.bot);
      return (await reviewOf(services, name, request.days)).message;
    },

    async completeReview(
      request: CompleteReviewRequest__Output,
      call: AdminCall,
    ): Promise<CompleteReviewResponse> {
      const name = requiredOf("bot", request.bot);
      const note = validateText("note", request.note, 1024);
      const { revision, narrow: narrows, digest: seen } = request;
      if (revision === 0) throw new IssuerError("REQUEST_INVALID", "revision is required");
      const looked = await reviewOf(services, name, request.days);
      if (seen !== "" && seen !== looked.message.digest) {
        const message = `review of bot ${name} has digest ${looked.message.digest}, not ${seen.slice(0, 64)}: look at it again`;
        throw new IssuerError("STALE_REVISION", message);
      }
      return changeState(services, call, async (tx, now) => {
        await requireSame(tx, looked.facts, revision);
        const { actor } = call.caller;
        const { narrowing } = looked;
        const done = narrows
          ? await narrow(governor, tx, name, narrowing, actor, now)
          : { passport: [], entries: [], denied: 0 };
        const reviewed = await governor.review(tx, name, actor, note, now);
        const steps = narrows ? narrowing.steps : [];
        const looksAt = {
          revision: String(revision),
          digest: looked.message.digest,
          since: looked.message.since,
          ...(steps.length === 0 ? {} : { narrowed: steps.map(({ field }) => field).join(" ") }),
        };
        const events: OperatorEvent[] = [
          ...done.entries.flatMap(({ entry, events: all }) =>
            all.map(
              (event) =>
                ({
                  ...event,
                  details: { ...entryDetails(entry), ...event.details },
                }) as OperatorEvent,
            ),
          ),
          ...changeEvents({ bot: reviewed.bot, events: done.passport, denied: done.denied }),
          ...changeEvents({
            ...reviewed,
            events: reviewed.events.map((event) => ({
              ...event,
              details: { ...event.details, ...looksAt },
            })),
          }),
        ];
        return {
          result: {
            bot: botMessage(reviewed.bot),
            digest: looked.message.digest,
            narrowed: steps.map(stepMessage),
            denied: done.denied,
          },
          events,
        };
      });
    },
  };
}

/** Whether a review changes anything of it. */
function isReviewed({ state, kind }: BotRecord): boolean {
  return kind !== "operator" && canHappen("review", state);
}

/** What was looked at must be what is there. @throws IssuerError NOT_FOUND, STALE_REVISION. */
async function requireSame(
  tx: StoreTransaction,
  { bot, entries, pending }: UseFacts,
  seen: number,
): Promise<void> {
  const now = await existingBot(tx, bot.name);
  const stale = staleRefusal(now, seen);
  if (stale !== undefined) throw stale;
  const revisions = (all: readonly EntryRecord[]): string =>
    all
      .map(({ id, revision }) => `${id} ${revision}`)
      .sort()
      .join("\n");
  if (
    now.revision === bot.revision &&
    revisions(await tx.entriesOfBot(bot.name)) === revisions([...entries, ...pending])
  ) {
    return;
  }
  const message = `bot ${bot.name}, or an entry of it, has changed just now: look at it again`;
  throw new IssuerError("STALE_REVISION", message);
}

function dueReview(facts: UseFacts, due: Date, reporters: ReadonlyMap<string, string>): DueReview {
  const { bot } = facts;
  const { state: use, lastUsedMs } = summaryOf(facts);
  const { restrictAt = null, suspendAt = null, reviewedBy, reviewedAt } = bot.governance ?? {};
  const { name } = bot;
  const unused = (kind: string, grants: readonly Grant[]) =>
    unusedOf(grants).map((each) => `${kind} ${each}`);
  return {
    bot: name,
    owner: bot.owner,
    environment: bot.environment,
    state: bot.state,
    revision: bot.revision,
    dueMs: due.getTime(),
    restrictAtMs: msOf(restrictAt),
    suspendAtMs: msOf(suspendAt),
    reviewedBy: reviewedBy ?? "",
    reviewedAtMs: msOf(reviewedAt ?? null),
    use,
    lastUsedMs,
    unused: [
      ...unused("audience", audienceGrants(facts)),
      ...unused("may_call", peerGrants(facts, reporters)),
      ...unused("called_by", callerGrants(facts, reporters.has(name))),
      ...unused("entry", entryGrants(facts)),
    ],
  };
}

/** All that is looked at. */
interface Looked {
  readonly facts: UseFacts;
  readonly narrowing: Narrowing;
  readonly message: Review & { readonly digest: string; readonly since: string };
}

async function reviewOf(services: AdminServices, name: string, days: number): Promise<Looked> {
  const { store, clock, uses, registry } = services;
  const now = clock.now();
  const since = sinceOf(now, days, DAYS);
  await uses.write();
  const bot = await existingBot(store, name);
  const facts = await useFactsOf(store, bot, since);
  const reporters = await reportersOf(store, now);
  const own = await ownEvidenceOf(store, name, since, now);
  const reviewedAt = bot.governance?.reviewedAt ?? bot.createdAt;
  const incidents = await incidentsOf(store, bot, reviewedAt);
  const audiences = audienceGrants(facts, own);
  const peers = peerGrants(facts, reporters, own);
  const callers = callerGrants(facts, reporters.has(name));
  const entries = entryGrants(facts);
  const narrowing = narrowingOf(bot, facts.entries, {
    ...own,
    entriesAreOld: entries.every(({ state }) => state === "used" || state === "unused"),
    unused: {
      audiences: new Set(unusedOf(audiences)),
      mayCall: new Set(unusedOf(peers)),
      calledBy: new Set(unusedOf(callers)),
      entries: new Set(unusedOf(entries)),
    },
  });
  const active = own.instances.filter(({ state }) => state === "active");
  const proposals = narrowing.steps.map(stepMessage);
  const { state: use, lastUsedMs, lastIssuedMs } = summaryOf(facts);
  const used = usedOperations(facts).map((each) => ({
    ...each,
    unbacked: each.refused === "" && own.wasWithout(new Date(each.lastMs)),
  }));
  const sources = sourcesOf(facts, own);
  return {
    facts,
    narrowing,
    message: {
      bot: botMessage(bot),
      digest: digestOf({
        passport: botMessage(bot),
        entries: [...facts.entries, ...facts.pending].map(({ id, revision }) => ({ id, revision })),
        incidents: incidents.map(({ kind, id }) => ({ kind, id })),
        proposals,
      }),
      since: dayOf(since),
      use,
      lastUsedMs,
      lastIssuedMs,
      used,
      sources,
      callers: await callersOf(store, facts),
      grants: [
        ...grantMessages("audience", audiences),
        ...grantMessages("may_call", peers),
        ...grantMessages("called_by", callers),
        ...grantMessages("entry", entries),
      ],
      instances: active.slice(0, MOST_LISTED).map((each) => ({
        id: each.id,
        entry: each.entryId,
        attestor: each.attestor,
        remoteAddress: each.remoteAddress,
        attestedAtMs: each.attestedAt.getTime(),
        lastSeenMs: each.lastSeenAt.getTime(),
        connected: registry.isConnected(each.id),
      })),
      instanceCount: active.length,
      incidents: [...incidents],
      proposals,
      advice: adviceOf(facts, own, { audiences, peers, callers, sources }),
    },
  };
}

function sourcesOf({ used }: UseFacts, own: OwnEvidence) {
  const accepted = used.filter(({ refused }) => refused === "");
  const services = [...new Set(accepted.map(({ service }) => service))];
  return services
    .map((service) => {
      const told = accepted.filter((use) => use.service === service);
      return {
        service,
        count: told.reduce((sum, { count }) => sum + count, 0),
        lastMs: Math.max(...told.map(({ lastAt }) => lastAt.getTime())),
        alone: services.length === 1,
        unbacked: told.some(({ lastAt }) => own.wasWithout(lastAt)),
      };
    })
    .sort((a, b) => b.count - a.count);
}

type Sources = ReturnType<typeof sourcesOf>;

/** What nobody can conclude from use alone. */
function adviceOf(
  facts: UseFacts,
  { mostInstances }: OwnEvidence,
  granted: {
    readonly audiences: readonly Grant[];
    readonly peers: readonly Grant[];
    readonly callers: readonly Grant[];
    readonly sources: Sources;
  },
): string[] {
  const { bot, since } = facts;
  const { name } = bot;
  const { state } = summaryOf(facts);
  const unknown = (grants: readonly Grant[]) =>
    grants
      .filter(({ state, reportedBy }) => state === "unknown" && reportedBy.length === 0)
      .map((each) => each.name);
  const advice: string[] = [];
  if (state === "idle" && bot.state !== "suspended" && bot.state !== "retired") {
    advice.push(`nobody has used it since ${dayOf(since)}: botpass bot suspend ${name}, or retire`);
  }
  for (const { service, unbacked, alone } of granted.sources) {
    if (unbacked) {
      advice.push(
        `${service} reports calls from a time when ${name} held no SVID: ask who runs it`,
      );
    } else if (alone) advice.push(`${service} alone reports any use of it`);
  }
  for (const peer of unknown(granted.peers)) {
    advice.push(`whether it calls ${peer} is not known: nobody there reports callers`);
  }
  if (unknown(granted.callers).length > 0) {
    advice.push("who calls it is not known: its service reports no callers");
  }
  for (const audience of unknown(granted.audiences)) {
    advice.push(`tokens for ${audience} are issued, and no service reports them`);
  }
  if (bot.terms?.maxInstances === undefined || bot.terms.maxInstances === null) {
    if (mostInstances > 0) {
      const command = `botpass bot update ${name} --max-instances ${mostInstances}`;
      advice.push(`its instances are not limited, most at once were ${mostInstances}: ${command}`);
    }
  }
  return advice;
}

function grantMessages(kind: string, grants: readonly Grant[]) {
  return grants.map((grant) => ({ ...grant, kind, reportedBy: [...grant.reportedBy] }));
}

function stepMessage(step: Narrowing["steps"][number]): NarrowingMessage {
  return { ...step, entry: step.entry ?? "", before: [...step.before], after: [...step.after] };
}

/** @param value plain data: what JSON can say. */
function digestOf(value: object): string {
  const plain = JSON.parse(JSON.stringify(value)) as Record<string, JsonValue>;
  return createHash("sha256").update(canonicalJson(plain)).digest("hex");
}
