import { randomBytes as systemRandomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { delay, holding, systemClock, type Timer } from "../clock.ts";
import { buildCsr, generateKey, parseCertificate, publicKeyDer } from "../crypto/index.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import {
  type Bundle,
  type JwtSvid,
  type SpiffeId,
  type TrustDomain,
  trySpiffeId,
  type X509Svid,
} from "../spiffe/index.ts";
import {
  type AttachResponse__Output,
  Backoff,
  bundleFromMessage,
  errorFromMessage,
  type Identity__Output,
  type IssueItem,
  type IssueResult__Output,
  type Renew__Output,
  type StatementProof__Output,
  type UsesReport,
  type X509SvidMessage__Output,
} from "../wire/index.ts";
import type { PassportCalls } from "./call-rules.ts";
import { type DenialReason, type DeniedQuery, DenySet, type DenySetState } from "./deny-set.ts";
import { SharedLines } from "./dial.ts";
import type { BotEvents } from "./events.ts";
import { attest, svidEvidence } from "./evidence.ts";
import type { HeldIdentity } from "./held-identity.ts";
import { IdentitySet } from "./identity-set.ts";
import { IssuerClock } from "./issuer-clock.ts";
import type { IdentityView, Line } from "./line.ts";
import { AttachLink } from "./link.ts";
import { LogWatch } from "./log-watch.ts";
import type { AttachChannel, ConnectOptions } from "./options.ts";
import { StateDirectory } from "./state-directory.ts";
import { Subscriptions } from "./subscriptions.ts";
import { traced } from "./tracing.ts";
import { findWays, type Tried, type Way } from "./ways.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
/** No SVID is replaced sooner than this, whatever the options say. */
const SHORTEST_ROTATION_MS = 250;
/** Nor, when it has expired by our clock as soon as it was there, than about half of this. */
const SHORTEST_ROTATION_WITHOUT_TIME_MS = 60_000;
/** Codes after which trying the same again is in vain. */
const HOPELESS: ReadonlySet<string> = new Set([
  "REQUEST_INVALID",
  "UNIMPLEMENTED",
  "CONFIG_INVALID",
]);
/** Codes that say "not with this SVID": the bot may still prove itself afresh. */
const NOT_RESUMABLE: ReadonlySet<string> = new Set([
  "ATTESTATION_REFUSED",
  "CLIENT_CERTIFICATE_REQUIRED",
  "DENIED",
  "INSTANCE_EVICTED",
  "NO_IDENTITY",
  "SVID_EXPIRED",
  "SVID_INVALID",
]);

/** Codes that take away what is held. */
const WITHDRAWN: ReadonlySet<string> = new Set([
  "BOT_RETIRED",
  "BOT_SUSPENDED",
  "BOT_NOT_APPROVED",
  "PASSPORT_REFUSED",
  "DENIED",
  "INSTANCE_EVICTED",
  "INSTANCE_LOCKED",
  "NO_IDENTITY",
]);

/**
 * A bot's line to the issuer, for life: attests, keeps SVIDs fresh, hears of bundles and denied identities. No timer
 * of it keeps a finished process alive, but the open stream does: close it.
 */
export class Agent extends EventEmitter<BotEvents> implements Line {
  /** The issuer's time, as far as it has said what time it is. */
  readonly clock: IssuerClock;
  #stopJumps: () => void = () => undefined;
  readonly #options: ConnectOptions;
  readonly #random: (size: number) => Buffer;
  readonly #state: StateDirectory | undefined;
  readonly #denied: DenySet;
  readonly #log: LogWatch;
  readonly #backoff: Backoff;
  readonly #rotateBackoff: Backoff;
  readonly #identities = new IdentitySet();
  #bundle: Bundle | undefined;
  #link: AttachLink | undefined;
  #way: Way | undefined;
  #rotateTimer: Timer | undefined;
  #reconnectTimer: Timer | undefined;
  #rotating: Promise<void> | undefined;
  readonly #lines = new SharedLines();
  /** Streams opened beside its own: each takes the next address. */
  #besides = 0;
  readonly #subscriptions: Subscriptions;
  #closed = false;
  /** Not open yet: what is done is a part of that. */
  #opening = true;
  readonly #later: (() => void)[] = [];
  /** The stream was not up all the time since the start. */
  #wasDown = false;

