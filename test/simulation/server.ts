import { join } from "node:path";
import { Registry } from "prom-client";
import {
  type Attestor,
  IdTokenVerifier,
  joinTokenAttestor,
  oidcEntryRules,
  svidAttestor,
} from "../../src/attestation/index.ts";
import { AuditLog, auditDraft, createRecorder, type Recorder } from "../../src/audit/index.ts";
import { endInstance, Governor } from "../../src/bots/index.ts";
import { Authorities, type KeyStore, SigningThreads } from "../../src/ca/index.ts";
import type { Clock } from "../../src/clock.ts";
import { verifyX509Svid } from "../../src/crypto/index.ts";
import { IssuerError } from "../../src/errors.ts";
import { Admission, Grants, Issuer, Statements } from "../../src/issuance/index.ts";
import { Activity } from "../../src/server/activity.ts";
import { authorityMethods } from "../../src/server/admin/authorities.ts";
import { botMethods } from "../../src/server/admin/bots.ts";
import type { AdminCall, AdminServices } from "../../src/server/admin/context.ts";
import { instanceMethods } from "../../src/server/admin/instances.ts";
import { revocationMethods } from "../../src/server/admin/revocation.ts";
import { tokenMethods } from "../../src/server/admin/tokens.ts";
import { CallersFeed } from "../../src/server/attach/callers-feed.ts";
import { DenyFeed } from "../../src/server/attach/deny-feed.ts";
import { ChangeFollower } from "../../src/server/attach/follower.ts";
import { LogPush } from "../../src/server/attach/log-push.ts";
import { SessionRegistry } from "../../src/server/attach/registry.ts";
import { Renewals } from "../../src/server/attach/renewals.ts";
import { AttachSession } from "../../src/server/attach/session.ts";
import { Uses } from "../../src/server/attach/uses.ts";
import { Housekeeping } from "../../src/server/housekeeping.ts";
import { LOG_KEY_FILE, LogKeyFile, logName, openLogKey } from "../../src/server/log/key.ts";
import { OwnSvid } from "../../src/server/own-svid.ts";
import { Callers } from "../../src/server/rpc/caller.ts";
import type { ConnectionFacts } from "../../src/server/rpc/facts.ts";
import { OperatorConnections } from "../../src/server/rpc/operator-connections.ts";
import { bundleSet, TrustDomain, type X509Svid } from "../../src/spiffe/index.ts";
import {
  type BotRecord,
  type IssuanceRecord,
  openSqliteStore,
  type Store,
  type StoreReader,
  type StoreTransaction,
} from "../../src/store/index.ts";
import {
  type AttachRequest__Output,
  type AttachResponse,
  type Channel,
  challengeBytes,
} from "../../src/wire/index.ts";

import type { Guard } from "./guards.ts";

export const TRUST_DOMAIN = TrustDomain.parse("example.org");
/** Seconds: short, so that much rotates in a short run. */
export const SVID_SECONDS = 30;
export const AUTHORITY_SECONDS = 180;
export const DATABASE = "botpass.db";
/** From an order to taint until another authority signs. */
export const TAINT_LEAD_MS = 2_000;
/** Over which those are told to renew who have what a tainted authority signed. */
export const SPREAD_MS = 2_000;

/** For reports, which nobody asks for here. */
const SETTINGS: AdminServices["settings"] = {
  tlsMinVersion: "TLSv1.3",
  metricsHost: undefined,
  x509DefaultSeconds: 3600,
  jwtDefaultSeconds: 3600,
  auditKeepSeconds: 90 * 86_400,
  isWitnessed: false,
  webhooks: [],
  policies: new Map(),
};

export interface ServerOptions {
  /** With the migrated database in it. */
  readonly directory: string;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** The guard that is taken away. */
  readonly without: Guard | undefined;
  readonly onFault: (error: unknown) => void;
  /** Told of each line of a known bot that is refused. */
  readonly onRefused: (code: string) => void;
}

type Accept = (
  channel: Channel<AttachResponse, AttachRequest__Output>,
  facts: ConnectionFacts,
) => void;

/** A server's process: the parts that `startServer` puts together, with lines in place of listeners. */
export class SimulatedServer {
  readonly store: Store;
  readonly #options: ServerOptions;
  readonly #authorities: Authorities;
  readonly #accept: Accept;
  readonly #services: AdminServices;

  private constructor(
    options: ServerOptions,
    parts: {
      store: Store;
      authorities: Authorities;
      services: AdminServices;
      accept: Accept;
    },
  ) {
    this.#options = options;
    this.store = parts.store;
    this.#authorities = parts.authorities;
    this.#services = parts.services;
    this.#accept = parts.accept;
  }

