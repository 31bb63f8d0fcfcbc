import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KeyStore } from "../../src/ca/index.ts";
import type { X509Svid } from "../../src/spiffe/index.ts";
import { SimulatedClient } from "./client.ts";
import type { Guard } from "./guards.ts";
import { simulatedKeyStore } from "./key-store.ts";
import { type CutTarget, Ledger } from "./ledger.ts";
import { Network, SLOWEST_MS } from "./network.ts";
import { Random } from "./random.ts";
import { Records, type Sequences } from "./records.ts";
import { ProcessClock, Scheduler, START_MS } from "./scheduler.ts";
import { scratchDirectory } from "./scratch.ts";
import { DATABASE, SimulatedServer, SPREAD_MS } from "./server.ts";
import { letGo, settle } from "./settle.ts";

/** What an invariant says was broken. */
export class Violation extends Error {}

/** The longest pause between two tries to connect, with what it takes to attest. */
const RECONNECT_MS = 39_000 + 4 * SLOWEST_MS + 10_000;
/** From a cut until a service that hears everything accepts nothing of it: one message, and a turn. */
const CUT_BOUND_MS = SLOWEST_MS + 500;

/** A bot or service, over all of its processes. */
export interface Role {
  readonly name: string;
  /** Whose identity it has: a thief has another's. */
  readonly bot: string;
  readonly kind: "bot" | "service";
  readonly stateDirectory: string | undefined;
  token: string;
  client: SimulatedClient | undefined;
  /** undefined: it has nothing to come in with. */
  entitledSinceMs: number | undefined;
  /** The instance that its newest SVID is of. */
  instance: string | undefined;
}

/** From what one line could tell until it is done: the order, the request and the answer, each by the longest way, and a turn. */
const RENEW_BOUND_MS = 3 * SLOWEST_MS + 1_000;
/** From an order to renew, and its spread, on: whoever is issued to at that very time is told again after 5 s. */
const TAINT_BOUND_MS = 5_000 + RENEW_BOUND_MS;

/** Timers here are whole milliseconds, two of them in a row. */
const ROUNDING_MS = 2;
/** How far a process that has heard from the issuer may be behind its time: what is passed over, and an exchange. */
const CLOCK_BOUND_MS = 1_000 + 2 * SLOWEST_MS;
/** Until a process notices that wall time was set. */
const NOTICE_MS = 1_000;

interface Fork {
  readonly instance: string;
  readonly roles: readonly [Role, Role];
  readonly atMs: number;
}

export interface WorldOptions {
  readonly seed: number;
  readonly without: Guard | undefined;
  /** A directory with a migrated database in it. */
  readonly template: string;
  readonly onTrace?: (line: string) => void;
}

