import { isIP } from "node:net";
import { IssuerError } from "../errors.ts";
import { compareSelectors, formatSelector, parseSelector, type Selector } from "../spiffe/index.ts";
import type { EntryContent, EntryRecord, New } from "../store/index.ts";
import { pendingEntryRefusal } from "./guards.ts";
import { MAX_JWT_TTL_SECONDS, MAX_X509_TTL_SECONDS } from "./limits.ts";
import { validateText } from "./text.ts";

/** What an operator says of an entry. */
export interface EntryWish {
  /** 1 to 32, each once. */
  readonly selectors: readonly Selector[];
  /** 1 to 86,400; null: the server's default. */
  readonly x509TtlSeconds?: number | null;
  /** 1 to 3,600; null: the server's default. */
  readonly jwtTtlSeconds?: number | null;
  /** At most 64; lower case, no wildcards, no addresses. */
  readonly dnsNames?: readonly string[];
  /** At most 64, each 1 to 512 bytes. */
  readonly audiences?: readonly string[];
  /** At most 1,024 bytes. */
  readonly hint?: string;
  readonly expiresAt?: Date | null;
  /** Node bots through which processes may claim it; at most 64. */
  readonly nodes?: readonly string[];
  /** Or any node that proved all of these; at most 32. */
  readonly nodeSelectors?: readonly Selector[];
}

/** Selectors that a node may say of its processes. Of itself it proves others. */
export const WORKLOAD_SELECTOR_TYPES: ReadonlySet<string> = new Set(["unix"]);

/** The selector that every valid join token of a bot proves. */
export function tokenSelector(bot: string): Selector {
  return { type: "join_token", value: `bot:${bot}` };
}

/**
 * Builds an entry of `bot`.
 * @throws IssuerError REQUEST_INVALID, SELECTOR_INVALID naming field and value.
 */
export function newEntry(
  bot: string,
  wish: EntryWish,
  identity: { readonly id: string; readonly createdBy: string | null },
  now: Date,
): New<EntryRecord> {
  return {
    id: identity.id,
    bot,
    ...checkedWish(bot, wish, now),
    createdAt: now,
    updatedAt: now,
    createdBy: identity.createdBy,
  };
}

/** The entry with a new wish in place of the old one. Throws as `newEntry`. */
export function changeEntry(entry: EntryRecord, wish: EntryWish, now: Date): EntryRecord {
  const kept = wish.expiresAt?.getTime() === entry.expiresAt?.getTime();
  const checked = checkedWish(entry.bot, kept ? { ...wish, expiresAt: null } : wish, now);
  return {
    ...entry,
    ...checked,
    expiresAt: kept ? entry.expiresAt : checked.expiresAt,
    updatedAt: now,
  };
}

/** Why the entry allows nothing at `now`; undefined when it does. */
export function entryRefusal(entry: EntryRecord, now: Date): IssuerError | undefined {
  const pending = pendingEntryRefusal(entry);
  if (pending !== undefined) return pending;
  if (entry.expiresAt === null || entry.expiresAt > now) return undefined;
  const at = entry.expiresAt.toISOString();
  return new IssuerError("NO_IDENTITY", `entry ${entry.id} expired at ${at}`, {
    details: { rule: "entry.expires" },
  });
}

function checkedWish(bot: string, wish: EntryWish, now: Date): EntryContent {
  const expiresAt = wish.expiresAt ?? null;
  if (expiresAt !== null && !(expiresAt > now)) {
    const shown = Number.isNaN(expiresAt.getTime()) ? "not a date" : expiresAt.toISOString();
    throw new IssuerError("REQUEST_INVALID", `expiry ${shown} is not in the future`);
  }
  const hint = wish.hint ?? "";
  if (hint !== "") validateText("hint", hint, 1024);
  const selectors = checkedSelectors(bot, wish.selectors);
  return {
    selectors,
    ...checkedNodes(wish, selectors),
    x509TtlSeconds: checkedTtl("X.509 TTL", wish.x509TtlSeconds, MAX_X509_TTL_SECONDS),
    jwtTtlSeconds: checkedTtl("JWT TTL", wish.jwtTtlSeconds, MAX_JWT_TTL_SECONDS),
    dnsNames: checkedList("DNS name", wish.dnsNames ?? [], checkDnsName),
    audiences: checkedList("audience", wish.audiences ?? [], (audience) =>
      validateText("audience", audience, 512),
    ),
    hint,
    expiresAt,
  };
}

