import { chmod, mkdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  IdTokenVerifier,
  joinTokenAttestor,
  oidcAttestor,
  oidcEntryRules,
  svidAttestor,
  unixAttestor,
  workloadAttestor,
  x509popAttestor,
} from "../attestation/index.ts";
import { AuditLog, auditDraft, createRecorder } from "../audit/index.ts";
import { endInstance, Governor, passportRefusal, WORKLOAD_SELECTOR_TYPES } from "../bots/index.ts";
import { Authorities, Crls, diskKeyStore, memoryKeyStore, SigningThreads } from "../ca/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { randomPool } from "../crypto/issuing.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import { type Listener, listenUnix, type PeerCredentials } from "../host/index.ts";
import { Admission, Grants, Issuer, Statements } from "../issuance/index.ts";
import { lockDataDirectory, openSqliteStore, type Store } from "../store/index.ts";
import { challengeBytes } from "../wire/index.ts";
import { Activity } from "./activity.ts";
import type { AdminServices } from "./admin/context.ts";
import { recoverStagings, StateApplies } from "./admin/state.ts";
import { CallersFeed } from "./attach/callers-feed.ts";
import { DenyFeed } from "./attach/deny-feed.ts";
import { ChangeFollower } from "./attach/follower.ts";
import { LogPush } from "./attach/log-push.ts";
import { SessionRegistry } from "./attach/registry.ts";
import { Renewals } from "./attach/renewals.ts";
import { Uses } from "./attach/uses.ts";
import { Watches } from "./attach/watches.ts";
import { DATABASE_FILE, KEYS_DIRECTORY, makeBackup } from "./backup.ts";
import { BackupSchedule } from "./backup-schedule.ts";
import type { ServerConfig } from "./config.ts";
import { watchForMisuse } from "./detection/compose.ts";
import { type DiskSpace, readDiskUse } from "./disk.ts";
import { DiskWatch } from "./disk-watch.ts";
import { Health } from "./health.ts";
import { Housekeeping } from "./housekeeping.ts";
import { LOG_KEY_FILE, LogKeyFile, logName, openLogKey, settleLogKey } from "./log/key.ts";
import { Witnesses } from "./log/witnesses.ts";
import { createLogger, FIELD, type Logger } from "./logging.ts";
import { createMetrics, type MetricReaders } from "./metrics.ts";
import { serveMetrics } from "./metrics-endpoint.ts";
import { OwnSvid } from "./own-svid.ts";
import { requireReachable } from "./reachable.ts";
import { reportSettings } from "./report-settings.ts";
import { Callers } from "./rpc/caller.ts";
import type { ConnectionFacts } from "./rpc/facts.ts";
import { isFault, type RpcEnvironment } from "./rpc/handlers.ts";
import { OperatorConnections } from "./rpc/operator-connections.ts";
import { OperatorRefusals } from "./rpc/refusals.ts";
import { type BotpassServer, buildAdminServer, buildBotsServer } from "./rpc/servers.ts";
import type { Tracing } from "./spans.ts";
import { listenTls, onSocketEnd } from "./tls-listener.ts";
import { VERSION } from "./version.ts";

/** What a test or an embedder may replace. */
export interface ServerParts {
  readonly clock?: Clock;
  readonly randomBytes?: (size: number) => Buffer;
  readonly logger?: Logger;
  /** Space of the disk that the directory is on. */
  readonly diskSpace?: (directory: string) => Promise<DiskSpace>;
  /** Descriptor of a TCP socket that listens already, in place of `listen` of the configuration: the service manager's. */
  readonly tlsDescriptor?: number;
}

/** A server that runs. */
export interface RunningServer {
  /** host:port of the TLS listener. */
  readonly addresses: readonly string[];
  readonly adminSocket: string;
  readonly botsSocket: string | undefined;
  /** Stops gracefully: no new connections, bots told to come back later, what is open ended. */
  close(): Promise<void>;
}

const GRACE_MS = 5_000;

/**
 * Starts the issuer: locks the data directory, opens the store, sees to the authorities, listens.
 * @throws IssuerError CONFIG_INVALID, WRONG_STATE (locked, or another trust domain's directory).
 */