/** One run's machines, lines and processes, with what must hold of them. */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly ledger = new Ledger();
  readonly roles: Role[] = [];
  readonly directory: string;
  /** SVIDs that a thief shows to services. */
  readonly stolen: X509Svid[] = [];
  readonly #options: WorldOptions;
  readonly #keys: KeyStore = simulatedKeyStore();
  readonly #hash = createHash("sha256");
  readonly #skews = new Map<string, number>();
  /** When the clock of a host was set last. */
  readonly #jumped = new Map<string, number>();
  /** Since when a host and the server could talk. */
  readonly #reachableSince = new Map<string, number>();
  #serverClock: ProcessClock | undefined;
  #server: SimulatedServer | undefined;
  /** What its database holds. */
  #records: Records | undefined;
  /** Of the server's process: what a killed one still says is heard by nobody. */
  #life = { alive: false };
  /** After so many commits the server is killed: what it has written then, it has told nobody. */
  #crashIn: { commits: number; readonly then: () => void } | undefined;
  #losing: { readonly role: Role; times: number; readonly random: Random } | undefined;
  /** An operator does something: whoever is killed meanwhile leaves them in doubt, which nothing here accounts for. */
  isOperated = false;
  #starts = 0;
  #refusals = 0;
  #refusalsChecked = 0;
  /** Refusals on record, up to this sequence. */
  #refused = { count: 0, upTo: 0 };
  /** The store may have changed since it was looked at. */
  #committed = false;
  #faults: unknown[] = [];
  #inconsistent: string[] = [];
  #toRecord: { role: Role; svid: X509Svid }[] = [];
  #lockRefusals = 0;
  #locks = 0;
  /** Roles that hold the same SVID, since one copied the other. */
  readonly #forks: Fork[] = [];
  /** When each role last got an SVID, and of which instance. */
  readonly #got = new Map<Role, { instance: string; atMs: number }>();
  #sequences: Sequences = { audit: 0, feed: 0, bundle: 0n };
  /** Since when authorities are tainted. */
  readonly #tainted = new Map<string, number>();
  readonly #heard = new Map<SimulatedClient, { denied: number; bundle: bigint }>();
  events = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new Random(`seed ${options.seed}`);
    this.scheduler = new Scheduler(this.random.of("ties"));
    this.network = new Network(this.scheduler, this.random.of("network"));
    this.directory = mkdtempSync(join(scratchDirectory(), "run-"));
    mkdirSync(join(this.directory, "data"));
    cpSync(options.template, join(this.directory, "data"), { recursive: true });
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  get server(): SimulatedServer {
    if (this.#server === undefined) throw new Error("the server is down");
    return this.#server;
  }

  get isServerUp(): boolean {
    return this.#server !== undefined;
  }

  /** SHA-256 of all that has happened so far, in hex. */
  get traceHash(): string {
    return this.#hash.copy().digest("hex");
  }

  tell(who: string, what: string): void {
    const line = `${String(this.nowMs).padStart(7)} ${who}: ${what}`;
    this.#hash.update(`${line}\n`);
    this.#options.onTrace?.(line);
  }

  skewOf(host: string): number {
    return this.#skews.get(host) ?? 0;
  }

  setSkew(host: string, ms: number): void {
    this.#skews.set(host, ms);
  }

  /** Wall time of a host is set, forward or back; its process notices a little later. */
  jumpClock(host: string, byMs: number, noticedAfterMs: number): void {
    this.setSkew(host, this.skewOf(host) + byMs);
    this.#jumped.set(host, this.nowMs);
    this.tell(host, `clock set by ${byMs} ms`);
    const client = this.roles.find(({ name }) => name === host)?.client;
    this.scheduler.after(noticedAfterMs, host, () => client?.clock.noticeJump());
  }

  /** Milliseconds since the clock of a host was set. */
  #sinceJumpMs(host: string): number {
    return this.nowMs - (this.#jumped.get(host) ?? Number.NEGATIVE_INFINITY);
  }

  /** What time it is at the issuer. */
  get issuerMs(): number {
    return START_MS + this.nowMs + this.skewOf("server");
  }

  // Processes.

  async startServer(): Promise<void> {
    this.#starts += 1;
    const { without } = this.#options;
    this.#serverClock = new ProcessClock(this.scheduler, "server", () => this.skewOf("server"));
    const random = this.random.of(`server ${this.#starts}`);
    const life = { alive: true };
    this.#life = life;
    this.#server = await SimulatedServer.start({
      directory: join(this.directory, "data"),
      keys: this.#keys,
      clock: this.#serverClock,
      randomBytes: (size) => random.bytes(size),
      without,
      onFault: (error) => {
        if (life.alive) this.#faults.push(error);
      },
      onRefused: (code) => {
        if (!life.alive) return;
        this.#refusals += 1;
        if (code === "INSTANCE_LOCKED") this.#lockRefusals += 1;
        this.tell("server", `refuses ${code}`);
      },
    });
    this.#records = new Records(join(this.directory, "data", DATABASE));
    this.#server.store.onCommit(() => {
      this.#committed = true;
      this.#maybeCrash();
    });
    this.#committed = true;
    this.network.serverUp = true;
    for (const { name } of this.roles) this.#reachableSince.set(name, this.nowMs);
    this.tell("server", "starts");
    if (without === "store: commits survive a crash") this.#keepCopy();
  }

  /** Kills the server as soon as it has committed so often, before anybody hears of it; not while an operator is at work. */
  crashAtCommit(commits: number, then: () => void): void {
    this.#crashIn = { commits, then };
  }

  /** So many times in a row, the role's process is killed with an SVID on its way to it. */
  loseAnswers(role: Role, times: number, random: Random): void {
    this.#losing = { role, times, random };
  }

  disarm(): void {
    this.#crashIn = undefined;
    this.#losing = undefined;
  }

  #maybeCrash(): void {
    const due = this.#crashIn;
    if (due === undefined || this.isOperated || this.#server === undefined) return;
    due.commits -= 1;
    if (due.commits > 0) return;
    this.#crashIn = undefined;
    this.crashServer().catch((error: unknown) => this.fault(error));
    due.then();
  }

  async crashServer(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#life.alive = false;
    this.#server = undefined;
    this.#serverClock?.kill();
    this.#records?.close();
    this.#records = undefined;
    this.network.killServer();
    this.tell("server", "killed");
    await server.store.close();
    if (this.#options.without === "store: commits survive a crash") this.#bringCopyBack();
  }

  /** The database as it was at the last start, for a store whose commits do not survive. */
  #keepCopy(): void {
    const copy = join(this.directory, "copy");
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(this.directory, "data"), copy, { recursive: true });
  }

  #bringCopyBack(): void {
    const copy = join(this.directory, "copy");
    for (const end of ["", "-wal", "-shm"]) {
      rmSync(join(this.directory, "data", DATABASE + end), { force: true });
    }
    cpSync(copy, join(this.directory, "data"), { recursive: true });
  }

  async register(name: string, kind: Role["kind"], keepsState: boolean): Promise<Role> {
    await this.server.operator.register(name, kind);
    const role: Role = {
      name,
      bot: name,
      kind,
      stateDirectory: keepsState ? join(this.directory, name) : undefined,
      token: await this.server.operator.token(name),
      client: undefined,
      entitledSinceMs: this.nowMs,
      instance: undefined,
    };
    this.roles.push(role);
    return role;
  }

  /** A copy of a role's state directory, elsewhere. */
  steal(role: Role, token: string): Role | undefined {
    const { stateDirectory, bot } = role;
    if (stateDirectory === undefined || !existsSync(stateDirectory)) return undefined;
    const name = `thief-${this.roles.length}`;
    const copy = join(this.directory, name);
    cpSync(stateDirectory, copy, { recursive: true });
    const thief: Role = {
      name,
      bot,
      kind: "bot",
      stateDirectory: copy,
      token,
      client: undefined,
      entitledSinceMs: undefined,
      instance: role.instance,
    };
    this.roles.push(thief);
    this.#forks.push({ instance: role.instance ?? "", roles: [role, thief], atMs: this.nowMs });
    this.tell(name, `copies ${role.name}`);
    return thief;
  }

  startRole(role: Role): void {
    const { name, token, stateDirectory } = role;
    this.#starts += 1;
    const client = new SimulatedClient({
      name,
      token,
      stateDirectory,
      skewMs: () => this.skewOf(name),
      scheduler: this.scheduler,
      network: this.network,
      random: this.random.of(`${name} ${this.#starts}`),
      server: () => this.server,
      without: this.#options.without,
      tell: (what) => this.tell(name, what),
      onInconsistent: (reason) => this.#inconsistent.push(`${name}: ${reason}`),
    });
    role.client = client;
    this.#reachableSince.set(name, this.nowMs);
    client.agent.on("rotated", (svid) => this.#toRecord.push({ role, svid }));
    this.tell(name, "starts");
    client.start();
  }

  killRole(role: Role): void {
    role.client?.kill();
    role.client = undefined;
  }

  /** Its disk is lost, too. */
  forget({ name, stateDirectory }: Role): void {
    if (stateDirectory !== undefined) rmSync(stateDirectory, { recursive: true, force: true });
    this.tell(name, "forgets");
  }

  // What operators have done.

  /** @throws Violation when the audit does not have it, since it is there. */
  async #mustBeRecorded(type: string, since: number, about: string): Promise<void> {
    const records = await this.server.store.listAudit({ type, afterSequence: since, limit: 100 });
    if (records.some(({ bytes }) => bytes.includes(about))) return;
    throw new Violation(`an operator did something, and no ${type} is in the audit`);
  }

  async stopped({ bot, name }: Role, how: "suspended" | "retired"): Promise<void> {
    await this.#mustBeRecorded(`bot.${how}`, this.#sequences.audit, bot);
    this.ledger.stop(bot, await this.server.store.auditSequence(), this.nowMs);
    this.tell(name, how);
  }

  async resumed({ bot, name }: Role): Promise<void> {
    this.ledger.resume(bot, await this.server.store.auditSequence());
    this.tell(name, "resumed");
  }

  async cutNow(about: CutTarget, how: string, { name }: Pick<Role, "name">): Promise<void> {
    const [type, value] = recordOf(about);
    await this.#mustBeRecorded(type, this.#sequences.audit, value);
    const sequence = await this.server.store.auditSequence();
    this.ledger.cut({ about, sequence, atMs: this.nowMs });
    this.tell(name, how);
  }

  /** Another authority signs, and all who have what this one signed are to get others. */
  tainted(authority: string): void {
    this.#tainted.set(authority, this.nowMs);
    this.tell("server", "an authority is tainted");
  }

  /** Both ways are open, or not. */
  cutHost(name: string): void {
    this.network.cut(name);
    this.tell(name, "cut off");
  }

  healHost(name: string): void {
    this.network.heal(name);
    this.#reachableSince.set(name, this.nowMs);
    this.tell(name, "joined again");
  }

  breakLines(name: string): void {
    this.network.break(name);
    this.#reachableSince.set(name, this.nowMs);
    this.tell(name, "line breaks");
  }

  /** How long host and server could talk, without a break. */
  reachableMs(name: string): number {
    if (!this.isServerUp || this.network.isCut(name)) return -1;
    return this.nowMs - (this.#reachableSince.get(name) ?? 0);
  }

  // What must hold.

  /** @throws Violation. */
  async check(): Promise<void> {
    this.events += 1;
    const fault = this.#faults[0];
    if (fault !== undefined) throw fault;
    if (this.#inconsistent.length > 0) {
      throw new Violation(`the log went back: ${this.#inconsistent.join(", ")}`);
    }
    if (this.#server !== undefined && this.#records !== undefined) {
      // An issuance alone changes nothing that is told.
      if (this.#committed || this.#losing) this.#checkSequences(this.#records);
      this.#committed = false;
      this.#checkRecords(this.#records);
      await this.#checkForks(this.#server);
      this.#checkStreams(this.#server);
    }
    for (const role of this.roles) {
      this.#supervise(role);
      this.#checkHeard(role);
      this.#checkTime(role);
      const svid = role.client?.present();
      this.#checkIdentity(role, svid);
      if (svid !== undefined) this.#checkRenewed(role, svid);
      if (role.kind === "service") this.#checkConnections(role);
    }
  }

  /** A process that could not begin is started again, a little later. */
  #supervise(role: Role): void {
    const { client } = role;
    if (client?.failure === undefined) return;
    this.killRole(role);
    const random = this.random.of(`supervisor ${this.events}`);
    this.scheduler.after(random.within(2_000, 8_000), role.name, () => {
      if (role.client === undefined) this.startRole(role);
    });
  }

  #checkSequences(records: Records): void {
    const sequences = records.sequences();
    const { audit, feed, bundle } = sequences;
    const before = this.#sequences;
    // What ends an instance is in the change feed, too.
    if (feed > before.feed) this.#takeLocks(records, before.audit);
    if (this.#losing !== undefined && audit > before.audit) this.#loseAnswer(records, before.audit);
    if (audit < before.audit || feed < before.feed || bundle < before.bundle) {
      throw new Violation(
        `a sequence went back: audit ${before.audit} to ${audit}, feed ${before.feed} to ${feed}, bundle ${before.bundle} to ${bundle}`,
      );
    }
    this.#sequences = sequences;
  }

  /** Kills the process that is issued to, and brings it back, before the answer has come. */
  #loseAnswer(records: Records, afterSequence: number): void {
    const losing = this.#losing;
    if (losing?.role.client === undefined) return;
    const { role, random } = losing;
    const issued = records.ofType("svid.issued", afterSequence);
    const instances = issued.map(
      ({ bytes }) => (JSON.parse(bytes) as { instance: string }).instance,
    );
    if (!instances.some((instance) => instance === role.instance)) return;
    losing.times -= 1;
    if (losing.times === 0) this.#losing = undefined;
    this.tell(role.name, "an SVID for it is lost");
    this.killRole(role);
    this.scheduler.after(random.within(50, 1_500), role.name, () => {
      if (role.client === undefined) this.startRole(role);
    });
  }

  #takeLocks(records: Records, afterSequence: number): void {
    for (const { bytes, sequence } of records.ofType("instance.locked", afterSequence)) {
      const { instance } = JSON.parse(bytes) as { instance: string };
      if (!this.#forks.some((fork) => fork.instance === instance)) {
        throw new Violation("an instance was locked whose SVID nobody has copied");
      }
      this.#locks += 1;
      this.ledger.cut({ about: { instance }, sequence, atMs: this.nowMs });
      this.tell("server", "locks an instance");
    }
  }

  /** Of an SVID and its copy only one goes on, and a copy that was noticed ends the instance. */
  async #checkForks({ store }: SimulatedServer): Promise<void> {
    if (this.#lockRefusals > 0 && this.#locks === 0) {
      throw new Violation("an SVID that was replaced came back, and its instance was not locked");
    }
    for (const { instance, roles, atMs } of this.#forks) {
      const both = roles.every((role) => {
        const got = this.#got.get(role);
        const reachable = role.client === undefined ? -1 : this.reachableMs(role.name);
        const since = Math.min(reachable, this.nowMs - (role.client?.startedMs ?? 0));
        return got?.instance === instance && got.atMs > atMs && since > RECONNECT_MS;
      });
      if (both && (await store.getInstance(instance))?.state === "active") {
        throw new Violation(`${roles.map(({ name }) => name).join(" and ")} live on one lineage`);
      }
    }
  }

  /** What a bot has received is on record, and so is each refusal. */
  #checkRecords(records: Records): void {
    for (const { role, svid } of this.#toRecord.splice(0)) {
      const { serialHex: serial } = svid;
      const record = records.issued(serial);
      if (record === undefined) {
        throw new Violation(`${role.name} holds an SVID that is not in the audit`);
      }
      const { instance } = JSON.parse(record.bytes) as { instance: string };
      role.instance = instance;
      this.#got.set(role, { instance, atMs: this.nowMs });
      const { sequence, authority } = record;
      this.ledger.svids.set(serial, { svid, bot: role.bot, instance, authority, sequence });
      this.tell(role.name, `holds SVID ${this.ledger.svids.size}`);
      if (this.ledger.wasStopped(role.bot, sequence)) {
        throw new Violation(`${role.name} was issued to while it was stopped`);
      }
    }
    if (this.#refusals > this.#refusalsChecked) {
      this.#refusalsChecked = this.#refusals;
      const { count, upTo: afterSequence } = this.#refused;
      const news = records.ofType("attestation.refused", afterSequence);
      const upTo = news.at(-1)?.sequence ?? afterSequence;
      this.#refused = { count: count + news.length, upTo };
      if (this.#refused.count < this.#refusals) {
        throw new Violation(`${this.#refusals} were refused, ${this.#refused.count} are on record`);
      }
    }
  }

  #checkHeard({ name, client }: Role): void {
    if (client === undefined) return;
    const { agent } = client;
    const bundle = agent.bundles()[0]?.sequence ?? 0n;
    const before = this.#heard.get(client) ?? { denied: 0, bundle: 0n };
    const denied = agent.denySet.sequence;
    if (denied < before.denied) {
      throw new Violation(`${name} went back in the deny feed: ${before.denied} to ${denied}`);
    }
    if (bundle < before.bundle) {
      throw new Violation(`${name} went back in bundles: ${before.bundle} to ${bundle}`);
    }
    this.#heard.set(client, { denied, bundle });
  }

  /** Whoever has heard from the issuer is not behind its time, and not ahead once it could ask again. */
  #checkTime({ name, client }: Role): void {
    if (client === undefined || !client.knowsTime) return;
    const aheadMs = client.agent.clock.now().getTime() - this.issuerMs;
    const askedMs = Math.min(this.reachableMs(name), this.#sinceJumpMs(name));
    if (aheadMs < -CLOCK_BOUND_MS || (aheadMs > CLOCK_BOUND_MS && askedMs > RECONNECT_MS)) {
      throw new Violation(`${name} is ${aheadMs} ms ahead of the issuer's time`);
    }
  }

  /** Whether an SVID has expired: by the clock that a process goes by, or by the issuer's, which it knows more or less. */
  #hasExpired({ client }: Role, { notAfter }: X509Svid): boolean {
    if (client === undefined) return false;
    const endMs = notAfter.getTime();
    const now = client.agent.clock.now().getTime();
    return endMs <= now || (client.knowsTime && endMs + CLOCK_BOUND_MS < this.issuerMs);
  }

  /** As `hasExpired`, for what was planned by a clock that may have been set since, or have learned better. */
  #isOverdue({ name, client }: Role, { notAfter }: X509Svid): boolean {
    if (client === undefined) return false;
    const endMs = notAfter.getTime();
    if (client.knowsTime) return endMs + CLOCK_BOUND_MS < this.issuerMs;
    if (this.#sinceJumpMs(name) < this.nowMs - client.startedMs) return false;
    return endMs + ROUNDING_MS < client.agent.clock.now().getTime();
  }

  #checkIdentity(role: Role, svid: X509Svid | undefined): void {
    const { name, client, entitledSinceMs } = role;
    if (client === undefined) return;
    if (svid !== undefined && this.#hasExpired(role, svid)) {
      throw new Violation(`${name} presents an SVID after its expiry`);
    }
    // It may be allowed to ask for another first. What a revoked authority has signed is worth nothing, and nobody says so.
    const held = svid !== undefined && !this.ledger.isDisowned(svid) ? svid : undefined;
    if (held !== undefined && this.#lateMs(role, held) > 2 * SLOWEST_MS) {
      throw new Violation(`${name} could hear that it was cut, and goes on with what it has`);
    }
    const reachable = Math.min(this.reachableMs(name), this.nowMs - client.startedMs);
    if (entitledSinceMs === undefined || this.ledger.stopped.has(role.bot)) return;
    // While its clock may have slept longer than its SVID lives, it has none: it asks what time it is.
    const asked = this.#sinceJumpMs(name) - NOTICE_MS;
    const should = Math.min(reachable, asked, this.nowMs - entitledSinceMs) > RECONNECT_MS;
    if (should && svid === undefined) {
      throw new Violation(`${name} has no identity though the server could be reached`);
    }
  }

  /** Whoever is connected replaces what a tainted authority signed, and what was revoked, without waiting for its time. */
  #checkRenewed({ name, client, bot }: Role, svid: X509Svid): void {
    if (client?.attachedSinceMs === undefined) return;
    if (this.ledger.stopped.has(bot) || !this.isServerUp || this.network.isCut(name)) return;
    const attachedMs = Math.min(
      this.nowMs - client.attachedSinceMs,
      this.reachableMs(name),
      this.#sinceJumpMs(name) - NOTICE_MS,
    );
    const cutMs = this.ledger.revokedAtMs(svid);
    if (cutMs !== undefined && Math.min(this.nowMs - cutMs, attachedMs) > RENEW_BOUND_MS) {
      throw new Violation(`${name} is connected, and goes on with an SVID that was revoked`);
    }
    const signer = this.ledger.svids.get(svid.serialHex)?.authority ?? "";
    const taintedMs = this.#tainted.get(signer);
    if (taintedMs === undefined) return;
    const sinceMs = this.nowMs - taintedMs;
    const late =
      // Who came later was greeted with the order.
      sinceMs > attachedMs
        ? attachedMs > RENEW_BOUND_MS
        : Math.min(sinceMs - SPREAD_MS, attachedMs) > TAINT_BOUND_MS;
    if (late) {
      throw new Violation(`${name} is connected, and goes on with an SVID of a tainted authority`);
    }
  }

  /** A stream to the issuer ends with what it was opened with. */
  #checkStreams(server: SimulatedServer): void {
    for (const { openedWith } of server.streams()) {
      const cutMs = this.ledger.revokedAtMs(openedWith);
      if (cutMs !== undefined && this.nowMs - cutMs > CUT_BOUND_MS) {
        throw new Violation("a stream goes on that was opened with an SVID that was revoked");
      }
    }
  }

  /** @throws Violation when the service accepts what it must not. */
  accepts(service: Role, svid: X509Svid, whose: string): boolean {
    const { client } = service;
    if (client === undefined) return false;
    if (!client.accept(svid)) {
      this.#checkRefusal(service, svid, whose);
      return false;
    }
    if (this.#hasExpired(service, svid)) {
      throw new Violation(`${service.name} accepts an SVID of ${whose} after its expiry`);
    }
    const lateMs = this.#lateMs(service, svid);
    if (lateMs > 0) {
      throw new Violation(`${service.name} accepts ${whose} ${lateMs} ms after it had to know`);
    }
    return true;
  }

  /** Whoever is on record, stopped by nobody, and long in touch with the server, as the service is, gets in. */
  #checkRefusal(service: Role, svid: X509Svid, whose: string): void {
    const { client } = service;
    const holder = this.roles.find(({ name }) => name === whose);
    if (holder?.client === undefined || client?.present() === undefined) return;
    if (!this.ledger.svids.has(svid.serialHex)) return;
    if (this.ledger.cutAtMs(svid) !== undefined) return;
    // Only the newest: one before may have been revoked by its replacement's end, or run out on its way.
    if (holder.client.present()?.serialHex !== svid.serialHex) return;
    const now = client.agent.clock.now();
    if (svid.notAfter <= now || svid.notBefore > now) return;
    const touch = Math.min(
      ...[service, holder].map((role) =>
        Math.min(this.reachableMs(role.name), this.nowMs - (role.client?.startedMs ?? 0)),
      ),
    );
    if (touch > RECONNECT_MS) {
      throw new Violation(`${service.name} refuses ${whose}, and has no reason to`);
    }
  }

  #checkConnections(service: Role): void {
    const { client } = service;
    if (client === undefined) return;
    const seen = new Set<string>();
    for (const { svid } of client.open.values()) {
      if (seen.has(svid.serialHex)) continue;
      seen.add(svid.serialHex);
      const bot = this.ledger.svids.get(svid.serialHex)?.bot;
      if (this.#isOverdue(service, svid)) {
        throw new Violation(`${service.name} holds a connection of ${bot} open past its expiry`);
      }
      if (this.#lateMs(service, svid) > 0) {
        throw new Violation(`${service.name} holds a connection of ${bot} open after its cut`);
      }
    }
  }

  /** How long a service could have known for longer than the bound that the SVID was cut. */
  #lateMs({ name, client }: Role, svid: X509Svid): number {
    const cutMs = this.ledger.cutAtMs(svid);
    if (cutMs === undefined || client === undefined) return 0;
    // What the server holds for expired is not denied: a service that is behind goes by its own clock.
    if (svid.notAfter.getTime() <= this.issuerMs) return 0;
    const reachableMs = Math.min(this.reachableMs(name), this.nowMs - client.startedMs);
    const { knowsSinceMs } = client;
    const knowsMs = this.nowMs - (knowsSinceMs ?? Number.POSITIVE_INFINITY);
    // Either it was told on a line that has held since, or it had the time to come back and be told.
    const hearsMs = Math.max(reachableMs - RECONNECT_MS, reachableMs >= knowsMs ? knowsMs : -1);
    return Math.min(this.nowMs - cutMs, hearsMs) - CUT_BOUND_MS;
  }

  /** What failed beside the events. */
  fault(error: unknown): void {
    this.#faults.push(error);
  }

  async close(): Promise<void> {
    for (const role of this.roles) role.client?.kill();
    this.#serverClock?.kill();
    this.#records?.close();
    await this.#server?.store.close();
    await settle();
    letGo();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** How the audit has it that an operator cut something. */
function recordOf(about: CutTarget): readonly [type: string, value: string] {
  if ("instance" in about) return ["instance.evicted", about.instance];
  if ("authority" in about) return ["authority.revoked", about.authority];
  if ("serial" in about) return ["svid.revoked", about.serial];
  return ["bot.suspended", about.bot];
}
