import { missingSelectors } from "../../bots/index.ts";
import { type Bundle, formatSelector, type Selector } from "../../spiffe/index.ts";
import type { ChangeData, ChangeRecord, EntryRecord, Store } from "../../store/index.ts";

/** SVIDs to be replaced: X509-SVIDs by serial, JWT-SVIDs by jti or by the key that signed them. */
export interface RenewOrder {
  readonly serials: readonly string[];
  readonly jtis: readonly string[];
  readonly keyIds: readonly string[];
  /** Nothing was revoked: their authority is tainted. */
  readonly tainted: boolean;
}

/** A connected caller, as the registry sees it. */
export interface LiveSession {
  /** What the caller proved; never changes. */
  readonly selectors: readonly Selector[];
  /** How it proved itself; never changes. */
  readonly attestor: string;
  /** The node that speaks for it; never changes. */
  readonly node: { readonly bot: string; readonly instanceId: string } | undefined;
  /** Serial of the X509-SVID that the connection was opened with; never changes. */
  readonly presentedSerial: string | undefined;
  /** The authority that vouched for the SVID that the connection was opened with, in DER; never changes. */
  readonly presentedAuthority: Buffer | undefined;
  /** Says that these are to be replaced while their instances go on. */
  renew(order: RenewOrder): void;
  /** What the connection was opened with is denied: ends, and may come back after this time. */
  presentedDenied(reconnectAfterMs: number): void;
  /** Asks again what the caller may have, and tells it what has changed. */
  refresh(): Promise<void>;
  /** Another stream has taken over the instance. */
  replaced(instanceId: string): void;
  sendBundle(): void;
  /** To those who have asked for them. */
  sendCrls(): void;
  /** How many of its SVIDs are past five sixths of their life. */
  countNearExpiry(now: Date): number;
  /** Tells the caller to come back later, and ends. */
  shutdown(reconnectAfterMs: number, why?: string): void;
}

/** Not all at once: a stream that is opened anew takes the issuer about so long, on one processor. */
const COME_BACK_EACH_MS = 3;
const COME_BACK_WITHIN_MS = 1_000;

/** When each of so many streams that end at the same time may come back: at random, over as long as it takes to let all in. */
function comeBackMs(streams: number, leastMs: number): number {
  return Math.floor(Math.random() * Math.max(streams * COME_BACK_EACH_MS, leastMs));
}

/** Who is connected, and with which instances. */
export class SessionRegistry {
  readonly #store: Store;
  readonly #sessions = new Set<LiveSession>();
  readonly #byInstance = new Map<string, LiveSession>();
  /** Sessions by what they proved, `type:value`, and by the bots that they hold: a change finds those it concerns. */
  readonly #bySelector = new Map<string, Set<LiveSession>>();
  /** Sessions behind a node, by `bot:…` and `instance:…` of it. */
  readonly #byNode = new Map<string, Set<LiveSession>>();
  readonly #byPresented = new Map<string, Set<LiveSession>>();
  readonly #byBot = new Map<string, Set<LiveSession>>();
  /** Sessions whose passports name bots that are not there yet. */
  readonly #byAwaited = new Map<string, Set<LiveSession>>();
  /** What a session was filed under. */
  readonly #filed = new Map<
    LiveSession,
    { instances: Set<string>; bots: Map<string, number>; awaited: readonly string[] }
  >();

