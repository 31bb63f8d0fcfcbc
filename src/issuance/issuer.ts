import { auditDraft, type Recorder } from "../audit/index.ts";
import {
  audienceRefusal,
  entryRefusal,
  networkRefusal,
  passportLimits,
  passportRefusal,
  personRefusal,
  restrictionRefusal,
} from "../bots/index.ts";
import type { Authorities, SigningThreads } from "../ca/index.ts";
import type { Clock } from "../clock.ts";
import { MAX_CSR_BYTES } from "../crypto/index.ts";
import {
  checkIssuedX509Svid,
  jwtSvidSigningInput,
  subjectAltName,
  uniqueId,
  validity,
} from "../crypto/issuing.ts";
import { IssuerError } from "../errors.ts";
import { formatSelector, parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
import type { IssuanceRecord, Store } from "../store/index.ts";
import type { RequestContext } from "./admission.ts";
import type { Grants } from "./grants.ts";
import { issuedEvent } from "./issued-event.ts";
import { type Lifetime, leastLifetime, until, within } from "./lifetime.ts";
import { type Asker, Refusals } from "./refusals.ts";
import type { Subject } from "./subject.ts";

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
  readonly store: Store;
  readonly recorder: Recorder;
  readonly grants: Grants;
  readonly authorities: Authorities;
  readonly threads: SigningThreads;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly lifetimes: LifetimePolicy;
  /** Throws when there is no room to record what would be issued. */
  readonly requireRoom?: () => void;
}

/** Where a subject comes from, and whether it is still what it was. */
interface Source {
  read(): Promise<Subject>;
  isCurrent(subject: Subject): boolean;
}

/** Something signed, not yet recorded: it must not leave. */
interface Signed {
  readonly svid: IssuedSvid;
  readonly record: IssuanceRecord;
  readonly limitedBy: string;
}

const MAX_AUDIENCES = 16;
/** A finished leaf is read back and verified once in so many, and the first of each authority. */
const CHECK_EVERY = 256;

/** Issues SVIDs: prove, ask, sign, record, hand over; see ARCHITECTURE.md. */
export class Issuer {
  readonly #options: IssuerOptions;
  /** By authority: how many leaves it has signed here. */
  readonly #signed = new Map<string, number>();
  readonly #refusals: Refusals;

