import type { Clock, Timer } from "../clock.ts";
import { errorCodeOf, IssuerError } from "../errors.ts";
import {
  CompactRange,
  consistencyProof,
  edgeHashes,
  formatCheckpoint,
  formatExportHead,
  formatExportRecord,
  type HashSource,
  inclusionProof,
  KEPT_LEVELS,
  type LogNode,
  leafHash,
  MOST_PROVEN_HANDOVERS,
  type NoteSigner,
  openCheckpoint,
  parseVerifier,
  signHandover,
  verifyInclusion,
} from "../log/index.ts";
import type {
  AuditRecord,
  LogCheckpointRecord,
  LogExtent,
  LogHandoverRecord,
  Store,
  StoreTransaction,
} from "../store/index.ts";

export interface AuditLogOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The log's key; another one comes by `rotateKey` alone. */
  readonly signer: NoteSigner;
  /** How often a checkpoint is made while there is anything new. */
  readonly intervalSeconds: number;
  /** Told of what fails in the background. */
  readonly onError: (error: unknown) => void;
}

/** A checkpoint with the key that it is verified by: `name+hash+base64`. */
export interface LogCheckpoint extends LogCheckpointRecord {
  readonly verifier: string;
}

/** One checkpoint, newly made. */
export interface MadeCheckpoint extends LogCheckpoint {
  /** The one before it, with the proof that leads from it to this one; 0: there is none. */
  readonly previousSize: number;
  readonly consistency: readonly Buffer[];
}

/** A record with the proof that the checkpoint's log holds it. */
export interface ProvenRecord {
  readonly record: AuditRecord;
  /** The place of its leaf, from 0. */
  readonly index: number;
  readonly hashes: readonly Buffer[];
  readonly note: string;
  /** By which key, and how the log came to it. */
  readonly verifier: string;
  readonly handovers: readonly string[];
}

/**
 * Runs a change of the log's key in one durable transaction.
 * @param work `record` writes the audit record of it, `log.key_rotated` with these details.
 */
export type KeyTransact = <T>(
  work: (
    tx: StoreTransaction,
    now: Date,
    record: (details: { readonly before: string; readonly after: string }) => Promise<void>,
  ) => Promise<T>,
) => Promise<T>;

/** A part of an export. */
export interface ExportPage {
  readonly lines: readonly string[];
  /** The last record that the export holds. */
  readonly upTo: number;
  /** Where to go on; 0: that was all. */
  readonly next: number;
}

/** Leaves that are read and hashed in one turn of the event loop. */
const LEAVES_AT_ONCE = 1024;

