import type { Recorder } from "../../audit/index.ts";
import type { Clock, Timer } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { SightingRecord, Store, UseRecord } from "../../store/index.ts";
import type { SeenSvid__Output, Use__Output, UsesReport__Output } from "../../wire/index.ts";

export interface UsesOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Throws while the disk is too full for more than what is needed. */
  readonly requireRoom: () => void;
  /** Told of uses that were not kept. */
  readonly onWarning: (message: string, facts: Readonly<Record<string, number>>) => void;
  /** Told of each use; must not throw. @param use `peer`: the service's SPIFFE ID. */
  readonly onUse?: (use: { bot: string; peer: string; calls: number; lastAt: Date }) => void;
  readonly onError: (error: unknown) => void;
}

/** Whose stream a report came by. */
export interface Reporter {
  /** One stream, whatever comes by it. */
  readonly stream: object;
  /** Its bots, by SPIFFE ID: a report speaks for no other. */
  readonly bots: ReadonlyMap<string, string>;
}

/** Reports are written together, this often: losing a few seconds of them in a crash harms nobody. */
const WRITE_EVERY_MS = 5_000;
/** What may wait to be written; more is forgotten. */
const MOST_WAITING = 50_000;
/** Rows of one transaction: issuance must not wait long for it. */
const ROWS_TOGETHER = 50;
/** Reads wait for nothing: after so many others have their turn. */
const READS_TOGETHER = 50;
/** What one service may add in one day: a service that names ever new operations must not fill the disk. */
const MOST_ROWS_OF_SERVICE_AND_DAY = 2_000;
/** More than anything can count between two reports. */
const MOST_COUNT = 2 ** 32;
/** How far back a report may go: longer than a service is without its issuer. */
const OLDEST_MS = 7 * 86_400_000;
/** Reports of one stream within ten seconds: twice what a full service sends at once. */
const MOST_REPORTS = 40;
const REPORTS_WINDOW_MS = 10_000;

const MOST_USES = 200;
const MOST_SVIDS = 400;
const MOST_SPIFFE_ID_BYTES = 2048;
const MOST_AUDIENCE_BYTES = 512;
const MOST_OPERATION_BYTES = 256;
const MOST_SVID_ID_BYTES = 128;
const REFUSALS: readonly string[] = ["", "PEER_NOT_AUTHORIZED", "DENIED", "SVID_INVALID"];

/** Takes what services report of their callers, and writes it by day. All of it is the service's word only. */
export class Uses {
  readonly #options: UsesOptions;
  readonly #windows = new WeakMap<object, { untilMs: number; reports: number }>();
  #uses = new Map<string, UseRecord>();
  #sightings = new Map<string, SightingRecord>();
  #timer: Timer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #forgotten = 0;

  constructor(options: UsesOptions) {
    this.#options = options;
  }