  constructor(options: IssuerOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options.recorder, options.clock, options.requireRoom);
  }

  /**
   * Issues to an attested instance. What it may have is asked each time; what it may not is recorded.
   * @throws IssuerError CSR_INVALID, KEY_NOT_ALLOWED, REQUEST_INVALID, AUDIENCE_NOT_ALLOWED, PASSPORT_REFUSED, NO_ACTIVE_AUTHORITY,
   * STORE_UNAVAILABLE, LIMIT_EXCEEDED and what `readGrant` throws.
   */
  issue(instanceId: string, wish: Wish, context: RequestContext): Promise<IssuedSvid> {
    const { grants } = this.#options;
    const source: Source = {
      async read() {
        const grant = await grants.read(instanceId);
        const refusal = networkRefusal(grant.bot, context.remoteAddress);
        if (refusal !== undefined) throw refusal;
        return {
          bot: grant.bot,
          entry: grant.entry,
          instance: grant.instance,
          audiences: grant.entry.audiences,
          grant,
        };
      },
      isCurrent: ({ grant }) => grant !== undefined && grants.isCurrent(grant),
    };
    return this.#run(wish, context, source, { instance: instanceId });
  }

  /**
   * Issues to a bot for an operator; such an SVID never resumes an instance.
   * @throws IssuerError NOT_FOUND, BOT_SUSPENDED, BOT_RETIRED, BOT_NOT_APPROVED, BOT_RESTRICTED and what `issue` throws.
   */
  mint(
    botName: string,
    wish: Wish,
    context: RequestContext,
    confirm: () => Promise<void> = async () => undefined,
  ): Promise<IssuedSvid> {
    const { store, clock, grants } = this.#options;
    let commits = -1;
    const read = async (): Promise<Subject> => {
      commits = grants.commits;
      await confirm();
      const now = clock.now();
      const bot = await store.getBot(botName);
      if (bot === undefined) throw new IssuerError("NOT_FOUND", `bot ${botName} does not exist`);
      // Whoever mints is a person, and what is minted is of no instance.
      const refusal =
        passportRefusal(bot, now) ?? restrictionRefusal(bot, now) ?? personRefusal(bot);
      if (refusal !== undefined) throw refusal;
      const entries = (await store.entriesOfBot(botName)).filter(
        (entry) => entryRefusal(entry, now) === undefined,
      );
      const audiences = [...new Set(entries.flatMap((entry) => entry.audiences))];
      return { bot, entry: entries[0], instance: undefined, audiences };
    };
    const source = { read, isCurrent: () => commits === grants.commits };
    return this.#run(wish, context, source, { bot: botName });
  }

  async #run(
    wish: Wish,
    context: RequestContext,
    source: Source,
    asker: Asker,
  ): Promise<IssuedSvid> {
    validateWish(wish);
    this.#options.requireRoom?.();
    for (;;) {
      // 1. Instance, evidence, entry, passport. 2. Sign. 3. Record it, on disk, if nothing has changed meanwhile.
      let subject: Subject | undefined;
      try {
        subject = await source.read();
        const now = this.#options.clock.now();
        const signed =
          wish.kind === "x509"
            ? await this.#signX509(wish, subject, now)
            : await this.#signJwt(wish, subject, now);
        // 4. Hand over. What was signed on an older state is forgotten: nobody has seen it.
        if (await this.#record(signed, subject, source, context, now)) return signed.svid;
      } catch (error) {
        await this.#refusals.record(wish, subject ? askerOf(subject) : asker, error, context);
        throw error;
      }
    }
  }

  /** @returns whether it was recorded; false: what it stands on has changed. */
  #record(
    signed: Signed,
    subject: Subject,
    source: Source,
    context: RequestContext,
    now: Date,
  ): Promise<boolean> {
    const { recorder, authorities } = this.#options;
    const event = issuedEvent(subject, signed.record, signed.limitedBy, context);
    return recorder.append({
      issuances: [signed.record],
      audit: [auditDraft(event, now)],
      stillHolds: () => source.isCurrent(subject) && authorities.maySign(signed.record.authorityId),
    });
  }

  async #signX509(
    { csrDer, ttlSeconds }: Extract<Wish, { kind: "x509" }>,
    subject: Subject,
    now: Date,
  ): Promise<Signed> {
    const { authorities, randomBytes, lifetimes, threads } = this.#options;
    const authority = authorities.activeX509();
    const lifetime = leastLifetime(now, [
      within("asked", now, ttlSeconds),
      within("entry", now, subject.entry?.x509TtlSeconds ?? lifetimes.x509DefaultSeconds),
      within("server", now, lifetimes.x509MaxSeconds),
      ...passportLimits(subject.bot, "x509", now),
      ...subjectLimits(subject),
      until("authority", authority.notAfter),
    ]);
    const { notBefore, notAfter } = lifetime;
    const serial = uniqueId(randomBytes, now);
    const serialHex = serial.toString("hex");
    const { spiffeId, sanDer } = namesOf(subject);
    const { certificateDer, publicKeyHash } = await threads.leaf(authority, {
      csrDer,
      serial,
      validity: validityOf(notBefore, notAfter),
      subjectAltName: sanDer,
    });
    const count = this.#signed.get(authority.id) ?? 0;
    this.#signed.set(authority.id, count + 1);
    if (count % CHECK_EVERY === 0) {
      const dnsNames = subject.entry?.dnsNames ?? [];
      const leaf = { serial, spiffeId, publicKeyHash, notBefore, notAfter, dnsNames };
      checkIssuedX509Svid(certificateDer, leaf, authority);
    }
    const record = issuanceOf(subject, lifetime, now, {
      kind: "x509",
      id: serialHex,
      publicKeyHash,
      audiences: [],
      authorityId: authority.id,
    });
    const certChainDer = [certificateDer];
    const svid = { kind: "x509", spiffeId, certChainDer, serialHex, notBefore, notAfter } as const;
    return { svid, record, limitedBy: lifetime.limitedBy };
  }

  async #signJwt(
    { audience, ttlSeconds }: Extract<Wish, { kind: "jwt" }>,
    subject: Subject,
    now: Date,
  ): Promise<Signed> {
    const { authorities, randomBytes, lifetimes, threads } = this.#options;
    for (const each of audience) {
      if (!subject.audiences.includes(each)) {
        const message = `audience ${JSON.stringify(each)} is not allowed to bot ${subject.bot.name}`;
        throw new IssuerError("AUDIENCE_NOT_ALLOWED", message, {
          details: { audience: each, rule: "entry.audiences" },
        });
      }
      const refusal = audienceRefusal(subject.bot, each);
      if (refusal !== undefined) throw refusal;
    }
    const authority = authorities.activeJwt();
    const lifetime = leastLifetime(now, [
      within("asked", now, ttlSeconds),
      within("entry", now, subject.entry?.jwtTtlSeconds ?? lifetimes.jwtDefaultSeconds),
      within("server", now, lifetimes.jwtMaxSeconds),
      ...passportLimits(subject.bot, "jwt", now),
      ...subjectLimits(subject),
      until("authority", authority.notAfter),
    ]);
    const jti = uniqueId(randomBytes, now).toString("hex");
    const { spiffeId } = namesOf(subject);
    const issuedAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
    const expiresAt = lifetime.notAfter;
    const input = jwtSvidSigningInput(authority, {
      sub: spiffeId,
      aud: audience,
      exp: expiresAt.getTime() / 1000,
      iat: issuedAt.getTime() / 1000,
      jti,
    });
    const token = `${input}.${await threads.token(authority, input)}`;
    const record = issuanceOf(subject, lifetime, now, {
      kind: "jwt",
      id: jti,
      publicKeyHash: null,
      audiences: audience,
      authorityId: authority.keyId,
    });
    const svid = { kind: "jwt", spiffeId, token, jti, issuedAt, expiresAt } as const;
    return { svid, record, limitedBy: lifetime.limitedBy };
  }
}

