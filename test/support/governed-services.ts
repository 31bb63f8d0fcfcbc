import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdTokenVerifier, oidcEntryRules, type Proof } from "../../src/attestation/index.ts";
import { AuditLog, createRecorder } from "../../src/audit/index.ts";
import { Governor, type Policies } from "../../src/bots/index.ts";
import { Authorities, memoryKeyStore, SigningThreads } from "../../src/ca/index.ts";
import type { Clock, Timer } from "../../src/clock.ts";
import { Admission, Grants, Issuer } from "../../src/issuance/index.ts";
import { noteSigner } from "../../src/log/index.ts";
import { Activity } from "../../src/server/activity.ts";
import { botMethods } from "../../src/server/admin/bots.ts";
import type { AdminServices } from "../../src/server/admin/context.ts";
import { entryMethods } from "../../src/server/admin/entries.ts";
import { governanceMethods } from "../../src/server/admin/governance.ts";
import { mintMethods } from "../../src/server/admin/issuing.ts";
import { operatorMethods } from "../../src/server/admin/operators.ts";
import { StateApplies } from "../../src/server/admin/state.ts";
import { SessionRegistry } from "../../src/server/attach/registry.ts";
import { Renewals } from "../../src/server/attach/renewals.ts";
import { Uses } from "../../src/server/attach/uses.ts";
import { Housekeeping } from "../../src/server/housekeeping.ts";
import { LogKeyFile } from "../../src/server/log/key.ts";
import { createMetrics, type MetricReaders } from "../../src/server/metrics.ts";
import { OwnSvid } from "../../src/server/own-svid.ts";
import { authorize } from "../../src/server/rpc/authorize.ts";
import { Callers } from "../../src/server/rpc/caller.ts";
import type { ConnectionFacts } from "../../src/server/rpc/facts.ts";
import { OperatorConnections } from "../../src/server/rpc/operator-connections.ts";
import { TrustDomain } from "../../src/spiffe/index.ts";
import { type OperatorRole, openSqliteStore } from "../../src/store/index.ts";
import { loadAdminServices } from "../../src/wire/index.ts";

/** A clock that goes where it is put, back too. Timers never run: what is timed is run by hand. */
export class PlacedClock implements Clock {
  #nowMs: number;
  #onSchedule: (() => void)[] = [];

  constructor(start: Date) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  monotonicMs(): number {
    return performance.now();
  }

  jump(ms: number): void {
    this.#nowMs += ms;
  }