  static async start(options: ServerOptions): Promise<SimulatedServer> {
    const { clock, randomBytes, keys, directory, without, onFault: onError } = options;
    const opened = await openSqliteStore({ file: join(directory, DATABASE), clock });
    const store = weakened(opened, without);
    const recorder = weakenedRecorder(createRecorder({ store }), without);
    const signer = await openLogKey(join(directory, LOG_KEY_FILE), logName(TRUST_DOMAIN.name));
    const log = new AuditLog({
      store,
      clock,
      signer,
      intervalSeconds: 60,
      onError,
    });
    const authorities = new Authorities({
      store,
      keys,
      clock,
      randomBytes,
      trustDomain: TRUST_DOMAIN,
      lifeSeconds: AUTHORITY_SECONDS,
      onError,
    });
    await authorities.start();
    const governor = new Governor({
      policies: new Map(),
      uid: 0,
      sign: (receipt) => signer.signJws("botpass-receipt+jwt", receipt),
    });
    await governor.adopt(store, clock.now(), async () => undefined);
    const admission = new Admission({ store, recorder, clock, lineageSeconds: 86_400 });
    if (without === "store: refusals are recorded") admission.refused = async () => undefined;
    const lifetimes = {
      x509DefaultSeconds: SVID_SECONDS,
      x509MaxSeconds: SVID_SECONDS,
      jwtDefaultSeconds: 300,
      jwtMaxSeconds: 300,
    };
    const issuer = new Issuer({
      store,
      recorder,
      grants: new Grants(store, clock),
      authorities,
      threads: new SigningThreads(1),
      clock,
      randomBytes,
      lifetimes,
    });
    const joinToken = joinTokenAttestor({
      store,
      clock,
      randomBytes,
      trustDomain: TRUST_DOMAIN.name,
      challengeBytes,
    });
    const svid = svidAttestor({
      store,
      clock,
      lock: async (tx, instance, now) => {
        if (without === "server: an old SVID locks its instance") return;
        const { denied } = await endInstance(tx, instance, "locked", now);
        const event = {
          type: "instance.locked",
          outcome: "ok",
          actor: "botpass",
          requestId: null,
          bot: instance.bot,
          instance: instance.id,
          entry: instance.entryId,
          details: { denied: String(denied), reason: "an SVID that was replaced came back" },
        } as const;
        await tx.appendAudit([auditDraft(event, now)]);
      },
    });
    const registry = new SessionRegistry(store);
    const renewals = new Renewals({ store, registry, authorities, clock, onError });
    if (without === "server: bots are told to renew what a tainted authority signed") {
      renewals.wake = () => undefined;
    }
    if (without === "server: who comes back is told to renew") {
      renewals.greet = async () => undefined;
    }
    if (without === "server: a stream ends with its SVID's authority") {
      registry.dropUnvouched = () => undefined;
    }
    renewals.wake();
    const logPush = new LogPush(log);
    const denyFeed = new DenyFeed(store, clock, onError);
    const callersFeed = new CallersFeed(store, clock, onError);
    const housekeeping = new Housekeeping({
      store,
      recorder,
      clock,
      governor,
      auditKeepSeconds: 86_400,
      onError,
    });
    const follower = new ChangeFollower(
      store,
      [
        async (changes) => {
          if (without !== "server: changes are pushed to services") {
            await denyFeed.onChanges(changes);
          }
        },
        (changes) => callersFeed.onChanges(changes),
        async (changes) => {
          if (without !== "server: sessions hear of changes") await registry.onChanges(changes);
        },
        async () => housekeeping.wake(),
      ],
      onError,
    );
    await follower.start();
    authorities.onBundleChange(() => {
      if (without !== "server: an authority is published before it signs") registry.pushBundle();
    });
    housekeeping.start();
    log.start();
    const metrics = {
      registry: new Registry(),
      issued: () => undefined,
      refused: () => undefined,
      attached: () => undefined,
      attachRefused: () => undefined,
      detached: () => undefined,
      recorded: () => undefined,
      pushed: () => undefined,
      denied: () => undefined,
      found: () => undefined,
      delivery: () => undefined,
    };
    const attestors: readonly Attestor[] = [joinToken, weakenedSvid(svid, store, without)];
    const requireRoom = (): void => undefined;
    const onWarning = (): void => undefined;
    const uses = new Uses({ store, recorder, clock, requireRoom, onWarning, onError });
    const sessions = {
      store,
      clock,
      uses,
      attestors: new Map(attestors.map((each) => [each.type, each])),
      admission,
      issuer,
      registry,
      renewals,
      denyFeed,
      callersFeed,
      logPush,
      crls: () => [],
      bundle: () => authorities.bundle(),
      lifetimes,
      metrics,
      tracing: undefined,
      statements: new Statements({ store, recorder, log, clock }),
      onFault: onError,
    };
    const callers = new Callers({ store, clock, uid: 0 });
    const services: AdminServices = {
      store,
      recorder,
      clock,
      randomBytes,
      trustDomain: TRUST_DOMAIN,
      authorities,
      issuer,
      governor,
      log,
      logKeyFile: new LogKeyFile({ dataDir: directory, name: signer.name, log }),
      ownSvid: new OwnSvid({ authorities, clock, randomBytes, trustDomain: TRUST_DOMAIN, onError }),
      registry,
      renewals,
      metrics,
      activity: new Activity(clock),
      uses,
      seen: {
        disk: () => Promise.reject(new IssuerError("UNIMPLEMENTED", "no disk is simulated")),
        ownSvidLeftSeconds: () => 0,
        denySubscribers: () => 0,
      },
      callers,
      connections: new OperatorConnections({ callers, clock, onError }),
      oidcRules: oidcEntryRules([]),
      settings: SETTINGS,
      idTokens: new IdTokenVerifier([], clock),
      addresses: () => ["issuer:8443"],
      uid: 0,
      backup: () => Promise.reject(new IssuerError("UNIMPLEMENTED", "no backup is simulated")),
    };
    return new SimulatedServer(options, {
      store,
      authorities,
      services,
      accept: (channel, facts) =>
        weakenSession(new AttachSession(sessions, channel, facts), without),
    });
  }

