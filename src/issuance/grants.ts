import type { Clock } from "../clock.ts";
import type { ChangedKey, Store } from "../store/index.ts";
import { type Grant, grantRefusal, readGrant } from "./grant.ts";

/** How many are kept; those read first go first. */
const MAX_KEPT = 50_000;

/**
 * What instances may have, as the store says it, kept until a commit changes anything of it. Every issuance asks here,
 * and once more when it is recorded: nothing is issued on what is no longer so.
 */
export class Grants {
  readonly #store: Store;
  readonly #clock: Clock;
  /** By instance, in the order of reading. */
  readonly #kept = new Map<string, Grant>();
  /** Instances by what they depend on: `bot:…`, `entry:…`, `ban:…`, a node's `instance:…`. */
  readonly #dependents = new Map<string, Set<string>>();
  /** Grows with every commit that changes anything: what was read across one may be of two states. */
  #commits = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.onCommit((changed) => this.#onCommit(changed));
  }

  /** How many commits there were: equal numbers, equal states. */
  get commits(): number {
    return this.#commits;
  }

  /** @throws IssuerError as `readGrant`. */
  async read(instanceId: string): Promise<Grant> {
    const kept = this.#kept.get(instanceId);
    if (kept === undefined) return this.#load(instanceId);
    const refusal = grantRefusal(kept, this.#clock.now());
    if (refusal !== undefined) throw refusal;
    return kept;
  }

  /** Whether nothing was committed since it was read that would change it. */
  isCurrent(grant: Grant): boolean {
    return this.#kept.get(grant.instance.id) === grant;
  }

  async #load(instanceId: string): Promise<Grant> {
    for (;;) {
      const commits = this.#commits;
      const grant = await readGrant(this.#store, instanceId, this.#clock.now());
      const known = this.#kept.get(instanceId);
      if (known !== undefined) return known;
      if (commits !== this.#commits) continue;
      this.#keep(grant);
      return grant;
    }
  }

  #keep(grant: Grant): void {
    const { id } = grant.instance;
    if (this.#kept.size >= MAX_KEPT) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#drop(oldest);
    }
    this.#kept.set(id, grant);
    for (const key of keysOf(grant)) {
      const dependents = this.#dependents.get(key) ?? new Set();
      dependents.add(id);
      this.#dependents.set(key, dependents);
    }
  }

  #drop(instanceId: string): void {
    const grant = this.#kept.get(instanceId);
    if (grant === undefined) return;
    this.#kept.delete(instanceId);
    for (const key of keysOf(grant)) {
      const dependents = this.#dependents.get(key);
      dependents?.delete(instanceId);
      if (dependents?.size === 0) this.#dependents.delete(key);
    }
  }

  #onCommit(changed: readonly ChangedKey[]): void {
    this.#commits += 1;
    for (const { kind, key } of changed) {
      if (kind === "instance") this.#drop(key);
      for (const id of [...(this.#dependents.get(`${kind}:${key}`) ?? [])]) this.#drop(id);
    }
  }
}

function keysOf({ bot, entry, instance }: Grant): readonly string[] {
  const { node, evidenceKey } = instance;
  const behind = node === null ? [] : [`bot:${node.bot}`, `instance:${node.instanceId}`];
  return [`bot:${bot.name}`, `entry:${entry.id}`, `ban:${evidenceKey}`, ...behind];
}