interface Names {
  readonly spiffeId: SpiffeId;
  readonly sanDer: Buffer;
}

const names = new WeakMap<object, Names>();

/** The same for all SVIDs of one reading of the entry, or of the bot where there is none. */
function namesOf({ bot, entry }: Subject): Names {
  const known = names.get(entry ?? bot);
  if (known !== undefined) return known;
  const spiffeId = parseSpiffeId(bot.spiffeId);
  const made = { spiffeId, sanDer: subjectAltName(spiffeId, entry?.dnsNames ?? []) };
  names.set(entry ?? bot, made);
  return made;
}

let lastValidity: { notBefore: number; notAfter: number; der: Buffer } = {
  notBefore: -1,
  notAfter: -1,
  der: Buffer.alloc(0),
};

/** Whole seconds: many in a row have the same. */
function validityOf(notBefore: Date, notAfter: Date): Buffer {
  const [from, to] = [notBefore.getTime(), notAfter.getTime()];
  if (lastValidity.notBefore !== from || lastValidity.notAfter !== to) {
    lastValidity = { notBefore: from, notAfter: to, der: validity(notBefore, notAfter) };
  }
  return lastValidity.der;
}

/** What was sent, before anything is read: @throws IssuerError CSR_INVALID, REQUEST_INVALID. */
function validateWish(wish: Wish): void {
  if (wish.kind === "jwt") {
    validateAudience(wish.audience);
    return;
  }
  const { length } = wish.csrDer;
  if (length === 0) throw new IssuerError("CSR_INVALID", "CSR is empty");
  if (length > MAX_CSR_BYTES) {
    throw new IssuerError("CSR_INVALID", `CSR has ${length} bytes, more than ${MAX_CSR_BYTES}`);
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

function askerOf({ bot, instance, entry }: Subject): Asker {
  const evidence = instance && {
    attestor: instance.attestor,
    selectors: instance.selectors.map(formatSelector),
  };
  return {
    bot: bot.name,
    ...(instance && { instance: instance.id }),
    ...(entry && { entry: entry.id }),
    ...(evidence && { evidence }),
  };
}

function issuanceOf(
  { bot, entry, instance }: Subject,
  { notBefore, notAfter }: Lifetime,
  issuedAt: Date,
  what: Pick<IssuanceRecord, "id" | "kind" | "publicKeyHash" | "audiences" | "authorityId">,
): IssuanceRecord {
  return {
    ...what,
    bot: bot.name,
    spiffeId: bot.spiffeId,
    instanceId: instance?.id ?? null,
    entryId: entry?.id ?? null,
    notBefore,
    notAfter,
    issuedAt,
  };
}