  /** The streams that were opened with an SVID. */
  *streams(): Iterable<{ readonly openedWith: Pick<X509Svid, "serialHex"> }> {
    for (const { presentedSerial } of this.#services.registry.sessions()) {
      if (presentedSerial !== undefined) yield { openedWith: { serialHex: presentedSerial } };
    }
  }

  /** A line whose client presents `svid`, as the TLS listener hands it on. */
  accept(
    channel: Channel<AttachResponse, AttachRequest__Output>,
    svid: X509Svid | undefined,
    host: string,
  ): void {
    const base = { transport: "tls", remoteAddress: host, close: () => undefined } as const;
    const watched = this.#watched(channel);
    try {
      const bundles = bundleSet(this.#authorities.bundle());
      const now = this.#options.clock.now();
      const peerSvid = svid && verifyX509Svid(svid.certChainDer, bundles, now);
      this.#accept(watched, peerSvid === undefined ? base : { ...base, peerSvid });
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      this.#accept(watched, { ...base, peerRefusal: error });
    }
  }

  /** Counts what is refused to those who come. */
  #watched(
    channel: Channel<AttachResponse, AttachRequest__Output>,
  ): Channel<AttachResponse, AttachRequest__Output> {
    let attached = false;
    return {
      send: (message) => {
        if (message.attached) attached = true;
        if (message.error && !attached) this.#options.onRefused(String(message.error.code));
        return channel.send(message);
      },
      onMessage: (listener) => channel.onMessage(listener),
      onClose: (listener) => channel.onClose(listener),
      close: (error) => channel.close(error),
    };
  }

