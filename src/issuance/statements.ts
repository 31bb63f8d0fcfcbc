import { type AuditLog, auditDraft, type Recorder } from "../audit/index.ts";
import { type Clock, delay } from "../clock.ts";
import { fingerprint } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { AuditRecord, IssuanceRecord, Store, StoreTransaction } from "../store/index.ts";
import type { RequestContext } from "./admission.ts";
import { Allowance } from "./allowance.ts";
import { readGrant } from "./grant.ts";

export interface StatementsOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly log: AuditLog;
  readonly clock: Clock;
}

/** A statement that is to be recorded. */
export interface StatementWish {
  readonly instanceId: string;
  /** Of the X509-SVID whose key has signed, hex. */
  readonly serial: string;
  /** SHA-256 over the detached JWS. */
  readonly hash: Buffer;
}

/** The record of a statement, with the proof that the log holds it. */
export interface StatementRecorded {
  readonly record: string;
  readonly index: number;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
  readonly verifier: string;
  readonly handovers: readonly string[];
}

type Proofs = Awaited<ReturnType<AuditLog["proveRecords"]>>;

/** Each checkpoint goes to every connected bot: statements that come together share one. */
const CHECKPOINT_EVERY_MS = 200;
/** Statements of one instance: so many a second, and so many at once after a quiet time. */
const PER_SECOND = 1;
const AT_ONCE = 100;
/** Instances whose statements are counted: the oldest are forgotten. */
const MOST_COUNTED = 10_000;

/** Records that statements were signed while their SVIDs were valid, and proves it. */
export class Statements {
  readonly #options: StatementsOptions;
  readonly #allowances = new Map<string, Allowance>();
  #batch: { readonly records: AuditRecord[]; readonly proofs: Promise<Proofs> } | undefined;
  #provenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: StatementsOptions) {
    this.#options = options;
  }

  /**
   * Records a statement, if its SVID is the instance's own, is valid now and not denied, and the instance may still get SVIDs.
   * @throws IssuerError REQUEST_INVALID, NOT_AUTHORIZED, SVID_EXPIRED, DENIED, LIMIT_EXCEEDED, and as `readGrant`.
   */
  async record(wish: StatementWish, context: RequestContext): Promise<StatementRecorded> {
    const { recorder, store, clock } = this.#options;
    if (wish.hash.length !== 32) {
      const message = `statement_sha256 has ${wish.hash.length} bytes, not 32`;
      throw new IssuerError("REQUEST_INVALID", message);
    }
    this.#count(wish.instanceId, clock.monotonicMs());
    // In one transaction with what it asks: no revocation comes in between.
    const sequence = await recorder.record((tx) => this.#record(tx, wish, context));
    const [record] = await store.listAudit({ afterSequence: sequence - 1, limit: 1 });
    if (record?.sequence !== sequence) {
      throw new IssuerError("INTERNAL", `record ${sequence} was written and is not there`);
    }
    const { note, ...proof } = await this.#prove(record);
    return { record: record.bytes, checkpoint: note, ...proof };
  }

  async #record(
    tx: StoreTransaction,
    { instanceId, serial, hash }: StatementWish,
    context: RequestContext,
  ): Promise<number> {
    const now = this.#options.clock.now();
    const { bot, entry, instance } = await readGrant(tx, instanceId, now);
    const issuance = await tx.getIssuance(serial);
    if (issuance?.kind !== "x509" || issuance.instanceId !== instance.id) {
      const message = `serial ${serial.slice(0, 64)} is no X509-SVID of instance ${instance.id}`;
      throw new IssuerError("NOT_AUTHORIZED", message);
    }
    await refuseEnded(tx, issuance, now);
    const authority = await tx.getAuthority(issuance.authorityId);
    const certificate = authority?.certificateDer ?? null;
    if (certificate === null || issuance.publicKeyHash === null) {
      const message = `the authority ${issuance.authorityId} of SVID ${serial} is not known any more`;
      throw new IssuerError("SVID_EXPIRED", message);
    }
    const event = {
      type: "statement.signed",
      outcome: "ok",
      requestId: context.requestId,
      actor: `bot:${bot.name}`,
      bot: bot.name,
      instance: instance.id,
      entry: entry.id,
      serial,
      details: {
        statement: hash.toString("hex"),
        spiffeId: issuance.spiffeId,
        publicKeySha256: issuance.publicKeyHash,
        // The authority is pinned by the log: its own key proves nothing once it is old.
        authoritySha256: fingerprint(certificate),
        notAfter: issuance.notAfter.toISOString(),
      },
    } as const;
    const [sequence = 0] = await tx.appendAudit([auditDraft(event, now)]);
    return sequence;
  }

  /** Proves a record together with those that wait. */
  async #prove(record: AuditRecord) {
    this.#batch ??= this.#open();
    const { records, proofs } = this.#batch;
    const place = records.push(record) - 1;
    const { proofs: all, ...by } = await proofs;
    const proof = all[place];
    if (proof === undefined) throw new IssuerError("INTERNAL", "a record was not proven");
    return { ...proof, ...by };
  }

  #open() {
    const { clock, log } = this.#options;
    const records: AuditRecord[] = [];
    const waitMs = this.#provenAtMs + CHECKPOINT_EVERY_MS - clock.monotonicMs();
    const turn = waitMs > 0 ? delay(clock, waitMs) : Promise.resolve();
    const proofs = turn.then(() => {
      this.#batch = undefined;
      this.#provenAtMs = clock.monotonicMs();
      return log.proveRecords(records);
    });
    return { records, proofs };
  }

  #count(instanceId: string, nowMs: number): void {
    let allowance = this.#allowances.get(instanceId);
    if (allowance === undefined) {
      const [oldest] = this.#allowances.keys();
      if (this.#allowances.size >= MOST_COUNTED) this.#allowances.delete(oldest ?? "");
      allowance = new Allowance(PER_SECOND, AT_ONCE);
      this.#allowances.set(instanceId, allowance);
    }
    if (allowance.allow(nowMs)) return;
    const message = `instance ${instanceId} signs more than ${AT_ONCE} statements at once`;
    throw new IssuerError("LIMIT_EXCEEDED", message, { retryAfterMs: 1000 / PER_SECOND });
  }
}

async function refuseEnded(tx: StoreTransaction, svid: IssuanceRecord, now: Date): Promise<void> {
  if (svid.notAfter < now || svid.notBefore > now) {
    const at = svid.notAfter.toISOString();
    throw new IssuerError("SVID_EXPIRED", `SVID ${svid.id} is not valid now: it ends at ${at}`);
  }
  const denial =
    (await tx.getDenial("serial", svid.id)) ?? (await tx.getDenial("spiffe_id", svid.spiffeId));
  if (denial === undefined) return;
  throw new IssuerError("DENIED", `SVID ${svid.id} is denied: ${denial.reason}`);
}