  constructor(store: Store) {
    this.#store = store;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Instances that a session holds. */
  get instances(): number {
    return this.#byInstance.size;
  }

  add(session: LiveSession): void {
    this.#sessions.add(session);
    this.#filed.set(session, { instances: new Set(), bots: new Map(), awaited: [] });
    for (const selector of session.selectors) {
      file(this.#bySelector, formatSelector(selector), session);
    }
    for (const key of nodeKeys(session)) file(this.#byNode, key, session);
    const { presentedSerial } = session;
    if (presentedSerial !== undefined) file(this.#byPresented, presentedSerial, session);
  }

  /** Gives the instance to the session, and takes it from the one that had it. */
  bind(instanceId: string, bot: string, session: LiveSession): void {
    const before = this.#byInstance.get(instanceId);
    this.#byInstance.set(instanceId, session);
    const filed = this.#filed.get(session);
    if (filed !== undefined && !filed.instances.has(instanceId)) {
      filed.instances.add(instanceId);
      filed.bots.set(bot, (filed.bots.get(bot) ?? 0) + 1);
      file(this.#byBot, bot, session);
    }
    if (before !== undefined && before !== session) before.replaced(instanceId);
  }

  unbind(instanceId: string, bot: string, session: LiveSession): void {
    if (this.#byInstance.get(instanceId) === session) this.#byInstance.delete(instanceId);
    const filed = this.#filed.get(session);
    if (filed === undefined || !filed.instances.delete(instanceId)) return;
    const left = (filed.bots.get(bot) ?? 1) - 1;
    filed.bots.set(bot, left);
    if (left > 0) return;
    filed.bots.delete(bot);
    unfile(this.#byBot, bot, session);
  }

  /** Has the session asked again when one of these bots comes to be; in place of earlier ones. */
  await(bots: readonly string[], session: LiveSession): void {
    const filed = this.#filed.get(session);
    if (filed === undefined) return;
    for (const bot of filed.awaited) unfile(this.#byAwaited, bot, session);
    filed.awaited = bots;
    for (const bot of bots) file(this.#byAwaited, bot, session);
  }

  remove(session: LiveSession): void {
    this.#sessions.delete(session);
    this.await([], session);
    const filed = this.#filed.get(session);
    this.#filed.delete(session);
    for (const id of filed?.instances ?? []) {
      if (this.#byInstance.get(id) === session) this.#byInstance.delete(id);
    }
    for (const bot of filed?.bots.keys() ?? []) unfile(this.#byBot, bot, session);
    for (const selector of session.selectors) {
      unfile(this.#bySelector, formatSelector(selector), session);
    }
    for (const key of nodeKeys(session)) unfile(this.#byNode, key, session);
    const { presentedSerial } = session;
    if (presentedSerial !== undefined) unfile(this.#byPresented, presentedSerial, session);
  }

  /** All of them. */
  sessions(): Iterable<LiveSession> {
    return this.#sessions;
  }

  /** The one that has the instance. */
  sessionOf(instanceId: string): LiveSession | undefined {
    return this.#byInstance.get(instanceId);
  }

  /** Ends those who came in by an SVID whose authority has left the bundle: they come back with what they have by now. */
  dropUnvouched({ x509Authorities }: Bundle): void {
    const unvouched = [...this.#sessions].filter(({ presentedAuthority: authority }) => {
      return authority !== undefined && !x509Authorities.some((der) => authority.equals(der));
    });
    for (const session of unvouched) {
      session.shutdown(
        comeBackMs(unvouched.length, COME_BACK_WITHIN_MS),
        "the authority of the SVID that the stream was opened with is not trusted any more",
      );
    }
  }

  isConnected(instanceId: string): boolean {
    return this.#byInstance.has(instanceId);
  }

  /** How many sessions hold an identity of the bot. */
  countOf(bot: string): number {
    return this.#byBot.get(bot)?.size ?? 0;
  }

  /** How many sessions there are, by the attestor that let them in. */
  countByAttestor(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { attestor } of this.#sessions)
      counts.set(attestor, (counts.get(attestor) ?? 0) + 1);
    return counts;
  }

  countNearExpiry(now: Date): number {
    let count = 0;
    for (const session of this.#sessions) count += session.countNearExpiry(now);
    return count;
  }

  pushBundle(): void {
    for (const session of this.#sessions) session.sendBundle();
  }

  pushCrls(): void {
    for (const session of this.#sessions) session.sendCrls();
  }

  shutdown(reconnectAfterMs: () => number): void {
    for (const session of [...this.#sessions]) session.shutdown(reconnectAfterMs());
  }

  /** A handler of the change follower: whoever a change concerns is asked again. */
  async onChanges(changes: readonly ChangeRecord[] | undefined): Promise<void> {
    if (this.#sessions.size === 0) return;
    const concerned = new Set<LiveSession>();
    for (const change of changes ?? []) {
      for (const session of await this.#concernedBy(change)) concerned.add(session);
    }
    const all = changes === undefined ? this.#sessions : concerned;
    await Promise.all([...all].map((session) => session.refresh()));
    await this.#tellRevoked(changes ?? []);
  }

  /** Those whose SVID was revoked alone get another; who came in by it must prove itself again. */
  async #tellRevoked(changes: readonly ChangeRecord[]): Promise<void> {
    const denials = changes
      .filter(({ kind }) => kind === "denial")
      .map(({ data }): ChangeData["denial"] => JSON.parse(data))
      .filter(({ reason }) => reason === "revoked");
    this.#endOpenedWith(denials);
    const revoked = new Map<LiveSession, { serials: string[]; jtis: string[] }>();
    for (const denial of denials) {
      const issuance = await this.#store.getIssuance(denial.value);
      const session = this.#byInstance.get(issuance?.instanceId ?? "");
      if (session === undefined) continue;
      const told = revoked.get(session) ?? { serials: [], jtis: [] };
      (denial.kind === "serial" ? told.serials : told.jtis).push(denial.value);
      revoked.set(session, told);
    }
    for (const [session, told] of revoked) session.renew({ ...told, keyIds: [], tainted: false });
  }

  #endOpenedWith(denials: readonly ChangeData["denial"][]): void {
    const opened = new Set<LiveSession>();
    for (const { kind, value } of denials) {
      if (kind !== "serial") continue;
      for (const session of this.#byPresented.get(value) ?? []) opened.add(session);
    }
    for (const session of opened) session.presentedDenied(comeBackMs(opened.size, 0));
  }

  async #concernedBy(change: ChangeRecord): Promise<readonly LiveSession[]> {
    switch (change.kind) {
      case "instance": {
        const session = this.#byInstance.get(change.key);
        const behind = this.#byNode.get(`instance:${change.key}`) ?? [];
        return session === undefined ? [...behind] : [session, ...behind];
      }
      case "bot": {
        const entries = await this.#store.entriesOfBot(change.key);
        const behind = this.#byNode.get(`bot:${change.key}`) ?? [];
        return [
          ...this.#holding(change.key),
          ...(this.#byAwaited.get(change.key) ?? []),
          ...behind,
          ...entries.flatMap((entry) => this.#proving(entry)),
        ];
      }
      case "entry": {
        const { bot }: ChangeData["entry"] = JSON.parse(change.data);
        const entry = await this.#store.getEntry(change.key);
        return [...this.#holding(bot), ...(entry === undefined ? [] : this.#proving(entry))];
      }
      default:
        return [];
    }
  }

  #holding(bot: string): readonly LiveSession[] {
    return [...(this.#byBot.get(bot) ?? [])];
  }

  /** Those who proved all that the entry asks for: looked for among those who proved the rarest of it. */
  #proving(entry: EntryRecord): readonly LiveSession[] {
    let fewest: ReadonlySet<LiveSession> | undefined;
    for (const selector of entry.selectors) {
      const sessions = this.#bySelector.get(formatSelector(selector));
      if (sessions === undefined) return [];
      if (fewest === undefined || sessions.size < fewest.size) fewest = sessions;
    }
    return [...(fewest ?? [])].filter(
      (session) => missingSelectors(entry, session.selectors).length === 0,
    );
  }
}

function nodeKeys({ node }: LiveSession): readonly string[] {
  return node === undefined ? [] : [`bot:${node.bot}`, `instance:${node.instanceId}`];
}

function file(index: Map<string, Set<LiveSession>>, key: string, session: LiveSession): void {
  const sessions = index.get(key) ?? new Set();
  sessions.add(session);
  index.set(key, sessions);
}

function unfile(index: Map<string, Set<LiveSession>>, key: string, session: LiveSession): void {
  const sessions = index.get(key);
  sessions?.delete(session);
  if (sessions?.size === 0) index.delete(key);
}
