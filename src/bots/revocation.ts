import { IssuerError } from "../errors.ts";
import { formatSelector, type Selector } from "../spiffe/index.ts";
import type {
  BotRecord,
  InstanceRecord,
  IssuanceRecord,
  StoreReader,
  StoreTransaction,
  TokenRecord,
} from "../store/index.ts";
import { instancePages, instancesWith, tokenOfEvidence } from "./instances.ts";
import { suspendBot } from "./lifecycle.ts";

/** What an operator wants ended. */
export type RevocationTarget =
  | { readonly serial: string }
  | { readonly jti: string }
  | { readonly jwtsOf: { readonly spiffeId: string; readonly issuedBefore: Date } }
  | { readonly instance: string }
  | { readonly bot: string }
  | { readonly token: string }
  | { readonly node: string }
  | { readonly selector: Selector }
  | { readonly authority: string };

/** What a revocation ends; what has ended already, is denied already or has expired is not in it. */
export interface Revocation {
  readonly svids: readonly IssuanceRecord[];
  readonly instances: readonly InstanceRecord[];
  readonly tokens: readonly TokenRecord[];
  /** Suspended with it. */
  readonly bot?: BotRecord;
}

/** Changes since the preparation that are looked at one by one; with more, everything is read again. */
const MOST_CHANGES = 10_000;

/** Marks denials of SVIDs whose instance may go on. */
const REASON = "revoked";

/** The name of what a target is about: serial, jti, jwtsOf … */
export function revocationKindOf(target: RevocationTarget): string {
  return Object.keys(target)[0] ?? "";
}

/** Finds all that ends, with reads that do not grow with what a store holds besides; for a transaction. */
export type RevocationPlanner = (store: StoreReader, now: Date) => Promise<Revocation>;

/**
 * Does beforehand what takes long, so that the transaction which plans and revokes is short: nobody gets an SVID while it
 * lasts. What has come or changed in between is planned for, too.
 */
export async function prepareRevocation(
  store: StoreReader,
  target: RevocationTarget,
): Promise<RevocationPlanner> {
  if (!("selector" in target)) return (tx, now) => planRevocation(tx, target, now);
  const wanted = formatSelector(target.selector);
  const holds = ({ selectors }: InstanceRecord): boolean =>
    selectors.some((each) => formatSelector(each) === wanted);
  const upTo = await store.feedSequence();
  const holding = new Set<string>();
  for await (const page of instancePages(store, {})) {
    for (const each of page) if (holds(each)) holding.add(each.id);
    // Others have their turn: the reads themselves do not wait for anything.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return async (tx, now) => {
    const { changes, pruned } = await tx.changesAfter(upTo, MOST_CHANGES);
    if (pruned || changes.length === MOST_CHANGES) return planRevocation(tx, target, now);
    for (const { kind, key } of changes) if (kind === "instance") holding.add(key);
    const known = await Promise.all([...holding].map((id) => tx.getInstance(id)));
    return instancesPlan(tx, present(known).filter(holds), [], now);
  };
}

/**
 * Finds all that would end; changes nothing.
 * @throws IssuerError NOT_FOUND naming what does not exist.
 */
export async function planRevocation(
  store: StoreReader,
  target: RevocationTarget,
  now: Date,
): Promise<Revocation> {
  if ("serial" in target) return svidPlan(store, "x509", target.serial, now);
  if ("jti" in target) return svidPlan(store, "jwt", target.jti, now);
  if ("jwtsOf" in target) return jwtsPlan(store, target.jwtsOf, now);
  if ("authority" in target) {
    found(await store.getAuthority(target.authority), "authority", target.authority);
    const live = await store.liveIssuances({ authorityId: target.authority }, now);
    return { svids: await undenied(store, live), instances: [], tokens: [] };
  }
  if ("bot" in target) return botPlan(store, target.bot, now);
  if ("token" in target) {
    const token = found(await store.getToken(target.token), "token", target.token);
    const ids = token.usedBy.flatMap(({ instanceId }) => instanceId ?? []);
    const instances = await Promise.all(ids.map((id) => store.getInstance(id)));
    return instancesPlan(store, present(instances), [token], now);
  }
  if ("node" in target) {
    found(await store.getBot(target.node), "bot", target.node);
    return instancesPlan(store, await instancesWith(store, { nodeBot: target.node }), [], now);
  }
  if ("selector" in target) {
    const wanted = formatSelector(target.selector);
    const all = await instancesWith(store, {});
    const holding = all.filter(({ selectors }) =>
      selectors.some((each) => formatSelector(each) === wanted),
    );
    return instancesPlan(store, holding, [], now);
  }
  const instance = found(await store.getInstance(target.instance), "instance", target.instance);
  return instancesPlan(store, [instance], [], now);
}

