import type { LogNode } from "../../log/index.ts";
import type {
  AuthorityRecord,
  BanRecord,
  BotRecord,
  CampaignRecord,
  ChangeData,
  ChangeKind,
  DeliveryRecord,
  DenialKind,
  DenialRecord,
  EntryRecord,
  FindingRecord,
  IdTokenUse,
  InstanceRecord,
  IssuanceRecord,
  LogCheckpointRecord,
  LogHandoverRecord,
  OperatorRecord,
  SightingRecord,
  StagingRecord,
  TokenRecord,
  TokenUse,
  UseRecord,
} from "../records.ts";
import type { AuditDraft, New, PruneRequest, StoreTransaction } from "../store.ts";
import { appendAudit } from "./audit.ts";
import { createAuthority, deleteAuthority, updateAuthority } from "./authorities.ts";
import { addBan, removeBan } from "./bans.ts";
import { createBot, stageBot, updateBot } from "./bots.ts";
import { createCampaign, remindCampaign } from "./campaigns.ts";
import { addDenials, liftDenial } from "./denials.ts";
import { createEntry, deleteEntry, stageEntry, updateEntry } from "./entries.ts";
import {
  ackFinding,
  addDelivery,
  addFinding,
  postponeDelivery,
  pruneFindings,
  removeDelivery,
} from "./findings.ts";
import { addIdTokenInstance, useIdToken } from "./id-token-uses.ts";
import { createInstance, touchInstance, updateInstance } from "./instances.ts";
import { appendIssuances } from "./issuances.ts";
import { addLogCheckpoint, addLogHandover, addLogNodes } from "./log.ts";
import { setMeta } from "./meta.ts";
import { createOperator, updateOperator } from "./operators.ts";
import { prune } from "./prune.ts";
import { SqliteReader } from "./reader.ts";
import { announceStaged, dropStaged, goLive, openStaging } from "./stagings.ts";
import {
  addTokenUse,
  countTokenRefusal,
  createToken,
  revokeToken,
  setTokenUseInstance,
  voidToken,
  voidTokensOfBot,
} from "./tokens.ts";
import type { TransactionSession } from "./transaction-session.ts";
import { addUses } from "./uses.ts";

/** Reads and writes of one transaction. */
export class SqliteTransaction extends SqliteReader implements StoreTransaction {
  readonly #session: TransactionSession;

  constructor(session: TransactionSession) {
    super(session);
    this.#session = session;
  }

