import { type AuditEvent, auditDraft, type Recorder } from "../audit/index.ts";
import { entryRefusal, passportRefusal } from "../bots/index.ts";
import type { Authorities } from "../ca/index.ts";
import type { Clock } from "../clock.ts";
import { fingerprint, readCsr, verifyJwtSvid } from "../crypto/index.ts";
import {
  checkIssuedX509Svid,
  randomSerial,
  signJwtSvid,
  signX509SvidLeaf,
} from "../crypto/issuing.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import { bundleSet, formatSelector, parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
import type {
  BotRecord,
  EntryRecord,
  InstanceRecord,
  IssuanceRecord,
  StoreTransaction,
} from "../store/index.ts";
import type { RequestContext } from "./admission.ts";
import { readGrant } from "./grant.ts";
import { type Lifetime, leastLifetime, until, within } from "./lifetime.ts";

/** What is asked for. */
export type Wish =
  | { readonly kind: "x509"; readonly csrDer: Uint8Array; readonly ttlSeconds?: number }
  | { readonly kind: "jwt"; readonly audience: readonly string[]; readonly ttlSeconds?: number };

export interface IssuedX509Svid {
  readonly kind: "x509";
  readonly spiffeId: SpiffeId;
  /** Leaf first, root left out. */
  readonly certChainDer: readonly Buffer[];
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface IssuedJwtSvid {
  readonly kind: "jwt";
  readonly spiffeId: SpiffeId;
  readonly token: string;
  readonly jti: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export type IssuedSvid = IssuedX509Svid | IssuedJwtSvid;

/** Lifetimes that hold for the whole server, in seconds. */
export interface LifetimePolicy {
  readonly x509DefaultSeconds: number;
  readonly x509MaxSeconds: number;
  readonly jwtDefaultSeconds: number;
  readonly jwtMaxSeconds: number;
}

export interface IssuerOptions {
  readonly recorder: Recorder;
  readonly authorities: Authorities;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly lifetimes: LifetimePolicy;
  /** Told when a result could not be recorded: the intent stands, and counts as issued. */
  readonly onRecordFailed: (error: unknown) => void;
}

/** Whom the SVID is for; without entry and instance it is minted by an operator. */
interface Subject {
  readonly bot: BotRecord;
  readonly entry: EntryRecord | undefined;
  readonly instance: InstanceRecord | undefined;
  readonly audiences: readonly string[];
}

interface Plan {
  readonly record: IssuanceRecord;
  readonly subject: Subject;
  sign(): Promise<IssuedSvid>;
}

const MAX_AUDIENCES = 16;

/** Issues SVIDs: design.md section 5, each step in this order. */
export class Issuer {
  readonly #options: IssuerOptions;

  constructor(options: IssuerOptions) {
    this.#options = options;
  }

  /**
   * Issues to an attested instance. What it may have is asked again from the store each time.
   * @throws IssuerError CSR_INVALID, KEY_NOT_ALLOWED, REQUEST_INVALID, AUDIENCE_NOT_ALLOWED, NO_ACTIVE_AUTHORITY,
   * STORE_UNAVAILABLE and what `readGrant` throws.
   */
  issue(instanceId: string, wish: Wish, context: RequestContext): Promise<IssuedSvid> {
    return this.#run(wish, context, async (tx, now) => {
      const grant = await readGrant(tx, instanceId, now);
      return { ...grant, audiences: grant.entry.audiences };
    });
  }