  /** What operators can do. */
  get operator() {
    const call: AdminCall = {
      requestId: "operator",
      caller: { name: "uid:0", roles: ["admin"], source: "unix", actor: "uid:0", known: true },
      facts: { transport: "admin", remoteAddress: "", close: () => undefined },
    };
    const bots = botMethods(this.#services);
    const tokens = tokenMethods(this.#services);
    const instances = instanceMethods(this.#services);
    const revocations = revocationMethods(this.#services);
    const authorities = authorityMethods(this.#services);
    const change = { kind: "", leadMs: TAINT_LEAD_MS, spreadMs: SPREAD_MS, reason: "simulated" };
    const reason = "simulated";
    return {
      register: (name: string, kind: string) => {
        const passport = { owner: "o", purpose: "p", environment: "", endsAtMs: 0, path: "" };
        const governed = { terms: null, propose: false };
        return bots.registerBot({ name, kind, ...passport, ...governed, entry: null }, call);
      },
      token: async (bot: string): Promise<string> => {
        const wish = { bot, ttlSeconds: 86_400, uses: 100, addresses: [] };
        return (await tokens.createToken(wish, call)).value;
      },
      suspend: (name: string) => bots.suspendBot({ name, reason }, call),
      resume: (name: string) => bots.resumeBot({ name, reason }, call),
      retire: (name: string) => bots.retireBot({ name, reason }, call),
      evict: (id: string) => instances.evictInstance({ id, reason }, call),
      /** @returns the id of the X.509 authority that is tainted now. */
      taint: async (): Promise<string> => {
        const { authority } = await authorities.taintAuthority(
          { ...change, id: "", kind: "x509" },
          call,
        );
        return authority?.id ?? "";
      },
      revokeAuthority: (id: string) => authorities.revokeAuthority({ ...change, id }, call),
      revokeSerial: (serial: string) =>
        revocations.revoke({ target: "serial", serial, reason, dryRun: false }, call),
    };
  }
}

function weakened(store: Store, without: Guard | undefined): Store {
  if (without === "store: who is stopped is denied") {
    return withTransactions(store, () => ({ addDenials: async () => [] }));
  }
  if (without === "store: the SVID used last resumes, however many were lost after it") {
    return withTransactions(store, (tx) => ({ appendIssuances: (all) => forgetful(tx, all) }));
  }
  if (without === "store: what operators do is recorded") {
    const ofOperators = /^(bot|instance|authority|svid\.revoked)/;
    return withTransactions(store, (tx) => ({
      appendAudit: (drafts) => tx.appendAudit(drafts.filter(({ type }) => !ofOperators.test(type))),
    }));
  }
  if (without === "server: the passport is asked") {
    return new Proxy(
      withTransactions(store, () => ({ voidTokensOfBot: async () => 0 }), true),
      {
        get: (target, name) => (name === "getBot" ? alwaysActive(target) : bound(target, name)),
      },
    );
  }
  return store;
}

/** Records issuances, and holds the one issued before the newest for the one that was used before it. */
async function forgetful(
  tx: StoreTransaction,
  issuances: readonly IssuanceRecord[],
): Promise<void> {
  for (const each of issuances) {
    const before = await tx.getInstance(each.instanceId ?? "");
    await tx.appendIssuances([each]);
    const after = await tx.getInstance(each.instanceId ?? "");
    if (each.kind !== "x509" || before === undefined || after === undefined) continue;
    await tx.updateInstance({ ...after, previousSerial: before.newestSerial });
  }
}

/** A store whose transactions have some methods replaced. */
function withTransactions(
  store: Store,
  replace: (tx: StoreTransaction) => Partial<StoreTransaction>,
  active = false,
): Store {
  const wrap = (tx: StoreTransaction): StoreTransaction => {
    const replaced = replace(tx);
    return new Proxy(tx, {
      get(target, name) {
        if (name in replaced) return Reflect.get(replaced, name);
        return active && name === "getBot" ? alwaysActive(target) : bound(target, name);
      },
    });
  };
  return new Proxy(store, {
    get(target, name) {
      if (name !== "transaction") return bound(target, name);
      return (work: (tx: StoreTransaction) => Promise<unknown>) =>
        target.transaction((tx) => work(wrap(tx)));
    },
  });
}

function weakenSession(session: AttachSession, without: Guard | undefined): void {
  if (without === "server: a stream ends with the SVID that it was opened with") {
    session.presentedDenied = () => undefined;
  }
  if (without === "server: bots are told to renew what was revoked") {
    const renew = session.renew.bind(session);
    session.renew = (order) => (order.tainted ? renew(order) : undefined);
  }
}

function alwaysActive(reader: StoreReader) {
  return async (name: string): Promise<BotRecord | undefined> => {
    const bot = await reader.getBot(name);
    return bot && { ...bot, state: "active" };
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === "function" ? value.bind(target) : value;
}

function weakenedRecorder(recorder: Recorder, without: Guard | undefined): Recorder {
  if (without !== "store: an issuance is recorded in the audit") return recorder;
  return {
    get waiting() {
      return recorder.waiting;
    },
    record: (work) => recorder.record(work),
    append: (writes) => recorder.append({ ...writes, audit: [] }),
    close: () => recorder.close(),
  };
}

function weakenedSvid(attestor: Attestor, store: Store, without: Guard | undefined): Attestor {
  if (without !== "server: only the newest SVID resumes") return attestor;
  return {
    type: attestor.type,
    async begin(evidence, context) {
      const serial = context.peerSvid?.serialHex ?? "";
      const instance = await store.getInstanceBySerial(serial);
      if (instance?.state !== "active") return attestor.begin(evidence, context);
      const { selectors, evidenceKey, bot } = instance;
      const proof = { attestor: "svid", selectors, evidenceKey, onlyBot: bot, resumes: instance };
      return { kind: "proof", proof };
    },
  };
}