  schedule(): Timer {
    for (const tell of this.#onSchedule.splice(0)) tell();
    return { cancel: () => undefined };
  }

  /** Resolves when something plans its next run. */
  planned(): Promise<void> {
    return new Promise((resolve) => this.#onSchedule.push(resolve));
  }
}

/** What reports would say of the configuration; none is asked for here. */
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

/** The server's own user; root is another one. */
export const SERVER_UID = 4242;

/** The server's services over a real store, without its listeners, and what tests ask of them. */
export async function governedServices(policies: Policies, start: Date) {
  const directory = mkdtempSync(join(tmpdir(), "bp-governed-"));
  const clock = new PlacedClock(start);
  const threads = new SigningThreads(1);
  const keys = memoryKeyStore();
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  const logKey = noteSigner("example.org/botpass/audit", pem.toString());
  const uids = new Map<string, number>([
    ["root", 0],
    ["server", SERVER_UID],
  ]);
  let running = await open();

  async function open() {
    const store = await openSqliteStore({ file: join(directory, "botpass.db"), clock });
    const recorder = createRecorder({ store });
    const trustDomain = TrustDomain.parse("example.org");
    const lifeSeconds = 20 * 365 * 86_400;
    const authorities = new Authorities({
      ...{ store, keys, clock, randomBytes, trustDomain, lifeSeconds, refreshHintSeconds: 300 },
      x509KeyType: "ec-p256",
      jwtKeyType: "ec-p256",
      onError: fail,
      onEvent: async () => undefined,
    });
    await authorities.start();
    const sign = (receipt: object) => logKey.signJws("botpass-receipt+jwt", receipt);
    const governor = new Governor({ policies, uid: SERVER_UID, sign });
    await governor.adopt(store, clock.now(), async () => undefined);
    const grants = new Grants(store, clock);
    const lifetimes = {
      ...{ x509DefaultSeconds: 3600, x509MaxSeconds: 86_400 },
      ...{ jwtDefaultSeconds: 3600, jwtMaxSeconds: 3600 },
    };
    const issuer = new Issuer({
      ...{ store, recorder, grants, authorities, threads, clock, randomBytes, lifetimes },
    });
    const lineageSeconds = 10 * 365 * 86_400;
    const admission = new Admission({ store, recorder, clock, lineageSeconds });
    const callers = new Callers({ store, clock, uid: SERVER_UID });
    const registry = new SessionRegistry(store);
    const activity = new Activity(clock);
    const log = new AuditLog({ store, clock, signer: logKey, intervalSeconds: 60, onError: fail });
    const services: AdminServices = {
      ...{
        store,
        recorder,
        clock,
        randomBytes,
        trustDomain,
        authorities,
        issuer,
        governor,
        callers,
      },
      log,
      logKeyFile: new LogKeyFile({ dataDir: directory, name: logKey.name, log }),
      ownSvid: new OwnSvid({ authorities, clock, randomBytes, trustDomain, onError: fail }),
      registry,
      uses: new Uses({
        store,
        recorder,
        clock,
        requireRoom: () => undefined,
        onWarning: () => undefined,
        onError: fail,
      }),
      renewals: new Renewals({ store, registry, authorities, clock, onError: fail }),
      metrics: createMetrics(READERS, activity),
      activity,
      seen: READERS,
      connections: new OperatorConnections({ callers, clock, onError: fail }),
      oidcRules: oidcEntryRules([]),
      settings: SETTINGS,
      idTokens: new IdTokenVerifier([], clock),
      addresses: () => [],
      uid: SERVER_UID,
      backup: () => Promise.reject(new Error("no backup here")),
    };
    const methods = Object.assign(
      {},
      botMethods(services),
      governanceMethods(services),
      entryMethods(services),
      operatorMethods(services),
      mintMethods(services),
    );
    return {
      store,
      recorder,
      authorities,
      governor,
      issuer,
      admission,
      services,
      callers,
      methods,
    };
  }

  async function close(): Promise<void> {
    await running.authorities.stop();
    await running.recorder.close();
    await running.store.close();
  }

  const factsOf = (who: string): ConnectionFacts => ({
    transport: "admin",
    remoteAddress: "",
    peerCredentials: { uid: uids.get(who) ?? 65_534, gid: 1, pid: 1, connectedAtMs: 0 },
    onEnd: () => undefined,
    close: () => undefined,
  });

  async function callOf(who: string, path: string, request: unknown) {
    const { store, callers } = running;
    const options = { store, callers, onOperatorRefused: async () => undefined };
    const facts = factsOf(who);
    const caller = await authorize(options, path, request, facts, "r");
    return { requestId: "r", caller, facts };
  }

  return {
    clock,
    get store() {
      return running.store;
    },
    get governor() {
      return running.governor;
    },
    /** Puts an operator on record, known by a user of the machine. */
    async operator(name: string, ...roles: OperatorRole[]): Promise<void> {
      const uid = 1000 + uids.size;
      uids.set(name, uid);
      const now = clock.now();
      await running.store.transaction((tx) =>
        tx.createOperator({
          ...{ name, roles, unixUser: name, unixUid: uid, bot: null, createdAt: now },
          ...{ createdBy: "uid:0", updatedAt: now, removedAt: null },
        }),
      );
    },
    /** Calls a method as somebody, by way of the wire's form and of the permissions. */
    async call(
      who: string,
      service:
        | "BotService"
        | "EntryService"
        | "GovernanceService"
        | "OperatorService"
        | "MintService",
      method: string,
      message: object,
    ): Promise<Record<string, unknown>> {
      const definition = Reflect.get(loadAdminServices()[service].service, method) as {
        requestSerialize(value: object): Buffer;
        requestDeserialize(bytes: Buffer): object;
      };
      const request = definition.requestDeserialize(definition.requestSerialize(message));
      const call = await callOf(who, `/botpass.v1.${service}/${method}`, request);
      const name = `${method[0]?.toLowerCase()}${method.slice(1)}`;
      const run = Reflect.get(running.methods, name) as (
        request: object,
        call: object,
      ) => Promise<Record<string, unknown>>;
      return run(request, call);
    },
    /** Applies changes as `botpass apply` does. */
    async apply(who: string, changes: readonly object[]): Promise<void> {
      const definition = loadAdminServices().StateService.service.ApplyState;
      const path = "/botpass.v1.StateService/ApplyState";
      const feedSequence = await running.store.feedSequence();
      const messages = [
        { begin: { feedSequence } },
        { changes: { changes: [...changes] } },
        { commit: { changes: changes.length } },
      ].map((each) => definition.requestDeserialize(definition.requestSerialize(each)));
      const call = await callOf(who, path, messages[0]);
      const upload = {
        messages: (async function* () {
          yield* messages;
        })(),
        fail: (error: Error) => {
          throw error;
        },
      };
      await new StateApplies(running.services).apply(upload, call);
    },
    admit: (proof: Proof, remoteAddress: string) =>
      running.admission.admit(proof, { requestId: "r", actor: "anonymous", remoteAddress }),
    issue: (instanceId: string, audience: string, remoteAddress: string) =>
      running.issuer.issue(
        instanceId,
        { kind: "jwt", audience: [audience] },
        { requestId: "r", actor: "bot", remoteAddress },
      ),
    /** What the server does by itself at the present time. */
    async housekeeping(): Promise<void> {
      const { store, recorder, governor } = running;
      const faults: unknown[] = [];
      const housekeeping = new Housekeeping({
        ...{ store, recorder, clock, governor, auditKeepSeconds: 4e9 },
        onError: (error) => faults.push(error),
      });
      const planned = clock.planned();
      housekeeping.start();
      await planned;
      await housekeeping.stop();
      if (faults.length > 0) throw faults[0];
    },
    /** The server stops and starts again. */
    async restart(): Promise<void> {
      await close();
      running = await open();
    },
    async close(): Promise<void> {
      await close();
      await threads.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function fail(error: unknown): void {
  throw error;
}

/** What nobody asks for here. */
const READERS: MetricReaders = {
  version: "0",
  authorityAgeSeconds: () => 0,
  authorityLeftSeconds: () => 0,
  ownSvidLeftSeconds: () => 0,
  nearExpiry: () => 0,
  instances: () => 0,
  operatorConnections: () => 0,
  backlog: () => 0,
  denySubscribers: () => 0,
  denials: async () => 0,
  deliveries: async () => 0,
  log: async () => ({ records: 0, covered: 0, ageSeconds: 0 }),
  disk: async () => ({ database: 0, databaseLog: 0, free: 0, size: 0 }),
  onError: fail,
};

export type GovernedServices = Awaited<ReturnType<typeof governedServices>>;
