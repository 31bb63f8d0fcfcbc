import type { Selector } from "../../spiffe/index.ts";
import type { DenialKind } from "../records.ts";
import type {
  AuditFilter,
  BotFilter,
  FindingFilter,
  InstanceFilter,
  IssuanceFilter,
  PageRequest,
  StoreReader,
  Window,
} from "../store.ts";
import { lastRefusals, listAudit } from "./audit.ts";
import { auditSize } from "./audit-size.ts";
import { getAuthority, listAuthorities } from "./authorities.ts";
import { getBan, listBans } from "./bans.ts";
import {
  botsDue,
  botsEnding,
  callersOf,
  getBot,
  getBotBySpiffeId,
  listBots,
  nextBotDue,
  nextBotEnd,
} from "./bots.ts";
import { campaignBots, getCampaign, lateCampaigns, listCampaigns } from "./campaigns.ts";
import { countDenials, denialSnapshot, getDenial, revokedSerials } from "./denials.ts";
import {
  candidateEntries,
  entriesExpiring,
  entriesOfBot,
  getEntry,
  listEntries,
  nearEntries,
  nextEntryExpiry,
} from "./entries.ts";
import { changesAfter, feedSequence } from "./feed.ts";
import { countDeliveries, getFinding, listFindings, nextDeliveries } from "./findings.ts";
import { getIdTokenUse } from "./id-token-uses.ts";
import { getInstance, getInstanceBySerial, listInstances } from "./instances.ts";
import {
  getIssuance,
  instancesSignedBy,
  latestNotAfter,
  liveByAuthority,
  liveIssuances,
  mintedIssuances,
} from "./issuances.ts";
import { logExtent, logHandovers, logHashes, newestLogCheckpoint } from "./log.ts";
import { getMeta } from "./meta.ts";
import { getOperator, getOperatorByUid, listOperators } from "./operators.ts";
import type { ReadSession } from "./session.ts";
import { listStagings } from "./stagings.ts";
import { getToken, listTokens } from "./tokens.ts";
import { entriesSeen, lastUseOf, reportingServices, sightingsOf, usesAt, usesOf } from "./uses.ts";

/** All reads, on whatever session. They are async, so that a store across a network fits the same interface. */
export class SqliteReader implements StoreReader {
  readonly #session: ReadSession;

  constructor(session: ReadSession) {
    this.#session = session;
  }