export async function startServer(
  config: ServerConfig,
  parts: ServerParts = {},
): Promise<RunningServer> {
  // What was opened, to be closed in the opposite order when the start fails, or at the end.
  const opened: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await start(config, parts, opened, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  config: ServerConfig,
  parts: ServerParts,
  opened: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<RunningServer> {
  const clock = parts.clock ?? systemClock;
  const random = parts.randomBytes ?? randomPool();
  const logger = parts.logger ?? createLogger(config.logLevel);
  const { trustDomain, dataDir } = config;
  const uid = process.getuid?.() ?? 0;
  const onFault = (error: unknown, where: string): void => {
    logger.error({ err: error, [FIELD.requestId]: where }, "internal error");
  };
  const onError = (error: unknown): void => onFault(error, "background");

  // 1. State.
  await forKey("data_dir", async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await chmod(dataDir, 0o700);
  });
  const lock = await lockDataDirectory(dataDir);
  opened.push(() => lock.release());
  const store = await openSqliteStore({ file: join(dataDir, DATABASE_FILE), clock });
  opened.push(() => store.close());
  const activity = new Activity(clock);
  // What it reads is made below, before anybody can ask.
  const readers: MetricReaders = {
    version: VERSION,
    authorityAgeSeconds: (kind) => authorities.ageSeconds(kind),
    authorityLeftSeconds: (kind) => authorities.leftSeconds(kind),
    ownSvidLeftSeconds: () => ownSvid.leftSeconds(),
    nearExpiry: () => registry.countNearExpiry(clock.now()),
    instances: () => registry.instances,
    operatorConnections: () => connections.size,
    backlog: () => recorder.waiting,
    denySubscribers: () => denyFeed.subscribers,
    denials: () => store.countDenials(clock.now()),
    deliveries: () => store.countDeliveries(),
    log: async () => ({
      records: await store.auditSequence(),
      covered: log.newest?.size ?? 0,
      ageSeconds: log.newest === undefined ? 0 : ageSeconds(log.newest.at),
    }),
    disk: () => readDiskUse(join(dataDir, DATABASE_FILE)),
    onError,
  };
  const metrics = createMetrics(readers, activity);
  const ageSeconds = (at: Date): number => (clock.now().getTime() - at.getTime()) / 1000;
  await claimTrustDomain(store, trustDomain.name);
  await recoverStagings(store, clock);
  const recorder = createRecorder({
    store,
    clock,
    onCommit: (...commit) => {
      metrics.recorded(...commit);
      detection.wake();
    },
  });
  opened.push(() => recorder.close());
  const watched = { config, store, recorder, clock, logger, metrics, onError, opened };
  const detection = watchForMisuse(watched);

  const name = logName(trustDomain.name);
  await settleLogKey(dataDir, name, store);
  const signer = await openLogKey(join(dataDir, LOG_KEY_FILE), name);
  const log = new AuditLog({
    store,
    clock,
    signer,
    intervalSeconds: config.log.checkpointIntervalSeconds,
    onError,
  });
  const logKeyFile = new LogKeyFile({ dataDir, name, log });
  const { checkpointFile, checkpointCommand } = config.log;
  const witnesses = new Witnesses({
    ...(checkpointFile === undefined ? {} : { file: checkpointFile }),
    ...(checkpointCommand === undefined ? {} : { command: checkpointCommand }),
    onError,
  });
  opened.push(() => witnesses.close());
  opened.push(() => log.stop());
  log.onCheckpoint(({ note }) => witnesses.give(note));

  // 2. Authorities.
  const keys =
    config.authority.keys === "disk"
      ? await diskKeyStore(join(dataDir, KEYS_DIRECTORY))
      : memoryKeyStore();
  const authorities = new Authorities({
    store,
    keys,
    clock,
    randomBytes: random,
    trustDomain,
    lifeSeconds: config.authority.lifeSeconds,
    x509KeyType: config.authority.x509KeyType,
    jwtKeyType: config.authority.jwtKeyType,
    refreshHintSeconds: config.refreshHintSeconds,
    onError,
    onEvent: async (tx, { kind, authority }, now) => {
      const details = { authority: authority.id, kind: authority.kind };
      const shared = { actor: "botpass", requestId: null, outcome: "ok" as const };
      await tx.appendAudit([auditDraft({ ...shared, type: `authority.${kind}`, details }, now)]);
    },
  });
  await authorities.start();
  opened.push(() => authorities.stop());

  // 3. Use cases.
  const onWarning = (message: string, facts: object): void => logger.warn(facts, message);
  const disk = new DiskWatch({
    ...config.disk,
    ...(parts.diskSpace && { space: parts.diskSpace }),
    store,
    clock,
    directory: dataDir,
    onWarning,
    onError,
  });
  await disk.look();
  const requireRoom = () => disk.requireRoom();
  const governor = new Governor({
    policies: config.environments,
    uid,
    sign: (receipt) => log.signJws("botpass-receipt+jwt", receipt),
  });
  await governor.adopt(store, clock.now(), async (tx, events) => {
    const base = { actor: "botpass", requestId: null, outcome: "ok" } as const;
    await tx.appendAudit(events.map((event) => auditDraft({ ...event, ...base }, clock.now())));
  });
  const admission = new Admission({
    store,
    recorder,
    clock,
    lineageSeconds: config.lineageSeconds,
    requireRoom,
  });
  const threads = new SigningThreads();
  opened.push(() => threads.close());
  const issuer = new Issuer({
    store,
    recorder,
    grants: new Grants(store, clock),
    authorities,
    threads,
    clock,
    randomBytes: random,
    lifetimes: config.lifetimes,
    requireRoom,
  });
  const idTokens = new IdTokenVerifier(config.oidcIssuers, clock);
  const oidcRules = oidcEntryRules(config.oidcIssuers);
  const attestors = [
    joinTokenAttestor({
      store,
      clock,
      randomBytes: random,
      trustDomain: trustDomain.name,
      challengeBytes,
    }),
    workloadAttestor({
      store,
      clock,
      types: WORKLOAD_SELECTOR_TYPES,
      refusalOf: passportRefusal,
    }),
    unixAttestor({ clock, hashExecutables: config.hashExecutables }),
    svidAttestor({
      store,
      clock,
      lock: async (tx, instance, now) => {
        // Asked before the lock cuts it off.
        const connected = registry.isConnected(instance.id);
        const { denied } = await endInstance(tx, instance, "locked", now);
        const event = {
          type: "instance.locked",
          outcome: "ok",
          actor: "botpass",
          requestId: null,
          bot: instance.bot,
          instance: instance.id,
          entry: instance.entryId,
          details: {
            denied: String(denied),
            reason: "an SVID that was replaced came back",
            connected: connected ? "yes" : "no",
          },
        } as const;
        await tx.appendAudit([auditDraft(event, now)]);
      },
    }),
    ...(config.deviceCas.length === 0
      ? []
      : [
          x509popAttestor({
            clock,
            randomBytes: random,
            trustDomain: trustDomain.name,
            challengeBytes,
            cas: config.deviceCas,
          }),
        ]),
    ...(config.oidcIssuers.length === 0
      ? []
      : [
          oidcAttestor({
            store,
            randomBytes: random,
            trustDomain: trustDomain.name,
            challengeBytes,
            verifier: idTokens,
            rules: oidcRules,
          }),
        ]),
  ];

  const tracing = await openTracing(config, onError);
  if (tracing !== undefined) opened.push(() => tracing.close().catch(onError));

  // 4. Streams and pushes.
  const registry = new SessionRegistry(store);
  const renewals = new Renewals({ store, registry, authorities, clock, onError });
  opened.push(() => renewals.stop());
  const logPush = new LogPush(log);
  const onUse = detection.used.bind(detection);
  const uses = new Uses({ store, recorder, clock, requireRoom, onWarning, onUse, onError });
  opened.push(() => uses.write().catch(onError));
  const denyFeed = new DenyFeed(store, clock, onError);
  const callersFeed = new CallersFeed(store, clock, onError);
  const housekeeping = new Housekeeping({
    store,
    recorder,
    clock,
    auditKeepSeconds: config.auditKeepSeconds,
    auditMaxBytes: config.auditMaxBytes,
    onWarning,
    governor,
    onError,
  });
  const ownSvid = new OwnSvid({ authorities, clock, randomBytes: random, trustDomain, onError });
  const crls = new Crls({ store, authorities, clock, onError });
  const callers = new Callers({ store, clock, uid });
  const connections = new OperatorConnections({ callers, clock, onError });
  const follower = new ChangeFollower(
    store,
    [
      (changes) => denyFeed.onChanges(changes),
      (changes) => callersFeed.onChanges(changes),
      (changes) => registry.onChanges(changes),
      (changes) => connections.onChanges(changes),
      async (changes) => crls.onChanges(changes),
      async (changes) => {
        if (
          changes === undefined ||
          changes.some(({ kind }) => kind === "bot" || kind === "entry")
        ) {
          housekeeping.wake();
        }
      },
      // The last: all whom it concerns were told.
      async (changes = []) => {
        const [first] = changes;
        if (first === undefined) return;
        metrics.pushed(Math.max(clock.now().getTime() - first.at.getTime(), 0) / 1000);
        metrics.denied(changes.filter(({ kind }) => kind === "denial").length);
      },
    ],
    onError,
  );
  await crls.start();
  opened.push(() => crls.stop());
  crls.onChange(() => registry.pushCrls());
  authorities.onBundleChange(() => crls.wake());
  await follower.start();
  opened.push(() => follower.stop());
  authorities.onBundleChange(() => registry.pushBundle());
  housekeeping.start();
  opened.push(() => housekeeping.stop());

  const backup = (directory: string) =>
    logKeyFile.steady((file) => makeBackup(store, dataDir, directory, clock.now(), file));
  if (config.backup !== undefined) {
    const schedule = new BackupSchedule({
      ...config.backup,
      store,
      clock,
      make: backup,
      onError,
    });
    schedule.start();
    opened.push(() => schedule.stop());
  }

  // 5. Services.
  const health = new Health(store, authorities);
  const refusals = new OperatorRefusals({ recorder, clock });
  const environment: RpcEnvironment = {
    store,
    callers,
    onOperatorRefused: (...refused) => refusals.record(...refused),
    onRefused(error, requestId, path) {
      metrics.refused(errorCodeOf(error));
      const fields = { [FIELD.requestId]: requestId, [FIELD.rpc]: path };
      if (isFault(error)) logger.error({ ...fields, err: error }, "internal error");
      else logger.info({ ...fields, [FIELD.code]: errorCodeOf(error) }, messageOf(error));
    },
  };
  const sessions = {
    store,
    clock,
    attestors: new Map(attestors.map((each) => [each.type, each])),
    admission,
    issuer,
    statements: new Statements({ store, recorder, log, clock }),
    registry,
    renewals,
    denyFeed,
    callersFeed,
    logPush,
    uses,
    crls: () => crls.current(),
    bundle: () => authorities.bundle(),
    lifetimes: config.lifetimes,
    metrics,
    tracing,
    onFault,
  };
  let addresses: readonly string[] = config.addresses;
  const services: AdminServices = {
    store,
    recorder,
    clock,
    randomBytes: random,
    trustDomain,
    authorities,
    issuer,
    governor,
    log,
    logKeyFile,
    ownSvid,
    registry,
    renewals,
    uses,
    metrics,
    activity,
    seen: readers,
    callers,
    connections,
    oidcRules,
    settings: reportSettings(config),
    idTokens,
    addresses: () => addresses,
    uid,
    backup,
  };
  const watches = new Watches({ denyFeed, bundle: sessions.bundle, clock, onFault });
  authorities.onBundleChange(() => watches.pushBundle());
  const applies = new StateApplies(services);
  const shared = { services, applies, authorities, crls, health, environment };
  const bots = buildBotsServer({ ...shared, sessions, watches });
  const admin = buildAdminServer(shared);

  // 6. Listeners.
  opened.push(() => ownSvid.stop());
  const svid = await ownSvid.start();
  const tls = await forKey("listen", () =>
    listenTls({
      ...config.listen,
      ...(parts.tlsDescriptor === undefined ? {} : { descriptor: parts.tlsDescriptor }),
      minVersion: config.tlsMinVersion,
      svid,
      bundle: () => authorities.bundle(),
      clock,
      server: bots,
      onConnection: (facts) => connections.add(facts),
    }),
  );
  const listeners: Listener[] = [tls];
  opened.push(() => closeListeners(listeners));
  ownSvid.onRotate((svid) => tls.rotate(svid));
  authorities.onBundleChange(() => void ownSvid.tick().catch(onError));
  authorities.onActivate(() => ownSvid.tick().catch(onError));
  renewals.wake();
  const { botsSocket, adminSocket } = config;
  if (botsSocket !== undefined) {
    const unix = { mode: 0o666, directoryMode: 0o755, onError } as const;
    const onConnection = injectInto(bots, "local");
    const listenToBots = () => listenUnix({ ...unix, path: botsSocket, onConnection });
    listeners.push(await forKey("bots_socket", listenToBots));
  }
  // Open to all, the kernel says who calls, and records who may.
  const adminUnix =
    config.adminSocketAccess === "operators"
      ? { mode: 0o666, directoryMode: 0o755, onError }
      : { mode: 0o600, directoryMode: 0o700, onError };
  const onOperator = injectInto(admin, "admin", (facts) => connections.add(facts));
  const listenToOperators = () =>
    listenUnix({ ...adminUnix, path: adminSocket, onConnection: onOperator });
  listeners.push(await forKey("admin_socket", listenToOperators));
  if (config.adminSocketAccess === "operators") await requireReachable(adminSocket);
  if (config.metricsListen !== undefined) {
    const endpoint = await serveMetrics(config.metricsListen, metrics.registry, () =>
      crls.current(),
    );
    logger.info({ [FIELD.address]: endpoint.address }, "metrics served");
    opened.push(() => endpoint.close());
  }
  const bound = reachable(tls.address);
  if (addresses.length === 0) addresses = [bound];
  const fields = { [FIELD.trustDomain]: trustDomain.name, [FIELD.address]: tls.address };
  logger.info(fields, "serving");
  await noteServer(store, clock, "server.started");
  await detection.start();
  log.start();

  let closing: Promise<void> | undefined;
  return {
    addresses: [bound],
    adminSocket: config.adminSocket,
    botsSocket: config.botsSocket,
    close() {
      closing ??= (async () => {
        for (const listener of listeners) listener.stop();
        health.stop();
        // Spread over a few seconds, so that the next server is not run over.
        registry.shutdown(() => 500 + Math.floor(Math.random() * 2500));
        watches.shutdown();
        bots.drain(GRACE_MS);
        admin.drain(GRACE_MS);
        await closeListeners(listeners);
        await noteServer(store, clock, "server.stopped");
        await closeAll();
        logger.info("stopped");
      })();
      return closing;
    },
  };
}

/** Loaded only where it is asked for: its packages are many. */
async function openTracing(
  { tracing, trustDomain }: ServerConfig,
  onError: (error: unknown) => void,
): Promise<Tracing | undefined> {
  const { otlpEndpoint: endpoint, ratio } = tracing;
  if (endpoint === undefined) return undefined;
  return forKey("tracing.otlp_endpoint", async () => {
    const { startTracing } = await import("./tracing.ts");
    return startTracing({ endpoint, ratio, trustDomain: trustDomain.name, onError });
  });
}

/** What the system refuses, as an error of the key that asked for it. */
async function forKey<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof IssuerError) throw cause;
    throw new IssuerError("CONFIG_INVALID", `${key}: ${messageOf(cause)}`, { cause });
  }
}