  /**
   * Issues to a bot for an operator; such an SVID never resumes an instance.
   * @throws IssuerError NOT_FOUND, BOT_SUSPENDED, BOT_RETIRED and what `issue` throws.
   */
  mint(botName: string, wish: Wish, context: RequestContext): Promise<IssuedSvid> {
    return this.#run(wish, context, async (tx, now) => {
      const bot = await tx.getBot(botName);
      if (bot === undefined) throw new IssuerError("NOT_FOUND", `bot ${botName} does not exist`);
      const refusal = passportRefusal(bot, now);
      if (refusal !== undefined) throw refusal;
      const entries = (await tx.entriesOfBot(botName)).filter(
        (entry) => entryRefusal(entry, now) === undefined,
      );
      const audiences = [...new Set(entries.flatMap((entry) => entry.audiences))];
      return { bot, entry: entries[0], instance: undefined, audiences };
    });
  }

  async #run(
    wish: Wish,
    context: RequestContext,
    findSubject: (tx: StoreTransaction, now: Date) => Promise<Subject>,
  ): Promise<IssuedSvid> {
    // 1. What was sent, before anything is read or written.
    const csr = wish.kind === "x509" ? readCsr(wish.csrDer) : undefined;
    if (wish.kind === "jwt") validateAudience(wish.audience);
    // 2. Instance, passport, entry, evidence; then the intent, in the same transaction, on disk.
    const plan = await this.#options.recorder.record(async (tx) => {
      const now = this.#options.clock.now();
      const subject = await findSubject(tx, now);
      const made =
        wish.kind === "x509"
          ? this.#planX509(wish.ttlSeconds, csr?.publicKeyDer ?? Buffer.alloc(0), subject, now)
          : this.#planJwt(wish.audience, wish.ttlSeconds, subject, now);
      await tx.appendIssuances([made.plan.record]);
      await tx.appendAudit([auditDraft(intentEvent(made.plan, made.limitedBy, context), now)]);
      if (wish.kind === "x509" && subject.instance !== undefined) {
        const { id, notAfter } = made.plan.record;
        await tx.advanceInstance(subject.instance.id, id, notAfter, now);
      }
      return made.plan;
    });
    // 3. Sign and check; 4. hand over, and record the result beside it.
    try {
      const svid = await plan.sign();
      this.#recordResult(plan, "issued", context);
      return svid;
    } catch (error) {
      this.#recordResult(plan, "failed", context, error);
      throw error;
    }
  }

  #planX509(
    ttlSeconds: number | undefined,
    publicKeyDer: Buffer,
    subject: Subject,
    now: Date,
  ): { plan: Plan; limitedBy: string } {
    const { authorities, randomBytes, lifetimes } = this.#options;
    const authority = authorities.activeX509();
    const lifetime = leastLifetime(now, [
      within("asked", now, ttlSeconds),
      within("entry", now, subject.entry?.x509TtlSeconds ?? lifetimes.x509DefaultSeconds),
      within("server", now, lifetimes.x509MaxSeconds),
      ...subjectLimits(subject),
      until("authority", authority.notAfter),
    ]);
    const serial = randomSerial(randomBytes);
    const serialHex = serial.toString("hex");
    const spiffeId = parseSpiffeId(subject.bot.spiffeId);
    const { notBefore, notAfter } = lifetime;
    const leaf = {
      serial,
      spiffeId,
      publicKeyDer,
      notBefore,
      notAfter,
      dnsNames: subject.entry?.dnsNames ?? [],
    };
    const sign = async (): Promise<IssuedX509Svid> => {
      const der = await signX509SvidLeaf(authority, leaf);
      checkIssuedX509Svid(der, leaf, authority);
      return { kind: "x509", spiffeId, certChainDer: [der], serialHex, notBefore, notAfter };
    };
    const hash = fingerprint(publicKeyDer);
    const record = issuanceOf("x509", serialHex, subject, lifetime, authority.id, now, hash, []);
    return { plan: { record, subject, sign }, limitedBy: lifetime.limitedBy };
  }

  #planJwt(
    audience: readonly string[],
    ttlSeconds: number | undefined,
    subject: Subject,
    now: Date,
  ): { plan: Plan; limitedBy: string } {
    const { authorities, randomBytes, lifetimes } = this.#options;
    for (const each of audience) {
      if (!subject.audiences.includes(each)) {
        const message = `audience ${JSON.stringify(each)} is not allowed to bot ${subject.bot.name}`;
        throw new IssuerError("AUDIENCE_NOT_ALLOWED", message, { details: { audience: each } });
      }
    }
    const authority = authorities.activeJwt();
    const lifetime = leastLifetime(now, [
      within("asked", now, ttlSeconds),
      within("entry", now, subject.entry?.jwtTtlSeconds ?? lifetimes.jwtDefaultSeconds),
      within("server", now, lifetimes.jwtMaxSeconds),
      ...subjectLimits(subject),
      until("authority", authority.notAfter),
    ]);
    const jti = randomBytes(16).toString("hex");
    const spiffeId = parseSpiffeId(subject.bot.spiffeId);
    const issuedAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
    const expiresAt = lifetime.notAfter;
    const sign = async (): Promise<IssuedJwtSvid> => {
      const token = await signJwtSvid(authority, {
        sub: spiffeId.toString(),
        aud: [...audience],
        exp: expiresAt.getTime() / 1000,
        iat: issuedAt.getTime() / 1000,
        jti,
      });
      const bundles = bundleSet(authorities.bundle());
      for (const each of audience) verifyJwtSvid(token, bundles, { audience: each, now });
      return { kind: "jwt", spiffeId, token, jti, issuedAt, expiresAt };
    };
    const id = authority.keyId;
    const record = issuanceOf("jwt", jti, subject, lifetime, id, now, null, audience);
    return { plan: { record, subject, sign }, limitedBy: lifetime.limitedBy };
  }

  #recordResult(
    plan: Plan,
    result: "issued" | "failed",
    context: RequestContext,
    error?: unknown,
  ): void {
    const { recorder, clock, onRecordFailed } = this.#options;
    const draft = auditDraft(
      {
        ...eventBase(plan, context),
        type: result === "issued" ? "svid.issued" : "svid.failed",
        outcome: result === "issued" ? "ok" : "failed",
        ...(error === undefined ? {} : { code: errorCodeOf(error) }),
        details: error === undefined ? {} : { message: messageOf(error) },
      },
      clock.now(),
    );
    recorder
      .record(async (tx) => {
        await tx.setIssuanceResult([plan.record.id], result);
        await tx.appendAudit([draft]);
      })
      .catch(onRecordFailed);
  }
}

