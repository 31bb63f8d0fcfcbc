import { randomUUID } from "node:crypto";
import type { Proof } from "../attestation/index.ts";
import { auditDraft, type Recorder } from "../audit/index.ts";
import {
  attestorRefusal,
  instanceCountRefusal,
  type Match,
  matchEntries,
  networkRefusal,
  passportRefusal,
  pendingMatch,
  restrictionRefusal,
  termsOf,
  tokenOfEvidence,
} from "../bots/index.ts";
import type { Clock } from "../clock.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import { formatSelector } from "../spiffe/index.ts";
import type { BotRecord, InstanceRecord, Store, StoreTransaction } from "../store/index.ts";
import { Allowance, hasRoom, Newest } from "./allowance.ts";
import { type Grant, instanceRefusal, readGrant, readNode } from "./grant.ts";

/** Who asks, for the records. */
export interface RequestContext {
  readonly requestId: string;
  /** `uid:0`, `bot:<name>` or `anonymous`. */
  readonly actor: string;
  /** Of an operator: `unix` or `tls ADDRESS`. */
  readonly source?: string;
  /** Empty on Unix sockets. */
  readonly remoteAddress: string;
  /** The local process that asks, as the kernel numbers it. */
  readonly pid?: number;
  /** Serial of the X509-SVID that the caller's connection was opened with, hex. */
  readonly presentedSerial?: string;
}

export interface AdmissionOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** After so many seconds an instance must attest afresh. */
  readonly lineageSeconds: number;
  /** Throws when there is no room to record anything. */
  readonly requireRoom?: () => void;
}

/** Refusals of nobody known that are recorded: so many a second, and so many at once after a quiet time. */
const STRANGERS_PER_SECOND = 10;
const STRANGERS_AT_ONCE = 1000;
/** The same of one bot, and of how many bots that is counted. */
const BOTS_PER_SECOND = 1;
const BOTS_AT_ONCE = 1000;
const MOST_BOTS = 10_000;