  async setMeta(key: string, value: string | undefined) {
    setMeta(this.#session, key, value);
  }

  async createBot(bot: New<BotRecord>) {
    return createBot(this.#session, bot);
  }

  async updateBot(bot: BotRecord) {
    return updateBot(this.#session, bot);
  }

  async createEntry(entry: New<EntryRecord>) {
    return createEntry(this.#session, entry);
  }

  async updateEntry(entry: EntryRecord) {
    return updateEntry(this.#session, entry);
  }

  async deleteEntry(id: string) {
    return deleteEntry(this.#session, id);
  }

  async openStaging(staging: Omit<StagingRecord, "live">) {
    openStaging(this.#session, staging);
  }

  async stageBot(stagingId: string, bot: New<BotRecord>) {
    return stageBot(this.#session, bot, stagingId);
  }

  async stageEntry(stagingId: string, entry: New<EntryRecord>) {
    return stageEntry(this.#session, entry, stagingId);
  }

  async goLive(stagingId: string) {
    goLive(this.#session, stagingId);
  }

  async announceStaged(stagingId: string, limit: number) {
    return announceStaged(this.#session, stagingId, limit);
  }

  async dropStaged(stagingId: string, limit: number) {
    return dropStaged(this.#session, stagingId, limit);
  }

  async createToken(token: TokenRecord) {
    return createToken(this.#session, token);
  }

  async addTokenUse(id: string, use: TokenUse) {
    return addTokenUse(this.#session, id, use);
  }

  async setTokenUseInstance(id: string, keyFingerprint: string, instanceId: string) {
    return setTokenUseInstance(this.#session, id, keyFingerprint, instanceId);
  }

  async countTokenRefusal(id: string) {
    return countTokenRefusal(this.#session, id);
  }

  async revokeToken(id: string, at: Date) {
    return revokeToken(this.#session, id, at);
  }

  async voidToken(id: string, at: Date) {
    return voidToken(this.#session, id, at);
  }

  async voidTokensOfBot(bot: string, at: Date) {
    return voidTokensOfBot(this.#session, bot, at);
  }

  async useIdToken(use: IdTokenUse) {
    return useIdToken(this.#session, use);
  }

  async addIdTokenInstance(id: string, instanceId: string) {
    return addIdTokenInstance(this.#session, id, instanceId);
  }

  async createInstance(instance: New<InstanceRecord>) {
    return createInstance(this.#session, instance);
  }

  async updateInstance(instance: InstanceRecord) {
    return updateInstance(this.#session, instance);
  }

  async touchInstance(id: string, at: Date, remoteAddress: string) {
    touchInstance(this.#session, id, at, remoteAddress);
  }

  async appendIssuances(issuances: readonly IssuanceRecord[]) {
    appendIssuances(this.#session, issuances);
  }

  async addDenials(denials: readonly Omit<DenialRecord, "sequence">[]) {
    return addDenials(this.#session, denials);
  }

  async liftDenial(kind: DenialKind, value: string) {
    return liftDenial(this.#session, kind, value);
  }

  async createAuthority(authority: New<AuthorityRecord>) {
    return createAuthority(this.#session, authority);
  }

  async updateAuthority(authority: AuthorityRecord) {
    return updateAuthority(this.#session, authority);
  }

  async deleteAuthority(id: string) {
    return deleteAuthority(this.#session, id);
  }

  async addBan(ban: BanRecord) {
    return addBan(this.#session, ban);
  }

  async removeBan(evidenceKey: string) {
    return removeBan(this.#session, evidenceKey);
  }

  async createOperator(operator: New<OperatorRecord>) {
    return createOperator(this.#session, operator);
  }

  async updateOperator(operator: OperatorRecord) {
    return updateOperator(this.#session, operator);
  }

  async createCampaign(campaign: CampaignRecord, bots: readonly string[]) {
    createCampaign(this.#session, campaign, bots);
  }

  async remindCampaign(name: string, upTo: string | null) {
    remindCampaign(this.#session, name, upTo);
  }

  async addFinding(finding: Omit<FindingRecord, "id" | "acked">) {
    return addFinding(this.#session, finding);
  }

  async ackFinding(id: number, acked: NonNullable<FindingRecord["acked"]>) {
    return ackFinding(this.#session, id, acked);
  }

  async addDelivery(delivery: Omit<DeliveryRecord, "id" | "attempts">, most: number) {
    return addDelivery(this.#session, delivery, most);
  }

  async postponeDelivery(id: number, dueAt: Date) {
    postponeDelivery(this.#session, id, dueAt);
  }

  async removeDelivery(id: number) {
    removeDelivery(this.#session, id);
  }

  async pruneFindings(due: { before: Date; most: number; limit: number }) {
    return pruneFindings(this.#session, due);
  }

  async appendAudit(drafts: readonly AuditDraft[]) {
    return appendAudit(this.#session, drafts);
  }

  async addLogNodes(nodes: readonly LogNode[]) {
    addLogNodes(this.#session, nodes);
  }

  async addLogCheckpoint(checkpoint: LogCheckpointRecord) {
    addLogCheckpoint(this.#session, checkpoint);
  }

  async addLogHandover(handover: LogHandoverRecord) {
    addLogHandover(this.#session, handover);
  }

  async addUses(
    uses: readonly UseRecord[],
    sightings: readonly SightingRecord[],
    rowsOfServiceAndDay: number,
  ) {
    return addUses(this.#session, uses, sightings, rowsOfServiceAndDay);
  }

  async appendChange<K extends ChangeKind>(change: {
    readonly kind: K;
    readonly key: string;
    readonly data: ChangeData[K];
  }) {
    return this.#session.change(change.kind, change.key, change.data);
  }

  async skipChanges(upTo: number) {
    this.#session.raise("feed", upTo);
    this.#session.raise("feed_floor", upTo);
  }

  async prune(request: PruneRequest) {
    return prune(this.#session, request);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const savepoint = this.#session.openSavepoint();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#session.undoSavepoint(savepoint);
      throw error;
    }
    this.#session.keepSavepoint(savepoint);
    return result;
  }
}