/**
 * The audit as a Merkle log. A record's leaf is written in its own transaction; the tree above the leaves follows here,
 * and a checkpoint is signed only where the tree grew out of the one that was signed before.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #source: HashSource;
  readonly #listeners = new Set<(checkpoint: MadeCheckpoint) => void>();
  /** The right edge of the tree, up to where it was built. */
  #edge = new CompactRange();
  /** Nodes that are not in the store yet. */
  #unsaved: LogNode[] = [];
  #newest: LogCheckpoint | undefined;
  #signer: NoteSigner;
  /** The next key, from its record on: what is signed inside later transactions is signed by it. */
  #incoming: NoteSigner | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;
  #opened = false;
  #stopped = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#signer = options.signer;
    this.#source = {
      hashes: (level, index, count) => options.store.logHashes(level, index, count),
    };
  }

  /** `name+hash+base64`, for those who verify. */
  get verifier(): string {
    return this.#signer.verifier;
  }

  /** The newest checkpoint; undefined until one was made. */
  get newest(): LogCheckpoint | undefined {
    return this.#newest;
  }

  /** A JWS by the log's key, for what the running transaction records. @param type its `typ`. */
  signJws(type: string, payload: object): string {
    return (this.#incoming ?? this.#signer).signJws(type, payload);
  }

  /** Changes of the log's key, the oldest first. */
  handovers(): Promise<readonly LogHandoverRecord[]> {
    return this.#options.store.logHandovers();
  }

  /**
   * Hands the log over to another key, which signs all that comes after the record of it. What is signed so far stays.
   * @param next must survive the loss of power already.
   * @throws what `transact` rejects with; IssuerError LOG_INCONSISTENT. `verifier` says which key signs then.
   */
  rotateKey(next: NoteSigner, transact: KeyTransact): Promise<LogHandoverRecord> {
    const done = this.#turn.then(() => this.#rotateKey(next, transact));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Makes checkpoints from now on. */
  start(): void {
    this.#run();
  }

  /** Makes a last checkpoint, and stops. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.checkpoint().catch(this.#options.onError);
    this.#listeners.clear();
  }

  /** Calls `listener`, which must not throw, with each new checkpoint. @returns stops the calls. */
  onCheckpoint(listener: (checkpoint: MadeCheckpoint) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * A checkpoint over all that is recorded now: a new one, or the newest when there is nothing new.
   * @throws IssuerError LOG_INCONSISTENT when the database does not hold what the newest one was made of.
   */
  checkpoint(): Promise<LogCheckpoint> {
    const made = this.#turn.then(() => this.#checkpoint());
    this.#turn = made.catch(() => undefined);
    return made;
  }

  /**
   * The proof that the log of `to` records begins with that of `from`.
   * @throws IssuerError REQUEST_INVALID when it has no such size; LOG_INCONSISTENT.
   */
  async consistency(from: number, to: number): Promise<readonly Buffer[]> {
    const newest = this.#newest?.size ?? 0;
    if (!(from > 0 && from <= to && to <= newest)) {
      const message = `there is no proof from size ${from} to ${to}: the newest checkpoint has ${newest}`;
      throw new IssuerError("REQUEST_INVALID", message);
    }
    return this.#hashed(() => consistencyProof(this.#source, from, to));
  }

  /**
   * Proves one record by a checkpoint that holds it: the issuance of that serial or jti, or else the first record with it.
   * @throws IssuerError NOT_FOUND; LOG_INCONSISTENT when the record is not what was logged.
   */
  async prove(serial: string): Promise<ProvenRecord> {
    const { store } = this.#options;
    const [issued] = await store.listAudit({ serial, type: "svid.issued", limit: 1 });
    const record = issued ?? (await store.listAudit({ serial, limit: 1 }))[0];
    if (record === undefined) {
      throw new IssuerError("NOT_FOUND", `no record has serial ${JSON.stringify(serial)}`);
    }
    const { proofs, ...by } = await this.proveRecords([record]);
    const { index, hashes } = proofs[0] ?? { index: 0, hashes: [] };
    return { record, index, hashes, ...by };
  }

  /**
   * Proves records by one checkpoint that holds them all.
   * @returns the proofs in the order of the records.
   * @throws IssuerError LOG_INCONSISTENT when one of them is not what was logged.
   */
  async proveRecords(records: readonly AuditRecord[]): Promise<{
    readonly note: string;
    readonly verifier: string;
    readonly handovers: readonly string[];
    readonly proofs: readonly { readonly index: number; readonly hashes: readonly Buffer[] }[];
  }> {
    const { store } = this.#options;
    const checkpoint = await this.checkpoint();
    const { note, verifier } = checkpoint;
    const { size, root } = openCheckpoint(note, parseVerifier(verifier));
    const { before } = await store.logExtent();
    const proofs: { index: number; hashes: readonly Buffer[] }[] = [];
    for (const { sequence, bytes } of records) {
      const index = sequence - before - 1;
      const hashes = await this.#hashed(() => inclusionProof(this.#source, index, size));
      if (!verifyInclusion({ leaf: leafHash(bytes), index, size, root, proof: hashes })) {
        throw new IssuerError("LOG_INCONSISTENT", `record ${sequence} is not what was logged`);
      }
      proofs.push({ index, hashes });
    }
    const handovers = (await this.#keysAt(checkpoint)).handovers.slice(-MOST_PROVEN_HANDOVERS);
    return { note, verifier, handovers, proofs };
  }

  /**
   * A part of an export, as JSON lines: the first one begins with its head. Also a log that was tampered with is exported,
   * under the newest checkpoint that there is, or none: to verify it is not for the server.
   * @param page.after the `next` of the part before; 0: the first.
   * @param page.upTo the `upTo` of the first part.
   */
  async exportPage(page: { after: number; upTo: number; limit: number }): Promise<ExportPage> {
    const { store } = this.#options;
    let { after, upTo } = page;
    const lines: string[] = [];
    if (after === 0) {
      const kept = await this.#anyCheckpoint();
      const extent = await store.logExtent();
      upTo = extent.before + (kept?.size ?? extent.size);
      const { from, edge } = await this.#exportEdge(extent);
      const first = extent.before + 1;
      lines.push(
        formatExportHead({
          ...(await this.#keysAt(kept)),
          checkpoint: kept?.note ?? null,
          first,
          from,
          edge,
        }),
      );
      after = from - 1;
    }
    const records = await store.listAudit({ afterSequence: after, limit: page.limit });
    const within = records.filter(({ sequence }) => sequence <= upTo);
    for (const { leaf, bytes } of within) lines.push(formatExportRecord(leaf, bytes));
    const last = within.at(-1)?.sequence ?? 0;
    const over = within.length < page.limit || last >= upTo;
    return { lines, upTo, next: over ? 0 : last };
  }

  /** The key of an export that ends with this checkpoint, and how it came. */
  async #keysAt(
    kept: LogCheckpointRecord | undefined,
  ): Promise<{ verifier: string; handovers: readonly string[] }> {
    const all = await this.handovers();
    const until = all.filter(({ size }) => kept === undefined || size <= kept.size);
    const later = all[until.length];
    return {
      verifier: later?.former ?? this.verifier,
      handovers: until.map(({ note }) => note),
    };
  }

  /** Where the export begins, and what stands for the records before. */
  async #exportEdge(extent: LogExtent): Promise<{ from: number; edge: readonly Buffer[] }> {
    const first = extent.before + 1;
    const from = Math.max(extent.keptFrom, first);
    try {
      return { from, edge: await edgeHashes(this.#source, from - first) };
    } catch {
      // Nothing stands for them: they are missing, and whoever verifies shall see that.
      return { from: first, edge: [] };
    }
  }

  async #anyCheckpoint(): Promise<LogCheckpointRecord | undefined> {
    try {
      return await this.checkpoint();
    } catch (error) {
      if (errorCodeOf(error) !== "LOG_INCONSISTENT") throw error;
      return this.#options.store.newestLogCheckpoint();
    }
  }

  #run(): void {
    const { clock, intervalSeconds, onError } = this.#options;
    void this.checkpoint()
      .catch(onError)
      .then(() => {
        if (!this.#stopped) {
          this.#timer = clock.schedule(intervalSeconds * 1000, () => this.#run());
        }
      });
  }

  async #checkpoint(): Promise<LogCheckpoint> {
    const { store, clock } = this.#options;
    const signer = this.#signer;
    if (!this.#opened) await this.#open();
    const { before, size } = await store.logExtent();
    const newest = this.#newest;
    if (newest?.size === size) return newest;
    if (size < this.#edge.size) {
      const message = `the log has ${size} records, and had ${this.#edge.size}`;
      throw new IssuerError("LOG_INCONSISTENT", message);
    }
    await this.#grow(store, this.#edge, this.#unsaved, before, size);
    const { name, verifier } = signer;
    const note = signer.sign(formatCheckpoint({ origin: name, size, root: this.#edge.root() }));
    const made = { size, at: clock.now(), note, verifier };
    const nodes = this.#unsaved;
    // Once this is on disk, so are the records that it covers.
    await store.transaction(async (tx) => {
      await tx.addLogNodes(nodes);
      await tx.addLogCheckpoint(made);
    });
    this.#unsaved = [];
    this.#newest = made;
    await this.#tell(made, newest?.size ?? 0);
    return made;
  }

  async #rotateKey(next: NoteSigner, transact: KeyTransact): Promise<LogHandoverRecord> {
    // All but the record of the change itself is in the tree then.
    const newest = await this.#checkpoint();
    const former = this.#signer;
    const { name: origin, verifier } = next;
    const nodes: LogNode[] = [];
    const edge = new CompactRange(this.#edge.size, this.#edge.hashes);
    let made: LogHandoverRecord | undefined;
    const adopt = (handover: LogHandoverRecord): void => {
      this.#edge = edge;
      this.#signer = next;
      this.#newest = handover;
      this.#incoming = undefined;
    };
    try {
      made = await transact(async (tx, now, record) => {
        await record({ before: former.verifier, after: verifier });
        const { before, size } = await tx.logExtent();
        await this.#grow(tx, edge, nodes, before, size, false);
        const note = signHandover({ origin, size, root: edge.root() }, former, next);
        const handover = { size, at: now, former: former.verifier, verifier, note };
        await tx.addLogNodes(nodes);
        await tx.addLogCheckpoint({ size, at: now, note });
        await tx.addLogHandover(handover);
        this.#incoming = next;
        made = handover;
        return handover;
      });
    } catch (error) {
      this.#incoming = undefined;
      if (made === undefined) throw error;
      try {
        // Nobody knows whether it survives: but what is there is what the next checkpoint must follow.
        const last = (await this.handovers()).at(-1);
        if (last?.note === made.note) adopt(made);
      } catch (unknown) {
        // Nor whether it is there: the next checkpoint finds out first, and no key signs that is out of use.
        this.#opened = false;
        this.#options.onError(unknown);
      }
      throw error;
    }
    adopt(made);
    // It is done: whoever was not told hears of it by the next checkpoint.
    await this.#tell(made, newest.size).catch(this.#options.onError);
    return made;
  }

  /** Takes up the tree where the newest checkpoint left it, if that is still what the database holds. */
  async #open(): Promise<void> {
    const { store } = this.#options;
    const { verifier } = this.#signer;
    const newest = await store.newestLogCheckpoint();
    const handover = (await this.handovers()).at(-1);
    if (handover !== undefined && handover.verifier !== verifier) {
      const message = `the log was handed over to key ${handover.verifier}, and the key that is here is ${verifier}`;
      throw new IssuerError("LOG_INCONSISTENT", message);
    }
    if (newest !== undefined) {
      const { size, root } = openCheckpoint(newest.note, parseVerifier(verifier));
      const edge = new CompactRange(size, await this.#hashed(() => edgeHashes(this.#source, size)));
      if (!edge.root().equals(root)) {
        const message = `the database does not hold the ${size} records that the newest checkpoint was made of`;
        throw new IssuerError("LOG_INCONSISTENT", message);
      }
      this.#edge = edge;
      this.#unsaved = [];
      this.#newest = { ...newest, verifier };
    }
    this.#opened = true;
  }

  /** @param yields lets others have their turn; a transaction must not. */
  async #grow(
    from: Pick<StoreTransaction, "logHashes">,
    edge: CompactRange,
    nodes: LogNode[],
    before: number,
    size: number,
    yields = true,
  ): Promise<void> {
    while (edge.size < size) {
      const count = Math.min(LEAVES_AT_ONCE, size - edge.size);
      const leaves = await from.logHashes(0, edge.size, count);
      for (const leaf of leaves) {
        edge.append(leaf, (node) => {
          if (node.level % KEPT_LEVELS === 0) nodes.push(node);
        });
      }
      if (leaves.length < count) {
        const message = `record ${before + edge.size + 1} is missing`;
        throw new IssuerError("LOG_INCONSISTENT", message);
      }
      if (yields) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #tell(made: LogCheckpoint, previousSize: number): Promise<void> {
    if (this.#listeners.size === 0) return;
    const consistency = previousSize === 0 ? [] : await this.consistency(previousSize, made.size);
    for (const listener of this.#listeners) listener({ ...made, previousSize, consistency });
  }

  /** Hashes that are not there any more are a fault of the log, not of who asks. */
  async #hashed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new IssuerError("LOG_INCONSISTENT", `the log lacks hashes: ${cause.message}`, {
        cause,
      });
    }
  }
}