async function closeListeners(listeners: readonly Listener[]): Promise<void> {
  for (const listener of listeners) listener.stop();
  await Promise.all(listeners.map((listener) => listener.closed(GRACE_MS)));
}

async function claimTrustDomain(store: Store, name: string): Promise<void> {
  await store.transaction(async (tx) => {
    const owner = await tx.getMeta("trust_domain");
    if (owner === undefined) await tx.setMeta("trust_domain", name);
    else if (owner !== name) {
      const message = `trust_domain: the data directory belongs to trust domain ${owner}, not ${name}`;
      throw new IssuerError("CONFIG_INVALID", message);
    }
  });
}

async function noteServer(
  store: Store,
  clock: Clock,
  type: "server.started" | "server.stopped",
): Promise<void> {
  const event = { type, outcome: "ok", actor: "botpass", requestId: null } as const;
  await store.transaction((tx) => tx.appendAudit([auditDraft(event, clock.now())]));
}

/** An address that can be dialled: the machine's name in place of "all interfaces". */
function reachable(address: string): string {
  const everywhere = /^(0\.0\.0\.0|\[::\]):(\d+)$/.exec(address);
  return everywhere === null ? address : `${hostname()}:${everywhere[2]}`;
}

/** Hands the connections of a Unix socket to gRPC, with what the kernel said of them. */
function injectInto(
  server: BotpassServer,
  transport: "local" | "admin",
  onConnection?: (facts: ConnectionFacts) => void,
) {
  return (socket: Socket, peerCredentials: PeerCredentials): void => {
    const facts: ConnectionFacts = {
      transport,
      remoteAddress: "",
      peerCredentials,
      onEnd: (listener) => onSocketEnd(socket, listener),
      close: () => socket.destroy(),
    };
    onConnection?.(facts);
    server.inject(socket, facts);
  };
}