/** Ends what was planned, in the same transaction. */
export async function revoke(tx: StoreTransaction, plan: Revocation, now: Date): Promise<void> {
  const { bot, svids, instances, tokens } = plan;
  // Suspending a bot denies all that lives of it.
  if (bot === undefined && svids.length > 0) {
    await tx.addDenials(
      svids.map(({ id, kind, notAfter }) => ({
        kind: kind === "x509" ? "serial" : "jti",
        value: id,
        reason: REASON,
        expiresAt: notAfter,
      })),
    );
  }
  for (const instance of instances) {
    await tx.updateInstance({ ...instance, state: "evicted", lastSeenAt: now });
  }
  for (const { id } of tokens) await tx.revokeToken(id, now);
  if (bot !== undefined) await suspendBot(tx, bot.name, now);
}

async function svidPlan(
  store: StoreReader,
  kind: "x509" | "jwt",
  id: string,
  now: Date,
): Promise<Revocation> {
  const issuance = await store.getIssuance(id);
  if (issuance?.kind !== kind) {
    const named = kind === "x509" ? "X509-SVID with serial" : "JWT-SVID with jti";
    throw new IssuerError("NOT_FOUND", `no ${named} ${id} is on record`);
  }
  const live = issuance.notAfter >= now ? [issuance] : [];
  return { svids: await undenied(store, live), instances: [], tokens: [] };
}

async function jwtsPlan(
  store: StoreReader,
  { spiffeId, issuedBefore }: { readonly spiffeId: string; readonly issuedBefore: Date },
  now: Date,
): Promise<Revocation> {
  const bot = found(await store.getBotBySpiffeId(spiffeId), "bot with SPIFFE ID", spiffeId);
  const live = await store.liveIssuances({ bot: bot.name }, now);
  const tokens = live.filter(({ kind, issuedAt }) => kind === "jwt" && issuedAt < issuedBefore);
  return { svids: await undenied(store, tokens), instances: [], tokens: [] };
}

async function botPlan(store: StoreReader, name: string, now: Date): Promise<Revocation> {
  const bot = found(await store.getBot(name), "bot", name);
  // All that is live of its own instances at once, and of minted ones; those that have ended need no look of their own.
  const own = await store.liveIssuances({ bot: name }, now);
  const instances = [
    ...(await instancesWith(store, { bot: name, state: "active" })),
    ...(await instancesWith(store, { bot: name, state: "locked" })),
  ];
  const behind = await instancesWith(store, { nodeBot: name });
  const tokens: TokenRecord[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = { limit: 1000, ...(after === undefined ? {} : { after }) };
    const { items, next } = await store.listTokens({ bot: name }, page);
    tokens.push(...items);
    after = next;
  }
  const others = await instancesPlan(store, behind, tokens, now);
  const isLive = bot.state === "active" || bot.state === "restricted";
  return {
    svids: [...others.svids, ...(await undenied(store, own))].sort(byEnd),
    instances: [...instances, ...others.instances],
    tokens: others.tokens,
    ...(isLive ? { bot } : {}),
  };
}

/** These instances, those behind them, what all of them hold, and the tokens by which they came. */
async function instancesPlan(
  store: StoreReader,
  first: readonly InstanceRecord[],
  tokens: readonly TokenRecord[],
  now: Date,
): Promise<Revocation> {
  const all = new Map(first.map((each) => [each.id, each]));
  for (const { id } of first) {
    for (const each of await instancesWith(store, { nodeInstance: id })) all.set(each.id, each);
  }
  const svids: IssuanceRecord[] = [];
  const ended = new Map(tokens.map((each) => [each.id, each]));
  for (const { id, evidenceKey } of all.values()) {
    svids.push(...(await store.liveIssuances({ instanceId: id }, now)));
    const tokenId = tokenOfEvidence(evidenceKey);
    const token = tokenId === undefined ? undefined : await store.getToken(tokenId);
    if (token !== undefined) ended.set(token.id, token);
  }
  return {
    svids: await undenied(store, svids),
    instances: [...all.values()].filter(({ state }) => state === "active" || state === "locked"),
    tokens: [...ended.values()].filter(
      ({ revokedAt, voidedAt, expiresAt }) =>
        revokedAt === null && voidedAt === null && expiresAt > now,
    ),
  };
}

function byEnd(a: IssuanceRecord, b: IssuanceRecord): number {
  return a.notAfter.getTime() - b.notAfter.getTime();
}

/** Those that no service refuses yet, soonest to expire first. */
async function undenied(
  store: StoreReader,
  svids: readonly IssuanceRecord[],
): Promise<readonly IssuanceRecord[]> {
  const open: IssuanceRecord[] = [];
  for (const svid of svids) {
    const denial = await store.getDenial(svid.kind === "x509" ? "serial" : "jti", svid.id);
    if (denial === undefined) open.push(svid);
  }
  return open.sort(byEnd);
}

function found<T>(record: T | undefined, what: string, id: string): T {
  if (record !== undefined) return record;
  throw new IssuerError("NOT_FOUND", `${what} ${id} does not exist`);
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((each): each is T & {} => each !== undefined);
}