  async getMeta(key: string) {
    return getMeta(this.#session, key);
  }

  async getBot(name: string) {
    return getBot(this.#session, name);
  }

  async getBotBySpiffeId(spiffeId: string) {
    return getBotBySpiffeId(this.#session, spiffeId);
  }

  async listBots(filter?: BotFilter, page?: PageRequest) {
    return listBots(this.#session, filter, page);
  }

  async botsEnding(window: Window) {
    return botsEnding(this.#session, window);
  }

  async nextBotEnd(after: Date) {
    return nextBotEnd(this.#session, after);
  }

  async callersOf(target: string, page?: PageRequest) {
    return callersOf(this.#session, target, page);
  }

  async botsDue(until: Date) {
    return botsDue(this.#session, until);
  }

  async nextBotDue() {
    return nextBotDue(this.#session);
  }

  async getEntry(id: string) {
    return getEntry(this.#session, id);
  }

  async listEntries(filter?: { readonly bot?: string }, page?: PageRequest) {
    return listEntries(this.#session, filter, page);
  }

  async entriesOfBot(bot: string) {
    return entriesOfBot(this.#session, bot);
  }

  async candidateEntries(selectors: readonly Selector[]) {
    return candidateEntries(this.#session, selectors);
  }

  async nearEntries(selectors: readonly Selector[], limit: number) {
    return nearEntries(this.#session, selectors, limit);
  }

  async entriesExpiring(window: Window) {
    return entriesExpiring(this.#session, window);
  }

  async nextEntryExpiry(after: Date) {
    return nextEntryExpiry(this.#session, after);
  }

  async listStagings() {
    return listStagings(this.#session);
  }

  async getToken(id: string) {
    return getToken(this.#session, id);
  }

  async listTokens(filter?: { readonly bot?: string }, page?: PageRequest) {
    return listTokens(this.#session, filter, page);
  }

  async getIdTokenUse(id: string) {
    return getIdTokenUse(this.#session, id);
  }

  async getInstance(id: string) {
    return getInstance(this.#session, id);
  }

  async getInstanceBySerial(serialHex: string) {
    return getInstanceBySerial(this.#session, serialHex);
  }

  async listInstances(filter?: InstanceFilter, page?: PageRequest) {
    return listInstances(this.#session, filter, page);
  }

  async getIssuance(id: string) {
    return getIssuance(this.#session, id);
  }

  async liveIssuances(filter: IssuanceFilter, now: Date) {
    return liveIssuances(this.#session, filter, now);
  }

  async latestNotAfter(authorityId: string) {
    return latestNotAfter(this.#session, authorityId);
  }

  async liveByAuthority(now: Date) {
    return liveByAuthority(this.#session, now);
  }

  async instancesSignedBy(authorityId: string, now: Date) {
    return instancesSignedBy(this.#session, authorityId, now);
  }

  async getDenial(kind: DenialKind, value: string) {
    return getDenial(this.#session, kind, value);
  }

  async revokedSerials(now: Date) {
    return revokedSerials(this.#session, now);
  }

  async countDenials(now: Date) {
    return countDenials(this.#session, now);
  }

  async denialSnapshot(now: Date) {
    return denialSnapshot(this.#session, now);
  }

  async getAuthority(id: string) {
    return getAuthority(this.#session, id);
  }

  async listAuthorities(kind?: "x509" | "jwt") {
    return listAuthorities(this.#session, kind);
  }

  async getBan(evidenceKey: string) {
    return getBan(this.#session, evidenceKey);
  }

  async listBans(page?: PageRequest) {
    return listBans(this.#session, page);
  }

  async getOperator(name: string) {
    return getOperator(this.#session, name);
  }

  async getOperatorByUid(uid: number) {
    return getOperatorByUid(this.#session, uid);
  }

  async listOperators(page?: PageRequest) {
    return listOperators(this.#session, page);
  }

  async mintedIssuances(bot: string, now: Date) {
    return mintedIssuances(this.#session, bot, now);
  }

  async getFinding(id: number) {
    return getFinding(this.#session, id);
  }

  async listFindings(filter?: FindingFilter, page?: PageRequest) {
    return listFindings(this.#session, filter, page);
  }

  async nextDeliveries(webhook: string, limit: number) {
    return nextDeliveries(this.#session, webhook, limit);
  }

  async listAudit(filter?: AuditFilter) {
    return listAudit(this.#session, filter);
  }

  async lastRefusals(...query: Parameters<StoreReader["lastRefusals"]>) {
    return lastRefusals(this.#session, ...query);
  }

  async auditSequence() {
    return this.#session.counter("audit");
  }

  async auditSize() {
    return auditSize(this.#session);
  }

  async logExtent() {
    return logExtent(this.#session);
  }

  async logHashes(level: number, index: number, count: number) {
    return logHashes(this.#session, level, index, count);
  }

  async newestLogCheckpoint() {
    return newestLogCheckpoint(this.#session);
  }

  async logHandovers() {
    return logHandovers(this.#session);
  }

  async countDeliveries() {
    return countDeliveries(this.#session);
  }

  async getCampaign(name: string) {
    return getCampaign(this.#session, name);
  }

  async listCampaigns() {
    return listCampaigns(this.#session);
  }

  async campaignBots(campaign: string, after: string, limit: number) {
    return campaignBots(this.#session, campaign, after, limit);
  }

  async lateCampaigns(now: Date) {
    return lateCampaigns(this.#session, now);
  }

  async usesOf(bot: string, sinceDay: string) {
    return usesOf(this.#session, bot, sinceDay);
  }

  async usesAt(service: string, sinceDay: string) {
    return usesAt(this.#session, service, sinceDay);
  }

  async reportingServices(sinceDay: string) {
    return reportingServices(this.#session, sinceDay);
  }

  async lastUseOf(bot: string) {
    return lastUseOf(this.#session, bot);
  }

  async entriesSeen(bot: string) {
    return entriesSeen(this.#session, bot);
  }

  async sightingsOf(svids: readonly string[]) {
    return sightingsOf(this.#session, svids);
  }

  async changesAfter(sequence: number, limit: number) {
    return changesAfter(this.#session, sequence, limit);
  }

  async feedSequence() {
    return feedSequence(this.#session);
  }
}