function checkedSelectors(bot: string, wished: readonly Selector[]): readonly Selector[] {
  if (wished.length < 1 || wished.length > 32) {
    throw new IssuerError("REQUEST_INVALID", `${wished.length} selectors, not 1 to 32`);
  }
  const selectors = wished.map((each) => parseSelector(formatSelector(each)));
  selectors.sort(compareSelectors);
  const texts = new Set(selectors.map(formatSelector));
  if (texts.size !== selectors.length) {
    throw new IssuerError("REQUEST_INVALID", "a selector is listed twice");
  }
  for (const { type, value } of selectors) {
    if (type === "join_token" && value.startsWith("bot:") && value !== `bot:${bot}`) {
      const message = `selector join_token:${value} can never match: a token serves its own bot only`;
      throw new IssuerError("SELECTOR_INVALID", message);
    }
  }
  const types = new Set(selectors.map((each) => each.type));
  const needsUid = selectors.some(
    ({ type, value }) => type === "unix" && /^(path|sha256):/.test(value),
  );
  if (needsUid && ![...texts].some((text) => /^unix:(uid|user):/.test(text))) {
    const message = "unix:path and unix:sha256 count only together with unix:uid or unix:user";
    throw new IssuerError("SELECTOR_INVALID", message);
  }
  if (types.size > 1) {
    const message = `selectors of ${[...types].join(" and ")} are never proven together`;
    throw new IssuerError("SELECTOR_INVALID", message);
  }
  return selectors;
}

function checkedNodes(
  { nodes: wished = [], nodeSelectors: proven = [] }: EntryWish,
  selectors: readonly Selector[],
): Pick<EntryRecord, "nodes" | "nodeSelectors"> {
  const nodes = checkedList("node", wished, (name) => validateText("node", name, 63));
  if (proven.length > 32) {
    throw new IssuerError("REQUEST_INVALID", `${proven.length} node selectors, at most 32`);
  }
  const nodeSelectors = proven.map((each) => parseSelector(formatSelector(each)));
  nodeSelectors.sort(compareSelectors);
  if (nodes.length + nodeSelectors.length === 0) return { nodes, nodeSelectors };
  for (const { type } of selectors) {
    if (WORKLOAD_SELECTOR_TYPES.has(type)) continue;
    const message = `selector type ${type} says nothing of a process behind a node`;
    throw new IssuerError("SELECTOR_INVALID", message);
  }
  return { nodes, nodeSelectors };
}

function checkedTtl(field: string, ttl: number | null | undefined, max: number): number | null {
  if (ttl === null || ttl === undefined) return null;
  if (Number.isInteger(ttl) && ttl >= 1 && ttl <= max) return ttl;
  throw new IssuerError("REQUEST_INVALID", `${field} ${ttl} is not 1 to ${max} seconds`);
}

function checkedList(
  what: string,
  values: readonly string[],
  check: (value: string) => unknown,
): readonly string[] {
  if (values.length > 64) {
    throw new IssuerError("REQUEST_INVALID", `${values.length} ${what}s, at most 64`);
  }
  for (const value of values) check(value);
  if (new Set(values).size !== values.length) {
    throw new IssuerError("REQUEST_INVALID", `a ${what} is listed twice`);
  }
  return [...values];
}

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function checkDnsName(name: string): void {
  const labels = name.split(".");
  const good = name.length <= 253 && labels.every((label) => DNS_LABEL.test(label));
  // A last label of digits only would be read as an address (WHATWG URL, RFC 1123 section 2.1).
  if (good && isIP(name) === 0 && !/^[0-9]+$/.test(labels.at(-1) ?? "")) return;
  const shown = JSON.stringify(name.slice(0, 260));
  throw new IssuerError("REQUEST_INVALID", `DNS name ${shown} is not a lower-case host name`);
}
