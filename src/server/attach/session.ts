import { randomUUID } from "node:crypto";
import type { Attestor, Proof, Step } from "../../attestation/index.ts";
import { type Calls, callsOf } from "../../bots/index.ts";
import type { Crl } from "../../ca/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import { errorCodeOf, IssuerError } from "../../errors.ts";
import type {
  Admission,
  Grant,
  IssuedX509Svid,
  Issuer,
  RequestContext,
  Statements,
} from "../../issuance/index.ts";
import { readGrant } from "../../issuance/index.ts";
import type { Bundle, Selector } from "../../spiffe/index.ts";
import type { Store } from "../../store/index.ts";
import {
  type AttachRequest__Output,
  type AttachResponse,
  bundleToMessage,
  type CallersPosition__Output,
  type CallersUpdate,
  type Channel,
  type DenyUpdate,
  errorToMessage,
  type Hello__Output,
  type IssueItem__Output,
  type IssueResult,
  type LogCheckpoint,
} from "../../wire/index.ts";
import type { ServerMetrics } from "../metrics.ts";
import type { ConnectionFacts } from "../rpc/facts.ts";
import type { EndingSpan, ServerSpan, Tracing } from "../spans.ts";
import type { CallersFeed, CallersSubscriber } from "./callers-feed.ts";
import type { DenyFeed, DenySubscriber } from "./deny-feed.ts";
import type { LogPush, LogSubscriber } from "./log-push.ts";
import {
  crlsMessage,
  type GrantLifetimes,
  identityMessage,
  instanceStatusOf,
  svidMessage,
} from "./messages.ts";
import type { LiveSession, RenewOrder, SessionRegistry } from "./registry.ts";
import type { Renewals } from "./renewals.ts";
import type { Uses } from "./uses.ts";

/** What all sessions share. */
export interface SessionServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly attestors: ReadonlyMap<string, Attestor>;
  readonly admission: Admission;
  readonly issuer: Issuer;
  readonly statements: Statements;
  readonly registry: SessionRegistry;
  readonly renewals: Renewals;
  readonly denyFeed: DenyFeed;
  readonly callersFeed: CallersFeed;
  readonly logPush: LogPush;
  readonly uses: Uses;
  readonly crls: () => readonly Crl[];
  readonly bundle: () => Bundle;
  readonly lifetimes: GrantLifetimes;
  readonly metrics: ServerMetrics;
  /** undefined: nothing is traced. */
  readonly tracing: Tracing | undefined;
  /** Called with what is not the caller's fault. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** What is issued on a stream so soon belongs to the trace of its attach; what comes later begins one. */
const ATTACH_TRACE_MS = 60_000;
/** A caller must be attested within this time. */
const ATTEST_TIMEOUT_MS = 10_000;
/** Identities that one stream may ask for at once who may call them. */
const MOST_POSITIONS = 1_000;
/** Requests of one stream that may be in work at once. */
const MAX_IN_WORK = 64;
/** A caller who does not read for so long is cut off. */
const SLOW_READER_MS = 30_000;

/** What is kept of an X509-SVID: its bytes share memory with those of others. */
type Newest = Pick<IssuedX509Svid, "serialHex" | "notBefore" | "notAfter">;

type Phase =
  | { readonly name: "new" }
  | { readonly name: "challenged"; readonly step: Extract<Step, { kind: "challenge" }> }
  | { readonly name: "attached"; readonly proof: Proof }
  | { readonly name: "busy" | "closed" };