  constructor(options: ConnectOptions) {
    super();
    this.#options = options;
    this.clock = new IssuerClock(options.clock ?? systemClock);
    this.#random = options.randomBytes ?? systemRandomBytes;
    const env = options.env ?? process.env;
    const directory = options.stateDirectory ?? env.BOTPASS_STATE_DIR;
    this.#state = directory === undefined ? undefined : new StateDirectory(directory);
    this.#log = new LogWatch({
      load: async () => this.#state?.loadCheckpoint(),
      save: async (known) => this.#state?.saveCheckpoint(known),
      proof: (fromSize, toSize) => this.#proofOfLog(fromSize, toSize),
      handovers: (afterVerifier) => this.#handoversOfLog(afterVerifier),
      onInconsistent: (inconsistency) =>
        this.#whenOpen(() => this.emit("log_inconsistent", inconsistency)),
      onError: (error) => this.#fail(error),
    });
    this.#denied = new DenySet(this.clock, options.denySet, (stale) => {
      if (stale) this.emit("stale", this.#denied.staleMs);
      else this.emit("fresh");
    });
    this.#subscriptions = new Subscriptions({
      clock: this.clock,
      denied: this.#denied,
      ids: () => this.#identities.ids,
      isService: () => this.#identities.isService,
      onCrls: () => this.emit("crls"),
      onError: (error) => this.#fail(error),
    });
    const random = (): number => this.#random(4).readUInt32LE() / 2 ** 32;
    this.#backoff = new Backoff(random);
    this.#rotateBackoff = new Backoff(random);
    const { rotateAt = 0.5 } = options;
    if (!(rotateAt > 0 && rotateAt < 1)) {
      throw new IssuerError("CONFIG_INVALID", `rotateAt ${rotateAt} is not between 0 and 1`);
    }
  }

  /** Finds a way in and waits for the first identity. Called once. Throws as `connect` says. */
  async open(): Promise<void> {
    try {
      // Whoever waits for an identity must not end because nothing but timers is left.
      await traced("botpass.connect", {}, () => holding(() => this.#open()));
    } catch (error) {
      await this.#shut(false);
      throw error;
    } finally {
      this.#opening = false;
    }
    // `connect` has answered by then, and its caller listens.
    const later = this.#later.splice(0);
    setImmediate(() => {
      for (const tell of later) tell();
    });
  }

  /** What nobody can listen for yet is told once somebody could. */
  #whenOpen(tell: () => void): void {
    if (this.#opening) this.#later.push(tell);
    else tell();
  }

  /** The default identity's SPIFFE ID. */
  get spiffeId(): SpiffeId {
    return this.#default().spiffeId;
  }

  /** Kind of the default identity's bot: bot, service or node; undefined while the server was not reached. */
  get kind(): string | undefined {
    return this.#default().info?.kind;
  }

  /** All identities, the closest match first. */
  identities(): readonly SpiffeId[] {
    return this.#identities.spiffeIds();
  }

  /** Whom passports let call whom: `byPassport` asks it. */
  get calls(): PassportCalls {
    return this.#subscriptions.calls;
  }

  /**
   * One identity among several.
   * @throws IssuerError NO_IDENTITY when there is none with this SPIFFE ID or hint.
   */
  identity(which: { readonly spiffeId?: string; readonly hint?: string }): IdentityView {
    const held = this.#identities.find(which);
    return {
      spiffeId: held.spiffeId,
      hint: held.hint,
      x509Svid: () => this.#svidOf(held),
      bundleFor: (trustDomain) => this.bundleFor(trustDomain),
      jwtSvid: (audience) => this.#jwtOf(held, audience),
    };
  }

  /** @throws IssuerError SVID_EXPIRED, NO_IDENTITY, BOT_RETIRED …, CLOSED. */
  x509Svid(): X509Svid {
    return this.#svidOf(this.#default());
  }

  /**
   * All X509-SVIDs that can be used now, the closest match's first.
   * @throws IssuerError as `x509Svid`, when there is none.
   */
  x509Svids(): readonly X509Svid[] {
    const usable = this.#identities.inOrder().flatMap(({ held: svid, hint }) => {
      // The hint may have changed since.
      return svid !== undefined && svid.notAfter > this.clock.now() ? [{ ...svid, hint }] : [];
    });
    return usable.length > 0 && !this.#closed ? usable : [this.x509Svid()];
  }

  /** The bundles that are trusted. */
  bundles(): readonly Bundle[] {
    return this.#bundle === undefined ? [] : [this.#bundle];
  }

  bundleFor(trustDomain: TrustDomain): Bundle | undefined {
    return this.#bundle?.trustDomain.equals(trustDomain) ? this.#bundle : undefined;
  }

  /**
   * A JWT-SVID for one audience, or for several when the receiver asks for that.
   * @throws IssuerError AUDIENCE_NOT_ALLOWED, NO_IDENTITY, UNAVAILABLE, CLOSED.
   */
  jwtSvid(audience: string | readonly string[]): Promise<JwtSvid> {
    return this.#jwtOf(this.#default(), typeof audience === "string" ? [audience] : audience);
  }

  /** Why an identity is denied; undefined when it is not. Follows the server's list from the first call on. */
  isDenied(what: DeniedQuery): DenialReason | undefined {
    return this.#subscriptions.denied().reasonFor(what);
  }

  /** What is known of denied identities, and how old it is. Follows the server's list from the first call on. */
  get denySet(): DenySetState {
    return this.#subscriptions.denied();
  }

  /** Calls back when the denied identities change. @returns stops the calls. */
  onDenied(listener: () => void): () => void {
    return this.#subscriptions.denied().onChange(listener);
  }

  /** Resolves when the denied identities are known, or the line is down. */
  deniedReady(): Promise<void> {
    return this.#subscriptions.deniedReady();
  }

  /** Certificate revocation lists of the trust domain's authorities, in DER. Follows the server's from the first call on. */
  crls(): readonly Buffer[] {
    return this.#subscriptions.crls();
  }

  /** Resolves when the lists are known, or the line is down. */
  crlsReady(): Promise<void> {
    return this.#subscriptions.crlsReady();
  }

  /**
   * One more stream to the server, on a connection that presents this identity: for a node that speaks for its processes.
   * @throws IssuerError CONFIG_INVALID when the server is not reached over TLS; UNAVAILABLE while there is no SVID of its own that
   * is valid; as `x509Svid`.
   */
  openBeside(): AttachChannel {
    const bundle = this.#bundle;
    const addresses = this.#way?.addresses ?? [];
    const address = addresses[this.#besides % Math.max(addresses.length, 1)];
    this.#besides += 1;
    if (bundle === undefined || address === undefined) {
      const message =
        "a node reaches its server over TLS: by a token, a device certificate or a state directory";
      throw new IssuerError("CONFIG_INVALID", message);
    }
    const own = this.#ownForOthers();
    return this.#lines.open(address, () => this.#bundle ?? bundle, this.clock, own);
  }

  /** Whoever stands behind this identity waits while it has none for the moment: that says nothing of theirs. */
  #ownForOthers(): X509Svid {
    try {
      return this.x509Svid();
    } catch (error) {
      if (errorCodeOf(error) !== "SVID_EXPIRED" && !this.#default().isAwaited) throw error;
      throw new IssuerError("UNAVAILABLE", messageOf(error), { cause: error });
    }
  }

  /** Says goodbye and ends; what the state directory holds stays usable when there is one. */
  close(): Promise<void> {
    return this.#shut(this.#state === undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Wall time was set, or the machine slept: what time it is, is asked, and what is due by then is done. */
  async #jumped(): Promise<void> {
    try {
      await this.#link?.request({ time: {} });
    } catch (error) {
      this.#fail(error);
    }
    if (this.#closed) return;
    this.emit("clock_jumped", this.clock.skewMs);
    if (this.#link !== undefined) this.#rotateSoon();
  }

  async #open(): Promise<void> {
    const { clock } = this;
    this.#stopJumps = clock.onJump?.(() => void this.#jumped()) ?? this.#stopJumps;
    const env = this.#options.env ?? process.env;
    const saved = await this.#state?.load();
    const context = { options: this.#options, env, clock, saved };
    const { ways, tried } = await findWays(context);
    for (const svid of saved?.svids ?? []) {
      if (svid.notAfter <= clock.now()) continue;
      this.#identities.restore(svid, this.#rotationPoint(svid.notBefore, svid.notAfter));
    }
    if (saved !== undefined) this.#bundle = saved.bundle;
    const deadline = clock.monotonicMs() + (this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    for (;;) {
      const failures = await this.#tryAll(ways);
      if (failures === undefined) return;
      const again = failures.some(({ error }) => isTransient(error));
      // Works on what was saved only when nobody has refused it.
      const refused = failures.some(({ way, error }) => way.resumes && !isTransient(error));
      if (this.#identities.ids.length > 0 && again && !refused)
        return this.#goOffline(ways, failures);
      if (refused) throw noWayIn(failures, tried);
      const waitMs = this.#backoff.next();
      if (!again || clock.monotonicMs() + waitMs > deadline) throw noWayIn(failures, tried);
      await delay(clock, waitMs);
      if (this.#closed) throw new IssuerError("CLOSED", "the bot is closed");
    }
  }

  async #tryAll(ways: readonly Way[]): Promise<readonly Failure[] | undefined> {
    const failures: Failure[] = [];
    for (const way of ways) {
      try {
        await this.#attach(way);
        await this.#rotateDue();
        this.#default().x509Svid(this.clock.now());
        return undefined;
      } catch (error) {
        this.#link?.close(false);
        this.#link = undefined;
        this.#subscriptions.dropped();
        failures.push({ way, error });
      }
    }
    return failures;
  }

  /** A saved identity is still good: the bot works on it, and goes on trying. */
  #goOffline(ways: readonly Way[], failures: readonly Failure[]): void {
    this.#way = ways.find((way) => way.resumes) ?? ways[0];
    this.#wasDown = true;
    this.#subscriptions.detached();
    const [first] = failures;
    this.#planReconnect(first?.error);
  }

  /** Opens a stream and attests on it: by the newest SVID where that goes, else afresh. */
  async #attach(way: Way): Promise<void> {
    const resume = way.resumes ? this.#identities.resumable(this.clock.now()) : undefined;
    if (resume === undefined) return this.#attachWith(way, undefined);
    let refusal: unknown;
    try {
      return await this.#attachWith(way, resume);
    } catch (error) {
      if (way.evidence === undefined || !NOT_RESUMABLE.has(errorCodeOf(error))) throw error;
      refusal = error;
    }
    try {
      await this.#attachWith(way, undefined);
    } catch (error) {
      // Neither by it nor afresh: what was taken away is gone, whatever is wrong with the evidence.
      if (refusal instanceof IssuerError && WITHDRAWN.has(refusal.code) && !isTransient(error)) {
        this.#loseAll(refusal);
      }
      throw error;
    }
    // What the server did not take, nobody else will: it is replaced now, not at its time.
    this.#identities.replace(resume.serialHex);
  }

  #attachWith(way: Way, resume: X509Svid | undefined): Promise<void> {
    const attributes = { "botpass.way": way.name, "botpass.resumes": String(resume !== undefined) };
    const work = () => this.#attachNow(way, resume);
    return traced("botpass.attach", { root: !this.#opening, attributes }, work);
  }

  async #attachNow(way: Way, resume: X509Svid | undefined): Promise<void> {
    const channel = await way.open(resume);
    const link = new AttachLink(channel, this.clock);
    try {
      const evidence = resume === undefined ? way.evidence : svidEvidence;
      if (evidence === undefined) {
        throw new IssuerError("NO_IDENTITY", "there is nothing to attest afresh with");
      }
      const attached = await attest(link, evidence, this.#random);
      if (this.#closed) throw new IssuerError("CLOSED", "the bot is closed");
      this.#link = link;
      this.#way = way;
      this.#takeIdentities(attached.identities);
      if (attached.bundle) this.#takeBundle(bundleFromMessage(attached.bundle));
    } catch (error) {
      link.close(false);
      throw error;
    }
    this.#backoff.reset();
    link.listen({
      onPush: (push) => {
        // A line that was replaced says nothing any more: the list of one must not end up in that of another.
        if (this.#link === link) this.#pushed(push);
      },
      onClose: (error) => this.#lineLost(link, error),
    });
    await this.#subscriptions.attached(link);
  }

  #takeIdentities(infos: readonly Identity__Output[]): void {
    const { rules } = this.#subscriptions;
    for (const { spiffeId, calls } of infos) rules.setOwn(spiffeId, calls);
    const { changed, gone } = this.#identities.take(infos);
    for (const id of gone) rules.drop(id);
    if (changed) this.emit("identities", this.identities());
  }

  #takeBundle(bundle: Bundle): void {
    const before = this.#bundle;
    this.#bundle = bundle;
    this.#way?.setBundle(bundle);
    if (before?.sequence === bundle.sequence) return;
    if (before !== undefined && this.#identities.dropUnvouched(before, bundle)) {
      if (this.#link !== undefined) this.#rotateSoon();
    }
    void this.#save();
    this.emit("bundle", bundle);
  }

  #pushed(push: AttachResponse__Output): void {
    switch (push.body) {
      case "attached":
        if (push.attached === null || push.attached === undefined) return;
        this.#takeIdentities(push.attached.identities);
        if (push.attached.bundle) this.#takeBundle(bundleFromMessage(push.attached.bundle));
        this.#subscriptions.identitiesChanged();
        this.#rotateSoon();
        return;
      case "bundle":
        if (push.bundle) this.#takeBundle(bundleFromMessage(push.bundle));
        return;
      case "denied":
      case "callers":
      case "crls":
        this.#subscriptions.take(push);
        return;
      case "instanceStatus":
        if (push.instanceStatus) {
          const ended = this.#identities.end(push.instanceStatus);
          if (ended !== undefined) this.emit(ended.name, ended.end);
        }
        return;
      case "logCheckpoint":
        if (push.logCheckpoint) void this.#log.take(push.logCheckpoint);
        return;
      case "renew":
        if (push.renew) this.#renew(push.renew);
        return;
      case "shutdown":
        this.#backoff.reset();
        this.#reconnectAfterMs = push.shutdown?.reconnectAfterMs ?? 0;
        return;
      default:
        return;
    }
  }

  async #proofOfLog(fromSize: number, toSize: number): Promise<readonly Buffer[]> {
    const link = this.#link;
    if (link === undefined) {
      throw new IssuerError("UNAVAILABLE", "the line to the server is down");
    }
    const response = await link.request({ logProof: { fromSize, toSize } });
    return response.logProof?.hashes ?? [];
  }

  async #handoversOfLog(afterVerifier: string): Promise<readonly string[]> {
    const link = this.#link;
    if (link === undefined) {
      throw new IssuerError("UNAVAILABLE", "the line to the server is down");
    }
    const response = await link.request({ logHandovers: { afterVerifier } });
    return response.logHandovers?.notes ?? [];
  }

  #reconnectAfterMs = 0;

  /** What was revoked is replaced now. */
  #renew(renew: Renew__Output): void {
    this.#identities.renew(renew);
    const { serials, jtis, tainted } = renew;
    if (!tainted) this.emit("revoked", { serials, jtis });
    this.#rotateSoon();
  }

  #lineLost(link: AttachLink, error: IssuerError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    if (this.#closed) return;
    this.#subscriptions.detached();
    this.#wasDown = true;
    this.emit("disconnected", error);
    this.#planReconnect(error);
  }

  #planReconnect(reason: unknown): void {
    if (this.#closed) return;
    if (HOPELESS.has(errorCodeOf(reason))) {
      this.#fail(reason);
      return;
    }
    const asked = Math.max(
      this.#reconnectAfterMs,
      reason instanceof IssuerError ? (reason.retryAfterMs ?? 0) : 0,
    );
    this.#reconnectAfterMs = 0;
    this.#reconnectTimer?.cancel();
    this.#reconnectTimer = this.clock.schedule(this.#backoff.next(asked), () => {
      void this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    const way = this.#way;
    if (this.#closed || way === undefined) return;
    try {
      await this.#attach(way);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof IssuerError && WITHDRAWN.has(error.code)) this.#loseAll(error);
      this.#fail(error);
      this.#planReconnect(error);
      return;
    }
    if (this.#wasDown) this.emit("reconnected");
    this.#wasDown = false;
    this.#rotateSoon();
  }

  /** The server was reached, and gives nothing any more: what is held must not be used either. */
  #loseAll(error: IssuerError): void {
    if (this.#identities.loseAll(error)) this.emit("identities", this.identities());
  }

  #svidOf(held: HeldIdentity): X509Svid {
    if (this.#closed) throw new IssuerError("CLOSED", "the bot is closed");
    return held.x509Svid(this.clock.now());
  }

  async #jwtOf(held: HeldIdentity, audience: readonly string[]): Promise<JwtSvid> {
    if (this.#closed) throw new IssuerError("CLOSED", "the bot is closed");
    return held.jwtSvid(audience, this.clock, async () => {
      const instanceId = held.info?.instanceId;
      if (instanceId === undefined) {
        throw new IssuerError("UNAVAILABLE", "the line to the server is down");
      }
      const [result] = await this.#issue([{ instanceId, jwt: { audience: [...audience] } }]);
      if (result?.result === "jwt" && result.jwt) return result.jwt;
      throw resultError(result);
    });
  }

  async proveStatement({
    serialHex,
    sha256,
  }: {
    readonly serialHex: string;
    readonly sha256: Buffer;
  }): Promise<StatementProof__Output> {
    const held = this.#identities.all().find((each) => each.held?.serialHex === serialHex);
    const instanceId = (held ?? this.#default()).info?.instanceId;
    const link = this.#link;
    if (link === undefined || instanceId === undefined) {
      throw new IssuerError("UNAVAILABLE", "the line to the server is down");
    }
    const { statement } = await link.request({
      statement: { instanceId, serial: serialHex, statementSha256: sha256 },
    });
    if (statement) return statement;
    throw new IssuerError("INTERNAL", "the server answered with something else than was asked for");
  }

  async reportUses(uses: UsesReport): Promise<void> {
    const link = this.#link;
    if (link === undefined) {
      throw new IssuerError("UNAVAILABLE", "the line to the server is down");
    }
    await link.request({ uses });
  }

  async #issue(items: IssueItem[]): Promise<readonly IssueResult__Output[]> {
    const link = this.#link;
    if (link === undefined) {
      throw new IssuerError("UNAVAILABLE", "the line to the server is down");
    }
    const response = await link.request({ issue: { items } });
    return response.issued?.results ?? [];
  }

  #rotateSoon(): void {
    this.#rotateTimer?.cancel();
    this.#rotateDue().catch((error: unknown) => {
      this.#fail(error);
      this.#planRotation(this.#rotateBackoff.next());
    });
  }

  /** Replaces all X509-SVIDs whose time has come, with new keys, in one request. */
  #rotateDue(): Promise<void> {
    this.#rotating ??= this.#rotateNow().finally(() => {
      this.#rotating = undefined;
    });
    return this.#rotating;
  }

  async #rotateNow(): Promise<void> {
    const now = this.clock.now().getTime();
    const due = this.#identities
      .inOrder()
      .filter(
        ({ info, held, rotateAtMs }) =>
          info !== undefined && (held === undefined || rotateAtMs <= now),
      );
    if (due.length === 0 || this.#link === undefined) return this.#planRotation();
    const root = !this.#opening;
    return traced("botpass.rotate", { root }, () => this.#rotate(due));
  }

  async #rotate(due: readonly HeldIdentity[]): Promise<void> {
    if (due.some(endsWithEvidence)) await this.#attestAgain();
    const { keyType = "ec-p256", x509TtlSeconds = 0 } = this.#options;
    const wishes = await Promise.all(
      due.slice(0, 100).map(async (held) => ({ held, key: await generateKey(keyType) })),
    );
    const results = await this.#issue(
      wishes.map(({ held, key }) => ({
        instanceId: held.info?.instanceId ?? "",
        x509: { csr: buildCsr(key), ttlSeconds: x509TtlSeconds },
      })),
    );
    let failure: unknown;
    wishes.forEach(({ held, key }, index) => {
      const result = results[index];
      if (result?.result !== "x509" || !result.x509) {
        failure = resultError(result);
        return;
      }
      const svid = svidFrom(result.x509, key, held);
      // From now on, not from its start, which lies a little back.
      const rotateAtMs = this.#rotationPoint(this.clock.now(), svid.notAfter);
      this.#identities.install(held, svid, rotateAtMs);
      this.emit("rotated", svid);
    });
    // Saved before the server hears of it: from then on the ones before cannot resume.
    await this.#save();
    const serials = wishes.flatMap(({ held }) => held.held?.serialHex ?? []);
    this.#link?.tell({ installed: { serials } });
    if (failure !== undefined) throw failure;
    this.#rotateBackoff.reset();
    this.#planRotation();
  }

  /**
   * Another SVID by the same evidence would end with it as the last one did: attests by what the platform gives now. When that
   * fails, what was proven goes on to its end.
   */
  async #attestAgain(): Promise<void> {
    const way = this.#way;
    const before = this.#link;
    try {
      if (way === undefined || (await way.evidence?.newer?.()) !== true) return;
      await this.#attachWith(way, undefined);
      before?.close(true);
    } catch (error) {
      this.#fail(error);
    }
  }

  #rotationPoint(from: Date, notAfter: Date): number {
    // A server that says no time may have another: its SVIDs must not be replaced without end.
    const left = notAfter.getTime() - from.getTime();
    const life = left > 0 ? left : SHORTEST_ROTATION_WITHOUT_TIME_MS;
    const jitter = (this.#random(4).readUInt32LE() / 2 ** 32 - 0.5) * 0.2;
    const part = Math.min((this.#options.rotateAt ?? 0.5) * (1 + jitter), 0.95);
    return from.getTime() + Math.max(life * part, SHORTEST_ROTATION_MS);
  }

  #planRotation(delayMs?: number): void {
    this.#rotateTimer?.cancel();
    if (this.#closed || this.#link === undefined) return;
    const now = this.clock.now().getTime();
    let at = Number.POSITIVE_INFINITY;
    for (const held of this.#identities.all()) {
      if (held.held !== undefined) at = Math.min(at, held.rotateAtMs);
    }
    const waitMs = delayMs ?? Math.max(at - now, 0);
    if (!Number.isFinite(waitMs)) return;
    this.#rotateTimer = this.clock.schedule(waitMs, () => this.#rotateSoon());
  }

  /** Never rejects: without a saved state the bot works on, and says so. */
  async #save(): Promise<void> {
    const bundle = this.#bundle;
    if (this.#state === undefined || bundle === undefined || this.#way === undefined) return;
    const svids = this.#identities
      .inOrder()
      .flatMap(({ held, info }) => (held !== undefined && info?.resumable !== false ? [held] : []));
    const { addresses, tokenKey } = this.#way;
    try {
      await this.#state.save({
        addresses,
        bundle,
        svids,
        ...(tokenKey === undefined ? {} : { tokenKey }),
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  #default(): HeldIdentity {
    return this.#identities.find(this.#options.identity ?? {});
  }

  #fail(error: unknown): void {
    if (this.listenerCount("error") === 0) return;
    this.emit("error", error instanceof Error ? error : new Error(messageOf(error)));
  }

  async #shut(goodbye: boolean): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#rotateTimer?.cancel();
    this.#reconnectTimer?.cancel();
    this.#stopJumps();
    this.#subscriptions.close();
    const link = this.#link;
    this.#link = undefined;
    link?.close(goodbye);
  }
}