function validateAudience(audience: readonly string[]): void {
  if (audience.length < 1 || audience.length > MAX_AUDIENCES) {
    const message = `${audience.length} audiences, not 1 to ${MAX_AUDIENCES}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  if (new Set(audience).size !== audience.length) {
    throw new IssuerError("REQUEST_INVALID", "an audience is listed twice");
  }
}

function subjectLimits({ bot, entry, instance }: Subject) {
  return [
    until("bot end date", bot.endsAt),
    until("entry expiry", entry?.expiresAt ?? null),
    until("evidence", instance?.evidenceExpiresAt ?? null),
    until("lineage", instance?.lineageEndsAt ?? null),
  ];
}

function issuanceOf(
  kind: "x509" | "jwt",
  id: string,
  subject: Subject,
  lifetime: Lifetime,
  authorityId: string,
  now: Date,
  publicKeyHash: string | null,
  audiences: readonly string[],
): IssuanceRecord {
  return {
    id,
    kind,
    bot: subject.bot.name,
    spiffeId: subject.bot.spiffeId,
    instanceId: subject.instance?.id ?? null,
    entryId: subject.entry?.id ?? null,
    publicKeyHash,
    audiences,
    authorityId,
    notBefore: lifetime.notBefore,
    notAfter: lifetime.notAfter,
    issuedAt: now,
    result: "intent",
  };
}

function eventBase({ record, subject }: Plan, context: RequestContext) {
  return {
    requestId: context.requestId,
    actor: context.actor,
    bot: subject.bot.name,
    instance: subject.instance?.id ?? null,
    entry: subject.entry?.id ?? null,
    serial: record.id,
  };
}

function intentEvent(plan: Plan, limitedBy: string, context: RequestContext): AuditEvent {
  const { record, subject } = plan;
  const { instance, bot } = subject;
  return {
    ...eventBase(plan, context),
    type: "svid.intent",
    outcome: "ok",
    evidence: {
      attestor: instance?.attestor ?? "operator",
      selectors: instance?.selectors.map(formatSelector) ?? [],
    },
    details: {
      kind: record.kind,
      spiffeId: bot.spiffeId,
      owner: bot.owner,
      authority: record.authorityId,
      notAfter: record.notAfter.toISOString(),
      limitedBy,
      ...(record.publicKeyHash === null ? {} : { publicKeySha256: record.publicKeyHash }),
      ...(record.audiences.length === 0 ? {} : { audience: record.audiences.join(" ") }),
      ...(subject.entry?.dnsNames.length ? { dnsNames: subject.entry.dnsNames.join(" ") } : {}),
    },
  };
}