/** One stream of a bot, from its first message to its end. */
export class AttachSession
  implements LiveSession, DenySubscriber, CallersSubscriber, LogSubscriber
{
  readonly #services: SessionServices;
  readonly #channel: Channel<AttachResponse, AttachRequest__Output>;
  readonly #facts: ConnectionFacts;
  readonly #attestTimer: Timer;
  readonly #span: ServerSpan | undefined;
  readonly #openedMs: number;
  readonly #grants = new Map<string, Grant>();
  /** What the passport of each bot says of calls, as its client was told. */
  #calls: ReadonlyMap<string, Calls> = new Map();
  /** Newest X509-SVID of each instance, as far as this stream has seen. */
  readonly #newest = new Map<string, Newest>();
  #phase: Phase = { name: "new" };
  #attestor = "";
  #proven: readonly Selector[] = [];
  #node: Proof["node"];
  #wantsCrls = false;
  #inWork = 0;
  #blockedTimer: Timer | undefined;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(
    services: SessionServices,
    channel: Channel<AttachResponse, AttachRequest__Output>,
    facts: ConnectionFacts,
    traceparent?: string,
  ) {
    this.#services = services;
    this.#openedMs = services.clock.monotonicMs();
    this.#span = services.tracing?.begin(
      "botpass.server.attach",
      { "botpass.transport": facts.transport },
      traceparent,
    );
    this.#channel = channel;
    this.#facts = facts;
    this.#attestTimer = services.clock.schedule(ATTEST_TIMEOUT_MS, () => {
      services.metrics.attachRefused(this.#attestor, "DEADLINE_EXCEEDED");
      const error = new IssuerError("DEADLINE_EXCEEDED", "the stream was not attested in time");
      this.#span?.end(error);
      this.#end(error);
    });
    channel.onDrain?.(() => this.#unblocked());
    channel.onMessage((message) => void this.#receive(message));
    channel.onClose(() => this.#closed());
  }

  get selectors(): readonly Selector[] {
    return this.#proven;
  }

  get attestor(): string {
    return this.#attestor;
  }

  get node(): Proof["node"] {
    return this.#node;
  }

  get presentedSerial(): string | undefined {
    return this.#facts.peerSvid?.serialHex;
  }

  get presentedAuthority(): Buffer | undefined {
    return this.#facts.peerSvid?.authorityDer;
  }

  countNearExpiry(now: Date): number {
    let count = 0;
    for (const { notBefore, notAfter } of this.#newest.values()) {
      const left = notAfter.getTime() - now.getTime();
      if (left * 6 < notAfter.getTime() - notBefore.getTime()) count += 1;
    }
    return count;
  }

  async #receive(message: AttachRequest__Output): Promise<void> {
    const requestId = randomUUID();
    if (this.#inWork >= MAX_IN_WORK) {
      const error = new IssuerError("LIMIT_EXCEEDED", `more than ${MAX_IN_WORK} requests at once`);
      this.#answer(message.id, { error: errorToMessage(error, requestId) });
      return;
    }
    this.#inWork += 1;
    try {
      await this.#handle(message, requestId);
    } catch (error) {
      const code = errorCodeOf(error);
      this.#services.metrics.refused(code, this.#bot());
      if (this.#phase.name !== "attached" && this.#phase.name !== "closed") {
        this.#services.metrics.attachRefused(this.#attestor, code);
        this.#span?.end(error);
      }
      if (code === "INTERNAL") this.#services.onFault(error, requestId);
      this.#answer(message.id, { error: errorToMessage(error, requestId) });
      // Nothing but attestation is possible on a stream that is not attested, and it has failed.
      if (this.#phase.name !== "attached") this.#end();
    } finally {
      this.#inWork -= 1;
    }
  }

  async #handle(message: AttachRequest__Output, requestId: string): Promise<void> {
    if (!(message.id > 0))
      throw new IssuerError("REQUEST_INVALID", `id ${message.id} is not above 0`);
    const context = this.#context(requestId);
    switch (message.body) {
      case "hello":
        if (this.#phase.name !== "new") throw misplaced("hello", this.#phase.name);
        return this.#hello(message.id, message.hello, context);
      case "challengeResponse":
        if (this.#phase.name !== "challenged") {
          throw misplaced("challenge response", this.#phase.name);
        }
        return this.#finish(message.id, this.#phase.step, message.challengeResponse, context);
      case "issue":
        if (this.#phase.name !== "attached") throw misplaced("issue", this.#phase.name);
        return this.#issue(message.id, message.issue?.items ?? [], context);
      case "denySubscribe":
        if (this.#phase.name !== "attached") throw misplaced("deny_subscribe", this.#phase.name);
        this.#requireReader();
        return this.#services.denyFeed.subscribe(
          this,
          message.denySubscribe ?? { afterSequence: 0, heartbeatMs: 0 },
          message.id,
        );
      case "callersSubscribe": {
        if (this.#phase.name !== "attached") throw misplaced("callers_subscribe", this.#phase.name);
        this.#requireReader();
        const wishes = this.#callersWishes(message.callersSubscribe?.positions ?? []);
        return this.#services.callersFeed.subscribe(this, wishes, message.id);
      }
      case "logProof": {
        if (this.#phase.name !== "attached") throw misplaced("log_proof", this.#phase.name);
        const { fromSize = 0, toSize = 0 } = message.logProof ?? {};
        const logProof = await this.#services.logPush.proof(fromSize, toSize);
        return this.#answer(message.id, { logProof });
      }
      case "logHandovers": {
        if (this.#phase.name !== "attached") throw misplaced("log_handovers", this.#phase.name);
        const { afterVerifier = "" } = message.logHandovers ?? {};
        const logHandovers = await this.#services.logPush.handoversAfter(afterVerifier);
        return this.#answer(message.id, { logHandovers });
      }
      case "statement": {
        if (this.#phase.name !== "attached") throw misplaced("statement", this.#phase.name);
        const { instanceId = "", serial = "", statementSha256 } = message.statement ?? {};
        if (!this.#grants.has(instanceId)) throw notOfStream(instanceId);
        const wish = { instanceId, serial, hash: statementSha256 ?? Buffer.alloc(0) };
        const proof = await this.#services.statements.record(wish, context);
        const lists = { hashes: [...proof.hashes], handovers: [...proof.handovers] };
        return this.#answer(message.id, { statement: { ...proof, ...lists } });
      }
      case "uses": {
        if (this.#phase.name !== "attached") throw misplaced("uses", this.#phase.name);
        const bots = new Map([...this.#grants.values()].map(({ bot }) => [bot.spiffeId, bot.name]));
        const report = message.uses ?? { uses: [], svids: [], dropped: 0 };
        await this.#services.uses.take({ stream: this, bots }, report);
        return this.#answer(message.id, { usesTaken: {} });
      }
      case "time":
        if (this.#phase.name !== "attached") throw misplaced("time", this.#phase.name);
        return this.#answer(message.id, { time: {} });
      case "crlSubscribe":
        if (this.#phase.name !== "attached") throw misplaced("crl_subscribe", this.#phase.name);
        this.#wantsCrls = true;
        return this.#answer(message.id, { crls: crlsMessage(this.#services.crls()) });
      case "goodbye":
        return this.#goodbye();
      case "installed":
        return this.#installed(message.installed?.serials ?? []);
      default:
        throw new IssuerError("REQUEST_INVALID", "the message has no body that is known");
    }
  }

  async #hello(
    id: number,
    hello: Hello__Output | null | undefined,
    context: RequestContext,
  ): Promise<void> {
    this.#phase = { name: "busy" };
    if (hello?.protocolVersion !== 1) {
      const message = `protocol version ${hello?.protocolVersion} is not served, only 1`;
      throw new IssuerError("UNIMPLEMENTED", message);
    }
    if (hello.clientNonce.length !== 32) {
      const message = `client_nonce has ${hello.clientNonce.length} bytes, not 32`;
      throw new IssuerError("REQUEST_INVALID", message);
    }
    const { type, evidence } = evidenceOf(hello);
    this.#attestor = type;
    this.#span?.set({ "botpass.attestor": type });
    const attestor = this.#services.attestors.get(type);
    if (attestor === undefined) {
      throw new IssuerError("UNIMPLEMENTED", `attestor ${type || "(none)"} is not served here`);
    }
    const step = await this.#recorded(context, () =>
      attestor.begin(evidence, {
        clientNonce: hello.clientNonce,
        transport: this.#facts.transport,
        remoteAddress: this.#facts.remoteAddress,
        ...(this.#facts.peerSvid === undefined ? {} : { peerSvid: this.#facts.peerSvid }),
        ...(this.#facts.peerCredentials === undefined
          ? {}
          : { peerCredentials: this.#facts.peerCredentials }),
      }),
    );
    if (step.kind === "proof") return this.#admit(id, step.proof, context);
    this.#phase = { name: "challenged", step };
    this.#answer(id, { challenge: { serverNonce: step.serverNonce } });
  }

  async #finish(
    id: number,
    step: Extract<Step, { kind: "challenge" }>,
    response: { signature: Buffer; tokenSecret: Buffer } | null | undefined,
    context: RequestContext,
  ): Promise<void> {
    this.#phase = { name: "busy" };
    const signature = response?.signature ?? Buffer.alloc(0);
    const tokenSecret = response?.tokenSecret ?? Buffer.alloc(0);
    const proof = await this.#recorded(context, () => step.finish({ signature, tokenSecret }));
    await this.#admit(id, proof, context);
  }

  /** Evidence that is refused is recorded before the caller hears of it. */
  async #recorded<T>(context: RequestContext, attest: () => Promise<T>): Promise<T> {
    try {
      return await within(this.#span?.child("botpass.server.attest"), attest);
    } catch (error) {
      await this.#services.admission.refused({ attestor: this.#attestor }, error, context);
      throw error;
    }
  }

  async #admit(id: number, proof: Proof, context: RequestContext): Promise<void> {
    const grants = await within(this.#span?.child("botpass.server.admit"), () =>
      this.#services.admission.admit(proof, context),
    );
    this.#calls = await this.#readCalls(grants);
    if (this.#phase.name === "closed") return;
    this.#attestTimer.cancel();
    this.#phase = { name: "attached", proof };
    this.#proven = proof.selectors;
    this.#node = proof.node;
    this.#services.registry.add(this);
    for (const grant of grants) this.#take(grant);
    this.#services.metrics.attached(this.#attestor);
    this.#answer(id, { attached: this.#attached() });
    this.#span?.set({ "botpass.bots": grants.map(({ bot }) => bot.name).join(",") });
    this.#span?.end();
    // A process behind a node has its node for that.
    if (proof.node === undefined) this.#services.logPush.subscribe(this);
    // What changed between the reading of the grants and this session's place in the registry.
    await this.refresh();
    const instances = [...this.#grants.values()].map(({ instance }) => instance);
    await this.#services.renewals.greet(this, instances);
  }

  async #issue(
    id: number,
    items: readonly IssueItem__Output[],
    context: RequestContext,
  ): Promise<void> {
    if (items.length < 1 || items.length > 100) {
      throw new IssuerError("REQUEST_INVALID", `${items.length} items, not 1 to 100`);
    }
    const results = await Promise.all(items.map((item) => this.#issueOne(item, context)));
    this.#answer(id, { issued: { results } });
  }

  async #issueOne(item: IssueItem__Output, context: RequestContext): Promise<IssueResult> {
    const { clock, metrics } = this.#services;
    const begunMs = clock.monotonicMs();
    const grant = this.#grants.get(item.instanceId);
    try {
      if (grant === undefined) {
        throw notOfStream(item.instanceId);
      }
      const actor = { ...context, actor: `bot:${grant.bot.name}` };
      const wish = wishOf(item);
      const svid = await within(this.#issueSpan(wish.kind, grant), () =>
        this.#services.issuer.issue(item.instanceId, wish, actor),
      );
      metrics.issued(svid.kind, grant.bot.name, (clock.monotonicMs() - begunMs) / 1000);
      if (svid.kind === "x509") {
        const { serialHex, notBefore, notAfter } = svid;
        this.#newest.set(item.instanceId, { serialHex, notBefore, notAfter });
      }
      return svidMessage(svid);
    } catch (error) {
      metrics.refused(errorCodeOf(error), grant?.bot.name);
      if (errorCodeOf(error) === "INTERNAL") this.#services.onFault(error, context.requestId);
      return { error: errorToMessage(error, context.requestId) };
    }
  }

  #issueSpan(kind: "x509" | "jwt", { bot }: Grant): EndingSpan | undefined {
    if (this.#span === undefined) return undefined;
    const attributes = { "botpass.kind": kind, "botpass.bot": bot.name };
    const soon = this.#services.clock.monotonicMs() - this.#openedMs < ATTACH_TRACE_MS;
    return this.#span[soon ? "child" : "follower"]("botpass.server.issue", attributes);
  }

  /** One after the other: two refreshes at once could tell an older state last. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing
      .then(() => this.#refresh())
      .catch((error: unknown) => this.#services.onFault(error, "refresh"));
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    if (this.#phase.name !== "attached") return;
    const { proof } = this.#phase;
    const now = this.#services.clock.now();
    let changed = false;
    let last: unknown;
    for (const [instanceId, before] of this.#grants) {
      try {
        const grant = await readGrant(this.#services.store, instanceId, now);
        if (grant.entry.revision !== before.entry.revision) changed = true;
        if (grant.bot.revision !== before.bot.revision) changed = true;
        this.#grants.set(instanceId, grant);
      } catch (error) {
        if (errorCodeOf(error) === "STORE_UNAVAILABLE") throw error;
        last = error;
        changed = true;
        this.#lose(instanceId, instanceStatusOf(error));
      }
    }
    // First what became less: whatever goes wrong with the rest must not hold it up.
    if ((await this.#refreshCalls()) || changed) this.#push({ attached: this.#attached() });
    // What a process proves by itself stays proven while it is connected: it may match more by now.
    if (["unix", "workload", "x509pop", "oidc"].includes(proof.attestor)) {
      const bots = new Set([...this.#grants.values()].map(({ bot }) => bot.name));
      const more = await this.#services.admission.extend(proof, bots, this.#context("push"));
      if (more.length > 0) {
        for (const grant of more) this.#take(grant);
        await this.#refreshCalls();
        this.#push({ attached: this.#attached() });
      }
    }
    if (this.#grants.size === 0 && !["unix", "workload"].includes(proof.attestor)) {
      const error =
        last instanceof IssuerError ? last : new IssuerError("NO_IDENTITY", "no identity is left");
      this.#end(error);
    }
  }

  /** Whoever reads nothing of what it has asked for gets no more of it. @throws IssuerError LIMIT_EXCEEDED. */
  #requireReader(): void {
    if (this.#blockedTimer === undefined) return;
    throw new IssuerError("LIMIT_EXCEEDED", "what was asked for before is not read yet");
  }

  #callersWishes(positions: readonly CallersPosition__Output[]) {
    if (positions.length < 1 || positions.length > MOST_POSITIONS) {
      const message = `positions lists ${positions.length} identities, not 1 to ${MOST_POSITIONS}`;
      throw new IssuerError("REQUEST_INVALID", message);
    }
    const held = new Map([...this.#grants.values()].map(({ bot }) => [bot.spiffeId, bot]));
    return positions.map(({ spiffeId, afterSequence }) => {
      const bot = held.get(spiffeId);
      // Named twice it would be told of everything twice.
      held.delete(spiffeId);
      if (bot !== undefined) return { bot, afterSequence };
      const message = `identity ${JSON.stringify(spiffeId.slice(0, 200))} is not of this stream, or named twice`;
      throw new IssuerError("NO_IDENTITY", message);
    });
  }

  async #readCalls(grants: Iterable<Grant>): Promise<ReadonlyMap<string, Calls>> {
    const calls = new Map<string, Calls>();
    for (const { bot } of grants) calls.set(bot.name, await callsOf(this.#services.store, bot));
    return calls;
  }

  /** @returns whether passports say something else of calls than the client was told. */
  async #refreshCalls(): Promise<boolean> {
    const told = this.#calls;
    this.#calls = await this.#readCalls(this.#grants.values());
    const unknown = [...this.#calls.values()].flatMap((each) => each.unknown);
    this.#services.registry.await([...new Set(unknown)], this);
    return [...this.#calls].some(([bot, calls]) => {
      return JSON.stringify(calls) !== JSON.stringify(told.get(bot));
    });
  }

  replaced(instanceId: string): void {
    this.#lose(instanceId, { status: "replaced", reason: "another stream resumed the instance" });
    if (this.#grants.size === 0) {
      this.#end(new IssuerError("NO_IDENTITY", "another stream resumed the instance"));
    }
  }

  renew({ serials, jtis, keyIds, tainted }: RenewOrder): void {
    const renew = { serials: [...serials], jtis: [...jtis], keyIds: [...keyIds], tainted };
    this.#push({ renew });
  }

  presentedDenied(reconnectAfterMs: number): void {
    const message = `SVID ${this.presentedSerial} was revoked: prove yourself again`;
    this.#push({ shutdown: { reconnectAfterMs } });
    this.#end(new IssuerError("DENIED", message));
  }

  sendBundle(): void {
    this.#push({ bundle: bundleToMessage(this.#services.bundle()) });
  }

  sendCheckpoint(logCheckpoint: LogCheckpoint): void {
    this.#push({ logCheckpoint });
  }

  sendCrls(): void {
    if (this.#wantsCrls) this.#push({ crls: crlsMessage(this.#services.crls()) });
  }

  sendDenied(update: DenyUpdate, requestId: number): void {
    this.#answer(requestId, { denied: update });
  }

  sendCallers(callers: CallersUpdate, requestId: number): void {
    this.#answer(requestId, { callers });
  }

  shutdown(reconnectAfterMs: number, why = "the server shuts down"): void {
    this.#push({ shutdown: { reconnectAfterMs } });
    this.#end(new IssuerError("UNAVAILABLE", why));
  }

  async #goodbye(): Promise<void> {
    const held = [...this.#grants.keys()];
    this.#end();
    for (const id of held) await this.#services.admission.leave(id);
  }

  /** From now on an SVID before these is a copy. */
  async #installed(serials: readonly string[]): Promise<void> {
    if (this.#phase.name !== "attached") throw misplaced("installed", this.#phase.name);
    for (const serial of serials.slice(0, 100)) {
      for (const [instanceId, svid] of this.#newest) {
        if (svid.serialHex === serial) await this.#services.admission.confirm(instanceId, serial);
      }
    }
  }

  #take(grant: Grant): void {
    this.#grants.set(grant.instance.id, grant);
    this.#services.registry.bind(grant.instance.id, grant.bot.name, this);
  }

  #lose(instanceId: string, told: { status: string; reason: string }): void {
    const grant = this.#grants.get(instanceId);
    if (grant === undefined) return;
    this.#grants.delete(instanceId);
    this.#newest.delete(instanceId);
    this.#services.registry.unbind(instanceId, grant.bot.name, this);
    this.#services.callersFeed.drop(this, grant.bot.name);
    this.#push({ instanceStatus: { instanceId, ...told } });
  }

  #attached() {
    const grants = [...this.#grants.values()];
    const { lifetimes, bundle } = this.#services;
    const current = bundle();
    return {
      identities: grants.map((grant) =>
        identityMessage(grant, lifetimes, this.#calls.get(grant.bot.name)),
      ),
      bundle: bundleToMessage(current),
      trustDomain: current.trustDomain.name,
    };
  }

  #context(requestId: string): RequestContext {
    const { remoteAddress, peerSvid, peerCredentials } = this.#facts;
    const uid = peerCredentials === undefined ? "anonymous" : `uid:${peerCredentials.uid}`;
    return {
      requestId,
      actor: peerSvid === undefined ? uid : peerSvid.spiffeId.toString(),
      remoteAddress,
      ...(peerCredentials === undefined ? {} : { pid: peerCredentials.pid }),
      ...(peerSvid === undefined ? {} : { presentedSerial: peerSvid.serialHex }),
    };
  }

  /** The bot of the stream; undefined when it is none yet, or several. */
  #bot(): string | undefined {
    const [first, second] = this.#grants.values();
    return second === undefined ? first?.bot.name : undefined;
  }

  #push(body: Omit<AttachResponse, "id" | "sentAtMs">): void {
    if (this.#phase.name === "attached") this.#answer(0, body);
  }

  #answer(id: number, body: Omit<AttachResponse, "id" | "sentAtMs">): void {
    if (this.#phase.name === "closed") return;
    const sentAtMs = this.#services.clock.now().getTime();
    if (this.#channel.send({ id, sentAtMs, ...body })) {
      this.#unblocked();
      return;
    }
    this.#blockedTimer ??= this.#services.clock.schedule(SLOW_READER_MS, () =>
      this.#end(new IssuerError("LIMIT_EXCEEDED", "the stream is not read")),
    );
  }

  #unblocked(): void {
    this.#blockedTimer?.cancel();
    this.#blockedTimer = undefined;
  }

  #end(error?: IssuerError): void {
    if (this.#phase.name === "closed") return;
    this.#channel.close(error);
    this.#closed();
  }

  #closed(): void {
    if (this.#phase.name === "closed") return;
    const wasAttached = this.#phase.name === "attached";
    this.#phase = { name: "closed" };
    this.#attestTimer.cancel();
    this.#blockedTimer?.cancel();
    this.#services.denyFeed.unsubscribe(this);
    this.#services.callersFeed.unsubscribe(this);
    this.#services.logPush.unsubscribe(this);
    this.#services.registry.remove(this);
    if (!wasAttached) {
      // Ended before, where it was refused; else the caller has hung up.
      this.#span?.end();
      return;
    }
    this.#services.metrics.detached(this.#attestor);
    for (const [id, { instance }] of this.#grants) {
      // What cannot be resumed has ended; what can, waits for its bot to come back.
      if (instance.resumable) continue;
      this.#services.admission
        .leave(id)
        .catch((error: unknown) => this.#services.onFault(error, "leave"));
    }
  }
}

/** Does `work` inside a span, if there is one. */
function within<T>(span: EndingSpan | undefined, work: () => Promise<T>): Promise<T> {
  return span === undefined ? work() : spanned(span, work);
}

async function spanned<T>(span: EndingSpan, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

function misplaced(what: string, phase: string): IssuerError {
  return new IssuerError("REQUEST_INVALID", `${what} is out of place: the stream is ${phase}`);
}

function notOfStream(instanceId: string): IssuerError {
  return new IssuerError(
    "NO_IDENTITY",
    `instance ${instanceId.slice(0, 64)} is not of this stream`,
  );
}

function evidenceOf(hello: Hello__Output) {
  switch (hello.evidence) {
    case "joinToken":
      return { type: "join_token", evidence: hello.joinToken };
    case "x509pop":
      return { type: "x509pop", evidence: hello.x509pop };
    case "unix":
      return { type: "unix", evidence: hello.unix };
    case "svid":
      return { type: "svid", evidence: hello.svid };
    case "workload":
      return { type: "workload", evidence: hello.workload };
    case "oidc":
      return { type: "oidc", evidence: hello.oidc };
    default:
      return { type: "", evidence: undefined };
  }
}

function wishOf(item: IssueItem__Output) {
  if (item.want === "x509" && item.x509) {
    const { csr, ttlSeconds } = item.x509;
    return { kind: "x509", csrDer: csr, ttlSeconds } as const;
  }
  if (item.want === "jwt" && item.jwt) {
    const { audience, ttlSeconds } = item.jwt;
    return { kind: "jwt", audience, ttlSeconds } as const;
  }
  throw new IssuerError("REQUEST_INVALID", "the item asks for nothing: x509 or jwt is required");
}
