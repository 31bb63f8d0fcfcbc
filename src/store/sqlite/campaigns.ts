import { IssuerError } from "../../errors.ts";
import type { CampaignRecord } from "../records.ts";
import { db, query } from "./query.ts";
import type { Row } from "./schema.ts";
import type { ReadSession, WriteSession } from "./session.ts";
import { ms } from "./values.ts";

const MOST_LISTED = 1000;

const BY_NAME = query((p: { name: string }) =>
  db.selectFrom("campaigns").selectAll().where("name", "=", p.name),
);
const ALL = query((_: Record<string, never>) =>
  db
    .selectFrom("campaigns")
    .selectAll()
    .orderBy("started_at", "desc")
    .orderBy("name")
    .limit(MOST_LISTED),
);
const LATE = query((p: { now: number }) =>
  db
    .selectFrom("campaigns")
    .selectAll()
    .where("until_at", "<=", p.now)
    .where("reminded_up_to", "is not", null)
    .orderBy("until_at")
    .orderBy("name"),
);
const BOTS = query((p: { campaign: string; after: string; limit: number }) =>
  db
    .selectFrom("campaign_bots")
    .select("bot")
    .where("campaign", "=", p.campaign)
    .where("bot", ">", p.after)
    .orderBy("bot")
    .limit(p.limit),
);
const INSERT = query((p: Row<"campaigns">) =>
  db.insertInto("campaigns").values({
    name: p.name,
    started_at: p.started_at,
    started_by: p.started_by,
    until_at: p.until_at,
    environment: p.environment,
    owner: p.owner,
    kind: p.kind,
    reminded_up_to: p.reminded_up_to,
  }),
);
const INSERT_BOT = query((p: Row<"campaign_bots">) =>
  db.insertInto("campaign_bots").values({ campaign: p.campaign, bot: p.bot }),
);
const REMIND = query((p: { name: string; upTo: string | null }) =>
  db.updateTable("campaigns").set({ reminded_up_to: p.upTo }).where("name", "=", p.name),
);

export function getCampaign(session: ReadSession, name: string): CampaignRecord | undefined {
  const row = session.get(BY_NAME, { name });
  return row === undefined ? undefined : decode(row);
}

export function listCampaigns(session: ReadSession): readonly CampaignRecord[] {
  return session.all(ALL, {}).map(decode);
}

export function lateCampaigns(session: ReadSession, now: Date): readonly CampaignRecord[] {
  return session.all(LATE, { now: ms(now) }).map(decode);
}

export function campaignBots(
  session: ReadSession,
  campaign: string,
  after: string,
  limit: number,
): readonly string[] {
  return session.all(BOTS, { campaign, after, limit }).map(({ bot }) => bot);
}

export function createCampaign(
  session: WriteSession,
  campaign: CampaignRecord,
  bots: readonly string[],
): void {
  const { name, startedAt, startedBy, until, environment, owner, kind, remindedUpTo } = campaign;
  if (session.get(BY_NAME, { name }) !== undefined) {
    throw new IssuerError("ALREADY_EXISTS", `there is, or was, a campaign ${name}`);
  }
  session.run(INSERT, {
    name,
    started_at: ms(startedAt),
    started_by: startedBy,
    until_at: ms(until),
    environment,
    owner,
    kind,
    reminded_up_to: remindedUpTo,
  });
  for (const bot of bots) session.run(INSERT_BOT, { campaign: name, bot });
}

export function remindCampaign(session: WriteSession, name: string, upTo: string | null): void {
  session.run(REMIND, { name, upTo });
}

function decode(row: Row<"campaigns">): CampaignRecord {
  return {
    name: row.name,
    startedAt: new Date(row.started_at),
    startedBy: row.started_by,
    until: new Date(row.until_at),
    environment: row.environment,
    owner: row.owner,
    kind: row.kind,
    remindedUpTo: row.reminded_up_to,
  };
}