  /**
   * Takes a report, or nothing of it. Callers that are no bots of this trust domain are passed over, and so are SVIDs that were
   * not issued.
   * @throws IssuerError REQUEST_INVALID naming field and value; NOT_AUTHORIZED when it speaks for another service; LIMIT_EXCEEDED;
   *   STORE_UNAVAILABLE when the disk is full.
   */
  async take(from: Reporter, report: UsesReport__Output): Promise<void> {
    const { clock, requireRoom } = this.#options;
    this.#checkRate(from.stream);
    requireRoom();
    const { uses, svids, dropped } = report;
    checkCount("uses", uses.length, MOST_USES);
    checkCount("svids", svids.length, MOST_SVIDS);
    if (uses.length + svids.length === 0) {
      throw new IssuerError("REQUEST_INVALID", "the report has neither uses nor svids");
    }
    const now = clock.now().getTime();
    // All is checked before anything is taken.
    const services = [...uses, ...svids].map(({ service }) => serviceOf(from, service));
    for (const use of uses) checkUse(use);
    for (const svid of svids) checkSvid(svid);
    this.#forgotten += dropped;
    for (const [place, use] of uses.entries()) {
      await this.#add(services[place] ?? "", use, now);
      if (place % READS_TOGETHER === READS_TOGETHER - 1) await turn();
    }
    for (const [place, svid] of svids.entries()) {
      await this.#see(services[uses.length + place] ?? "", svid, now);
      if (place % READS_TOGETHER === READS_TOGETHER - 1) await turn();
    }
    this.#timer ??= clock.schedule(WRITE_EVERY_MS, () => {
      this.write().catch(this.#options.onError);
    });
  }

  /** Writes what waits: before it is read, and before the end. */
  write(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const written = this.#turn.then(() => this.#write());
    this.#turn = written.catch(() => undefined);
    return written;
  }

  async #write(): Promise<void> {
    const uses = [...this.#uses.values()];
    const sightings = [...this.#sightings.values()];
    this.#uses = new Map();
    this.#sightings = new Map();
    for (let at = 0; at < Math.max(uses.length, sightings.length); at += ROWS_TOGETHER) {
      const some = uses.slice(at, at + ROWS_TOGETHER);
      const seen = sightings.slice(at, at + ROWS_TOGETHER);
      try {
        this.#forgotten += await this.#options.recorder.record((tx) =>
          tx.addUses(some, seen, MOST_ROWS_OF_SERVICE_AND_DAY),
        );
      } catch (error) {
        // Written with what comes.
        for (const use of uses.slice(at)) this.#keepUse(use);
        for (const sighting of sightings.slice(at)) this.#keepSighting(sighting);
        throw error;
      }
    }
    if (this.#forgotten === 0) return;
    this.#options.onWarning("uses that services reported were not kept: they are too many", {
      uses: this.#forgotten,
    });
    this.#forgotten = 0;
  }

  async #add(service: string, use: Use__Output, now: number): Promise<void> {
    const bot = (await this.#options.store.getBotBySpiffeId(use.caller))?.name;
    if (bot === undefined) return;
    const { audience, operation, refused, count } = use;
    const [firstAt, lastAt] = [within(use.firstMs, now), within(use.lastMs, now)];
    const day = lastAt.toISOString().slice(0, 10);
    const of = { day, bot, service, audience, operation, refused };
    this.#keepUse({ ...of, count, firstAt, lastAt });
    this.#options.onUse?.({ bot, peer: use.service, calls: count, lastAt });
  }

  #keepUse(use: UseRecord): void {
    const { day, bot, service, audience, operation, refused } = use;
    const key = JSON.stringify([day, bot, service, audience, operation, refused]);
    const known = this.#uses.get(key);
    if (known !== undefined) {
      this.#uses.set(key, {
        ...use,
        count: use.count + known.count,
        firstAt: new Date(Math.min(use.firstAt.getTime(), known.firstAt.getTime())),
        lastAt: new Date(Math.max(use.lastAt.getTime(), known.lastAt.getTime())),
      });
    } else if (this.#uses.size < MOST_WAITING) this.#uses.set(key, use);
    else this.#forgotten += 1;
  }

  async #see(service: string, { id, lastMs }: SeenSvid__Output, now: number): Promise<void> {
    // A service can only have seen what was issued.
    const issuance = await this.#options.store.getIssuance(id.toLowerCase());
    if (issuance === undefined) return;
    const { id: svid, notAfter: expiresAt } = issuance;
    this.#keepSighting({ svid, service, lastAt: within(lastMs, now), expiresAt });
  }

  #keepSighting(sighting: SightingRecord): void {
    const key = `${sighting.svid} ${sighting.service}`;
    const known = this.#sightings.get(key);
    if (known === undefined && this.#sightings.size >= MOST_WAITING) return;
    if (known === undefined || sighting.lastAt > known.lastAt) this.#sightings.set(key, sighting);
  }

  #checkRate(stream: object): void {
    const now = this.#options.clock.monotonicMs();
    const window = this.#windows.get(stream);
    if (window === undefined || window.untilMs <= now) {
      this.#windows.set(stream, { untilMs: now + REPORTS_WINDOW_MS, reports: 1 });
      return;
    }
    window.reports += 1;
    if (window.reports <= MOST_REPORTS) return;
    throw new IssuerError("LIMIT_EXCEEDED", `more than ${MOST_REPORTS} reports of uses in 10 s`, {
      retryAfterMs: window.untilMs - now,
    });
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Not later than now, and not older than a service can be without its issuer. */
function within(ms: number, now: number): Date {
  return new Date(Math.min(Math.max(ms, now - OLDEST_MS), now));
}

function serviceOf({ bots }: Reporter, spiffeId: string): string {
  const bot = bots.get(spiffeId);
  if (bot !== undefined) return bot;
  const shown = JSON.stringify(spiffeId.slice(0, 256));
  throw new IssuerError("NOT_AUTHORIZED", `service ${shown} is not of this stream`);
}

function checkUse({ caller, audience, operation, refused, ...use }: Use__Output): void {
  if (caller === "") throw new IssuerError("REQUEST_INVALID", "caller is required");
  checkText("caller", caller, MOST_SPIFFE_ID_BYTES);
  checkText("audience", audience, MOST_AUDIENCE_BYTES);
  checkText("operation", operation, MOST_OPERATION_BYTES);
  if (!REFUSALS.includes(refused)) {
    const shown = JSON.stringify(refused.slice(0, 80));
    throw new IssuerError("REQUEST_INVALID", `refused ${shown} is not a code of a refusal`);
  }
  if (!(use.count >= 1 && use.count <= MOST_COUNT)) {
    throw new IssuerError("REQUEST_INVALID", `count ${use.count} is not 1 to 2^32`);
  }
  if (!(use.firstMs > 0 && use.firstMs <= use.lastMs)) {
    const span = `first_ms ${use.firstMs}, last_ms ${use.lastMs}`;
    throw new IssuerError("REQUEST_INVALID", `${span} are not two instants in this order`);
  }
}

function checkSvid({ id, lastMs }: SeenSvid__Output): void {
  if (id === "") throw new IssuerError("REQUEST_INVALID", "svids.id is required");
  checkText("svids.id", id, MOST_SVID_ID_BYTES);
  if (lastMs > 0) return;
  throw new IssuerError("REQUEST_INVALID", `svids.last_ms ${lastMs} is not an instant`);
}

function checkCount(field: string, count: number, most: number): void {
  if (count <= most) return;
  throw new IssuerError("REQUEST_INVALID", `${field} has ${count} items, more than ${most}`);
}

function checkText(field: string, text: string, most: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > most) {
    throw new IssuerError("REQUEST_INVALID", `${field} has ${bytes} bytes, more than ${most}`);
  }
  if (!/\p{Cc}/u.test(text)) return;
  throw new IssuerError("REQUEST_INVALID", `${field} holds a control character`);
}