interface Failure {
  readonly way: Way;
  readonly error: unknown;
}

function isTransient(error: unknown): boolean {
  const code = errorCodeOf(error);
  return ["UNAVAILABLE", "STORE_UNAVAILABLE", "NO_ACTIVE_AUTHORITY", "DEADLINE_EXCEEDED"].includes(
    code,
  );
}

/** One way that failed says why itself; several are listed. */
function noWayIn(failures: readonly Failure[], tried: readonly Tried[]): IssuerError {
  const [only] = failures;
  if (failures.length === 1 && only?.error instanceof IssuerError && !isTransient(only.error)) {
    if (tried.length === 0 || !only.way.name.startsWith("socket")) return only.error;
  }
  const lines = [
    ...tried.map(({ name, reason }) => `${name}: ${reason}`),
    ...failures.map(({ way, error }) => `${way.name}: ${messageOf(error)} (${errorCodeOf(error)})`),
  ];
  const message = `no way to an identity; tried:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new IssuerError("NO_WAY_IN", message, { cause: only?.error });
}

/** Whether what is held was cut short by the end of the evidence or the lineage. */
function endsWithEvidence({ held, info }: HeldIdentity): boolean {
  if (held === undefined || info === undefined) return false;
  return held.notAfter.getTime() + 1000 > info.lineageEndsAtMs;
}

function resultError(result: IssueResult__Output | undefined): IssuerError {
  if (result?.result === "error" && result.error) return errorFromMessage(result.error);
  return new IssuerError("INTERNAL", "the server answered with something else than was asked for");
}

function svidFrom(
  message: X509SvidMessage__Output,
  privateKey: X509Svid["privateKey"],
  held: HeldIdentity,
): X509Svid {
  const leaf = parseCertificate(message.certificates[0] ?? Buffer.alloc(0));
  const spiffeId = trySpiffeId(leaf.uriSans[0] ?? "");
  if (!spiffeId?.equals(held.spiffeId) || !leaf.publicKeyDer.equals(publicKeyDer(privateKey))) {
    throw new IssuerError("SVID_INVALID", "the server answered with an SVID of another ID or key");
  }
  return {
    spiffeId,
    certChainDer: message.certificates,
    privateKey,
    serialHex: leaf.serialHex,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    ...(held.hint === "" ? {} : { hint: held.hint }),
  };
}