/** Turns proofs into identities: matches entries, asks passports, makes or resumes instances. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #strangers = new Allowance(STRANGERS_PER_SECOND, STRANGERS_AT_ONCE);
  /** By the name of the bot that was named. */
  readonly #ofBots = new Newest(MOST_BOTS, () => new Allowance(BOTS_PER_SECOND, BOTS_AT_ONCE));

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * The identities that the proof stands for, the default first; recorded before they are answered.
   * @throws IssuerError ATTESTATION_REFUSED, NO_IDENTITY, BOT_SUSPENDED, BOT_RETIRED, INSTANCE_EVICTED,
   * INSTANCE_LOCKED, BOT_NOT_APPROVED, BOT_RESTRICTED, PASSPORT_REFUSED; each is recorded. STORE_UNAVAILABLE.
   */
  async admit(proof: Proof, context: RequestContext): Promise<readonly Grant[]> {
    // Not on record: there is no room for that.
    this.#options.requireRoom?.();
    try {
      return await this.#options.recorder.record((tx) => this.#admit(tx, proof, context));
    } catch (error) {
      await this.refused(proof, error, context);
      throw error;
    }
  }

  /**
   * Identities that the proof stands for by now, beside those of the bots named: entries were made, or bots
   * resumed, since it was given.
   */
  extend(
    proof: Proof,
    bots: ReadonlySet<string>,
    context: RequestContext,
  ): Promise<readonly Grant[]> {
    const { recorder, clock } = this.#options;
    return recorder.record(async (tx) => {
      const now = clock.now();
      const grants: Grant[] = [];
      if (proof.expiresAt !== undefined && proof.expiresAt <= now) return grants;
      if ((await tx.getBan(proof.evidenceKey)) !== undefined) return grants;
      if ((await this.#nodeRefusal(tx, proof, now)) !== undefined) return grants;
      for (const match of await matchEntries(tx, proof, now)) {
        if (bots.has(match.bot.name) || passportRefusal(match.bot, now) !== undefined) continue;
        if ((await this.#newRefusal(tx, match.bot, proof, context, now)) !== undefined) continue;
        try {
          const instance = await this.#instanceOf(tx, match, proof, context, now);
          grants.push({ ...match, instance });
        } catch (error) {
          // One that was put out does not keep the others out.
          if (!(error instanceof IssuerError) || !REFUSED_ALONE.has(error.code)) throw error;
        }
      }
      return grants;
    });
  }

  /**
   * The bot holds its newest X509-SVID: the one before cannot resume any more. Where another has followed already, in the same
   * transaction even, this is the one that it comes back with when the answer with the other is lost.
   */
  confirm(instanceId: string, serialHex: string): Promise<void> {
    return this.#options.recorder.record(async (tx) => {
      const instance = await tx.getInstance(instanceId);
      if (instance === undefined || instance.newestUsed) return;
      if (instance.newestSerial === serialHex) {
        await tx.updateInstance({ ...instance, newestUsed: true });
        return;
      }
      const [held, before] = [
        await tx.getIssuance(serialHex),
        await tx.getIssuance(instance.previousSerial ?? ""),
      ];
      if (held?.instanceId !== instanceId || held.kind !== "x509") return;
      if (before !== undefined && before.issuedAt >= held.issuedAt) return;
      await tx.updateInstance({ ...instance, previousSerial: serialHex });
    });
  }

  /** Ends an instance whose bot has gone; what it holds lives to its expiry. */
  leave(instanceId: string): Promise<void> {
    const { recorder, clock } = this.#options;
    return recorder.record(async (tx) => {
      const instance = await tx.getInstance(instanceId);
      if (instance?.state !== "active") return;
      await tx.updateInstance({ ...instance, state: "ended", lastSeenAt: clock.now() });
    });
  }

  /** Records that evidence was refused. */
  async refused(
    proof: Partial<Proof> & { readonly attestor: string },
    error: unknown,
    context: RequestContext,
  ): Promise<void> {
    const at = this.#options.clock.now();
    const details = error instanceof IssuerError ? error.details : {};
    const known = proof.onlyBot ?? proof.resumes?.bot ?? details.bot;
    // Neither strangers nor those who know whom to name must be able to fill the disk, and its last part is for what must not fail.
    if (!this.#mayRecord(known)) return;
    const draft = auditDraft(
      {
        type: "attestation.refused",
        requestId: context.requestId,
        actor: context.actor,
        bot: known ?? null,
        instance: proof.resumes?.id ?? details.instanceId ?? null,
        evidence: evidenceOf(proof),
        outcome: "refused",
        code: errorCodeOf(error),
        details: {
          ...details,
          message: messageOf(error),
          remoteAddress: context.remoteAddress,
          ...(proof.node && { node: proof.node.bot, nodeInstance: proof.node.instanceId }),
        },
      },
      at,
    );
    await this.#options.recorder.record((tx) => tx.appendAudit([draft]));
  }

  #mayRecord(bot: string | undefined): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    if (!hasRoom(this.#options.requireRoom)) return false;
    if (bot === undefined) return this.#strangers.allow(nowMs);
    return this.#ofBots.of(bot).allow(nowMs);
  }

  async #admit(
    tx: StoreTransaction,
    proof: Proof,
    context: RequestContext,
  ): Promise<readonly Grant[]> {
    const now = this.#options.clock.now();
    if ((await tx.getBan(proof.evidenceKey)) !== undefined) {
      const message = `evidence ${proof.evidenceKey} is banned`;
      throw new IssuerError("ATTESTATION_REFUSED", message, {
        details: { rule: "evidence.banned" },
      });
    }
    if (proof.resumes !== undefined) {
      return [await this.#resume(tx, proof, proof.resumes, context, now)];
    }
    const refusal = await this.#nodeRefusal(tx, proof, now);
    if (refusal !== undefined) throw refusal;
    const matches = await matchEntries(tx, proof, now);
    const allowed = matches.filter(({ bot }) => passportRefusal(bot, now) === undefined);
    if (allowed.length === 0) {
      const pending = matches.length === 0 ? await pendingMatch(tx, proof, now) : undefined;
      throw pending ?? this.#noIdentity(matches, proof, now);
    }
    const grants: Grant[] = [];
    let refused: IssuerError | undefined;
    for (const match of allowed) {
      try {
        grants.push({ ...match, instance: await this.#instanceOf(tx, match, proof, context, now) });
      } catch (error) {
        // One passport that says no does not keep the others out.
        if (!(error instanceof IssuerError) || !PASSPORT_CODES.has(error.code)) throw error;
        refused ??= error;
      }
    }
    if (grants.length === 0 && refused !== undefined) throw refused;
    return grants;
  }

  /** Why the node that speaks for the process counts no more; undefined when it does, or there is none. */
  async #nodeRefusal(
    tx: StoreTransaction,
    proof: Proof,
    now: Date,
  ): Promise<IssuerError | undefined> {
    const node = proof.node ?? null;
    try {
      await readNode(tx, { node }, now);
      return undefined;
    } catch (error) {
      if (error instanceof IssuerError && error.code === "NO_IDENTITY") return error;
      throw error;
    }
  }

  #noIdentity(matches: readonly Match[], proof: Proof, now: Date): IssuerError {
    for (const { bot } of matches) {
      const refusal = passportRefusal(bot, now);
      if (refusal !== undefined) return refusal;
    }
    const shown = proof.selectors.slice(0, 20).map(formatSelector).join(", ");
    const behind = proof.node === undefined ? "" : ` behind node ${proof.node.bot}`;
    const message = `no registration entry matches what was proven${behind}: ${shown}`;
    return new IssuerError("NO_IDENTITY", message, { details: { rule: "entry.selectors" } });
  }

  async #resume(
    tx: StoreTransaction,
    proof: Proof,
    known: InstanceRecord,
    context: RequestContext,
    now: Date,
  ): Promise<Grant> {
    const grant = await readGrant(tx, known.id, now);
    const outside = networkRefusal(grant.bot, context.remoteAddress);
    if (outside !== undefined) throw outside;
    await tx.touchInstance(known.id, now, context.remoteAddress);
    const { newestSerial, newestUsed } = grant.instance;
    if (!newestUsed && newestSerial !== null && newestSerial === context.presentedSerial) {
      const used = await tx.updateInstance({ ...grant.instance, newestUsed: true });
      await tx.appendAudit([this.#draft("instance.resumed", grant, proof, context, now)]);
      return { ...grant, instance: used };
    }
    await tx.appendAudit([this.#draft("instance.resumed", grant, proof, context, now)]);
    return grant;
  }

  /** The instance that the same key of a token had before, or a new one. */
  async #instanceOf(
    tx: StoreTransaction,
    match: Match,
    proof: Proof,
    context: RequestContext,
    now: Date,
  ): Promise<InstanceRecord> {
    const again = await this.#boundInstance(tx, proof, match.bot.name);
    if (again?.bot === match.bot.name && again.state !== "ended") {
      const refusal =
        instanceRefusal(again, now) ??
        attestorRefusal(match.bot, proof.attestor) ??
        networkRefusal(match.bot, context.remoteAddress);
      if (refusal !== undefined) throw refusal;
      const kept = again.entryId === match.entry.id;
      const instance = kept
        ? again
        : await tx.updateInstance({ ...again, entryId: match.entry.id, lastSeenAt: now });
      const grant = { ...match, instance };
      await tx.appendAudit([this.#draft("instance.resumed", grant, proof, context, now)]);
      return instance;
    }
    const refusal = await this.#newRefusal(tx, match.bot, proof, context, now);
    if (refusal !== undefined) throw refusal;
    const instance = await tx.createInstance({
      id: randomUUID(),
      bot: match.bot.name,
      entryId: match.entry.id,
      attestor: proof.attestor,
      selectors: proof.selectors,
      evidenceKey: proof.evidenceKey,
      evidenceExpiresAt: proof.expiresAt ?? null,
      state: "active",
      attestedAt: now,
      lastSeenAt: now,
      lineageEndsAt: new Date(now.getTime() + this.#options.lineageSeconds * 1000),
      // The SVID of a local process, or of one behind a node, lives with its socket.
      resumable: proof.attestor !== "unix" && proof.node === undefined,
      node:
        proof.node === undefined
          ? null
          : { bot: proof.node.bot, instanceId: proof.node.instanceId },
      newestSerial: null,
      newestNotAfter: null,
      newestUsed: false,
      previousSerial: null,
      remoteAddress: context.remoteAddress,
    });
    if (proof.idTokenUse !== undefined) {
      await tx.addIdTokenInstance(proof.idTokenUse, instance.id);
    }
    const token = tokenOf(proof);
    if (token !== undefined && proof.boundKeyFingerprint !== undefined) {
      await tx.setTokenUseInstance(token, proof.boundKeyFingerprint, instance.id);
    }
    const grant = { ...match, instance };
    await tx.appendAudit([
      this.#draft("attestation.accepted", grant, proof, context, now),
      this.#draft("instance.created", grant, proof, context, now),
    ]);
    return instance;
  }

  /** Why the passport lets no new instance in, so proven and from there; undefined: it does. */
  async #newRefusal(
    tx: StoreTransaction,
    bot: BotRecord,
    proof: Proof,
    { remoteAddress }: RequestContext,
    now: Date,
  ): Promise<IssuerError | undefined> {
    const refusal =
      restrictionRefusal(bot, now) ??
      attestorRefusal(bot, proof.attestor) ??
      networkRefusal(bot, remoteAddress);
    const { maxInstances } = termsOf(bot);
    if (refusal !== undefined || maxInstances === null) return refusal;
    return instanceCountRefusal(bot, await countActive(tx, bot.name, maxInstances, now));
  }

  async #boundInstance(
    tx: StoreTransaction,
    proof: Proof,
    bot: string,
  ): Promise<InstanceRecord | undefined> {
    if (proof.idTokenUse !== undefined) {
      const { instanceIds = [] } = (await tx.getIdTokenUse(proof.idTokenUse)) ?? {};
      const instances = await Promise.all(instanceIds.map((id) => tx.getInstance(id)));
      return instances.findLast((each) => each?.bot === bot);
    }
    const token = tokenOf(proof);
    if (token === undefined) return undefined;
    const use = (await tx.getToken(token))?.usedBy.find(
      (each) => each.keyFingerprint === proof.boundKeyFingerprint,
    );
    return use?.instanceId ? tx.getInstance(use.instanceId) : undefined;
  }

  #draft(
    type: "instance.resumed" | "instance.created" | "attestation.accepted",
    grant: Grant,
    proof: Proof,
    context: RequestContext,
    now: Date,
  ) {
    return auditDraft(
      {
        type,
        requestId: context.requestId,
        actor: context.actor,
        bot: grant.bot.name,
        instance: grant.instance.id,
        entry: grant.entry.id,
        evidence: evidenceOf(proof),
        outcome: "ok",
        details: {
          spiffeId: grant.bot.spiffeId,
          remoteAddress: context.remoteAddress,
          evidenceKey: proof.evidenceKey,
          ...(proof.boundKeyFingerprint && { keySha256: proof.boundKeyFingerprint }),
          ...(context.pid === undefined ? {} : { pid: String(context.pid) }),
          ...proof.observed,
          ...(proof.node && { node: proof.node.bot, nodeInstance: proof.node.instanceId }),
        },
      },
      now,
    );
  }
}

const PASSPORT_CODES: ReadonlySet<string> = new Set(["PASSPORT_REFUSED", "BOT_RESTRICTED"]);
/** Codes that concern one identity of several. */
const REFUSED_ALONE: ReadonlySet<string> = new Set([
  ...PASSPORT_CODES,
  "INSTANCE_EVICTED",
  "INSTANCE_LOCKED",
  "NO_IDENTITY",
]);

/** Instances that could still be issued to, counted up to `most`. */
async function countActive(
  tx: StoreTransaction,
  bot: string,
  most: number,
  now: Date,
): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const page: { items: readonly InstanceRecord[]; next: string | null } = await tx.listInstances(
      { bot, state: "active" },
      { limit: 1000, ...(after === null ? {} : { after }) },
    );
    count += page.items.filter((each) => instanceRefusal(each, now) === undefined).length;
    after = page.next;
  } while (after !== null && count < most);
  return count;
}

function tokenOf(proof: Proof): string | undefined {
  return tokenOfEvidence(proof.evidenceKey);
}

function evidenceOf(proof: Partial<Proof> & { readonly attestor: string }) {
  return {
    attestor: proof.attestor,
    selectors: (proof.selectors ?? []).map(formatSelector),
  };
}
