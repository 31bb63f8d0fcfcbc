import { setImmediate as nextTurn } from "node:timers/promises";
import { auditDraft, type Recorder } from "../../audit/index.ts";
import { BOT_KINDS, canHappen } from "../../bots/index.ts";
import type { Clock } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { BotRecord, CampaignRecord, Store, StoreReader } from "../../store/index.ts";
import type { Campaign, CampaignOwner, StartCampaignRequest__Output } from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { choiceOf, instantOf, requiredOf } from "./fields.ts";

/** Bots of one campaign: they are named in one transaction. */
const MOST_BOTS = 5_000;
/** Bots that an answer lists as left, of one owner. */
const MOST_LEFT = 1_000;
const READ_TOGETHER = 200;
const LABEL = /^[a-z0-9-]{1,63}$/;

/** The methods of ReviewService that are about campaigns. */
export function campaignMethods(services: AdminServices) {
  const { store, clock } = services;
  return {
    async startCampaign(request: StartCampaignRequest__Output, call: AdminCall) {
      const { name, environment, owner } = request;
      if (!LABEL.test(name)) {
        const shown = JSON.stringify(name.slice(0, 80));
        throw invalid(`name ${shown} is not 1 to 63 of the characters a-z, 0-9 and -`);
      }
      const kind = choiceOf("kind", request.kind, BOT_KINDS);
      if (environment === "" && owner === "" && kind === undefined) {
        throw invalid("environment, owner or kind is required: which bots are to be reviewed");
      }
      const until = instantOf("until_ms", request.untilMs);
      if (until === null) throw invalid("until_ms is required");
      if (until <= clock.now())
        throw invalid(`until_ms ${until.toISOString()} is not in the future`);
      const filter = {
        ...(environment === "" ? {} : { environment }),
        ...(owner === "" ? {} : { owner }),
        ...(kind === undefined ? {} : { kind }),
      };
      const bots = await reviewedBots(store, filter);
      const campaign: CampaignRecord = {
        name,
        startedAt: clock.now(),
        startedBy: call.caller.actor,
        until,
        environment: environment || null,
        owner: owner || null,
        kind: kind ?? null,
        remindedUpTo: "",
      };
      await changeState(services, call, async (tx) => {
        await tx.createCampaign(campaign, bots);
        const details = {
          campaign: name,
          until: until.toISOString(),
          bots: String(bots.length),
          ...filter,
        };
        return { result: undefined, events: [{ type: "review.campaign_started", details }] };
      });
      return campaignMessage(store, campaign, clock.now());
    },

    async getCampaign(request: { readonly name: string }) {
      const name = requiredOf("name", request.name);
      const campaign = await store.getCampaign(name);
      if (campaign !== undefined) return campaignMessage(store, campaign, clock.now());
      throw new IssuerError("NOT_FOUND", `campaign ${name} does not exist`);
    },

    async listCampaigns() {
      const campaigns: Campaign[] = [];
      for (const each of await store.listCampaigns()) {
        campaigns.push({ ...(await campaignMessage(store, each, clock.now())), owners: [] });
      }
      return { campaigns };
    },
  };
}

/**
 * Of campaigns whose date has passed, says of each bot that is left that its review is overdue: as of one that is overdue by its
 * passport, and once.
 */
export async function remindOfCampaigns(
  {
    store,
    recorder,
    clock,
  }: { readonly store: Store; readonly recorder: Recorder; readonly clock: Clock },
  isStopped: () => boolean,
): Promise<void> {
  const now = clock.now();
  for (const campaign of await store.lateCampaigns(now)) {
    const { name, until } = campaign;
    let after = campaign.remindedUpTo;
    while (after !== null && !isStopped()) {
      const bots = await botsAfter(store, name, after);
      const last = bots.length < READ_TOGETHER ? null : (bots.at(-1)?.name ?? null);
      const drafts = bots
        .filter((bot) => !isDone(bot, campaign))
        .map(({ name: bot, owner }) => {
          const details = { campaign: name, reviewDue: until.toISOString(), owner };
          return auditDraft({ type: "bot.review_overdue", outcome: "ok", bot, details }, now);
        });
      await recorder.record(async (tx) => {
        if (drafts.length > 0) await tx.appendAudit(drafts);
        await tx.remindCampaign(name, last);
      });
      after = last;
    }
  }
}

async function reviewedBots(
  store: StoreReader,
  filter: Parameters<StoreReader["listBots"]>[0],
): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | null = null;
  do {
    const page: { items: readonly BotRecord[]; next: string | null } = await store.listBots(
      filter,
      {
        limit: 1000,
        ...(after === null ? {} : { after }),
      },
    );
    for (const { name, state, governance } of page.items) {
      if (governance !== undefined && canHappen("review", state)) {
        names.push(name);
      }
    }
    after = page.next;
  } while (after !== null);
  if (names.length > MOST_BOTS) {
    throw invalid(`${names.length} bots are chosen, more than ${MOST_BOTS}: choose fewer`);
  }
  if (names.length > 0) return names;
  throw invalid("no bot is chosen whose environment asks for reviews");
}

async function botsAfter(
  store: StoreReader,
  campaign: string,
  after: string,
): Promise<BotRecord[]> {
  const names = await store.campaignBots(campaign, after, READ_TOGETHER);
  const bots = await Promise.all(names.map((name) => store.getBot(name)));
  return bots.filter((bot) => bot !== undefined);
}

/** Reviewed since the campaign began, or out of the question. */
function isDone({ state, governance }: BotRecord, { startedAt }: CampaignRecord): boolean {
  if (state === "retired") return true;
  const at = governance?.reviewedAt ?? null;
  return at !== null && at > startedAt;
}

async function campaignMessage(
  store: StoreReader,
  campaign: CampaignRecord,
  now: Date,
): Promise<Campaign> {
  const owners = new Map<string, CampaignOwner & { total: number; done: number; left: string[] }>();
  let after: string | null = "";
  while (after !== null) {
    const bots: BotRecord[] = await botsAfter(store, campaign.name, after);
    for (const bot of bots) {
      const of = owners.get(bot.owner) ?? { owner: bot.owner, total: 0, done: 0, left: [] };
      owners.set(bot.owner, of);
      of.total += 1;
      if (isDone(bot, campaign)) of.done += 1;
      else if (of.left.length < MOST_LEFT) of.left.push(bot.name);
    }
    after = bots.length < READ_TOGETHER ? null : (bots.at(-1)?.name ?? null);
    // Reads wait for nothing: others must have their turn.
    await nextTurn();
  }
  const all = [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of);
  const total = all.reduce((sum, each) => sum + each.total, 0);
  const done = all.reduce((sum, each) => sum + each.done, 0);
  return {
    name: campaign.name,
    startedAtMs: campaign.startedAt.getTime(),
    startedBy: campaign.startedBy,
    untilMs: campaign.until.getTime(),
    environment: campaign.environment ?? "",
    owner: campaign.owner ?? "",
    kind: campaign.kind ?? "",
    total,
    done,
    state: done === total ? "done" : campaign.until <= now ? "late" : "open",
    owners: all,
  };
}

function invalid(message: string): IssuerError {
  return new IssuerError("REQUEST_INVALID", message);
}
