import { createHash } from "node:crypto";
import { z } from "zod";
import { formatDuration } from "../duration.ts";
import { IssuerError } from "../errors.ts";
import { formatSelector, parseSelector } from "../spiffe/index.ts";
import { type DeclaredBot, type DeclaredEntry, instantOfMs } from "./form.ts";

// Fields as `spire-server entry show -output json` names them. Numbers of 64 bits come as strings, in seconds. What else a
// version writes is looked at too: nothing is passed over in silence.
const whole = z.union([z.number().int(), z.string().regex(/^-?\d{1,16}$/)]).transform(Number);
const id = z.object({ trust_domain: z.string().min(1), path: z.string() });
const registration = z.looseObject({
  id: z.string(),
  spiffe_id: id,
  parent_id: id,
  selectors: z.array(z.object({ type: z.string(), value: z.string() })),
  x509_svid_ttl: whole.default(0),
  jwt_svid_ttl: whole.default(0),
  federates_with: z.array(z.string()).default([]),
  admin: z.boolean().default(false),
  downstream: z.boolean().default(false),
  expires_at: whole.default(0),
  dns_names: z.array(z.string()).default([]),
  store_svid: z.boolean().default(false),
  hint: z.string().default(""),
});
const spireExport = z.looseObject({ entries: z.array(registration) });

type Registration = z.infer<typeof registration>;

/** Fields that are mapped, or that say nothing of what the entry grants. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(registration.shape),
  "revision_number",
  "created_at",
]);

/** What is said of processes here as there, by the same text. */
const UNIX_SELECTOR = /^(uid|gid|user|group|supplementary_gid|supplementary_group|path|sha256):/;
const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const MAX_NAME = 63;

export interface SpireImportOptions {
  /** Owner of all bots; absent: a gap, which `apply` refuses. */
  readonly owner?: string;
  /** Default: the form's. */
  readonly environment?: string;
  readonly now: Date;
}

/** Something that was not mapped: a whole entry, or a part of one that was. */
export interface SpireGap {
  /** SPIRE's id of the entry. */
  readonly entry: string;
  readonly spiffeId: string;
  /** `entry`, or the field. */
  readonly what: string;
  readonly reason: string;
}

export interface SpireImport {
  readonly trustDomain: string;
  /** `owner` is missing when none was given. */
  readonly bots: readonly (Omit<DeclaredBot, "owner"> & { readonly owner?: string })[];
  /** SPIRE's entries, and how many of them are entries or nodes here. */
  readonly read: number;
  readonly mapped: number;
  readonly gaps: readonly SpireGap[];
  /** SPIRE's nodes, aliases and agents, and the node bots that stand for them. */
  readonly nodes: readonly { readonly spiffeId: string; readonly bot: string }[];
}

/**
 * Maps entries of SPIRE. SPIFFE IDs stay as they are; names of bots are made of their paths. An entry of which anything
 * that narrows it cannot be mapped is left out as a whole; what widens it is left out alone. Each is told.
 * @param source name and content of the file.
 * @throws IssuerError REQUEST_INVALID when it is no such export, or its entries are of several trust domains.
 */
export function importSpire(
  source: { readonly name: string; readonly text: string },
  options: SpireImportOptions,
): SpireImport {
  const entries = readExport(source);
  const trustDomain = entries[0]?.spiffe_id.trust_domain;
  if (trustDomain === undefined) throw invalid("there is no entry in it");
  const gaps: SpireGap[] = [];
  const gap = (of: Registration, what: string, reason: string): void => {
    gaps.push({ entry: of.id, spiffeId: textOf(of.spiffe_id), what, reason });
  };
  const bots = new Map<string, { kind: "bot" | "node"; entries: DeclaredEntry[] }>();
  const aliases = new Set(entries.filter(isAlias).map(({ spiffe_id }) => spiffe_id.path));
  const nodePaths = new Set<string>();
  let mapped = 0;
  const names = namesOf(
    entries.flatMap(({ spiffe_id, parent_id }) => [spiffe_id.path, parent_id.path]),
  );
  for (const each of entries) {
    if (each.spiffe_id.trust_domain !== trustDomain) {
      throw invalid(`entries are of ${trustDomain} and of ${each.spiffe_id.trust_domain}`);
    }
    tellParts(each, gap);
    if (isAlias(each)) {
      const refusal = aliasRefusal(each);
      if (refusal !== undefined) {
        gap(each, "entry", refusal);
        continue;
      }
      nodePaths.add(each.spiffe_id.path);
      const proven = each.selectors.map(formatSelector).join(", ");
      gap(
        each,
        "selectors",
        `${proven}: how SPIRE knows the nodes; here the node bot comes in by join tokens, unless you declare entries of it`,
      );
      mapped += 1;
      continue;
    }
    const refusal = entryRefusal(each, { aliases, trustDomain, now: options.now });
    if (refusal !== undefined) {
      gap(each, "entry", refusal);
      continue;
    }
    const { path } = each.spiffe_id;
    const bot = bots.get(path) ?? { kind: "bot" as const, entries: [] };
    const node = names.get(each.parent_id.path) ?? "";
    const entry = entryOf(each, node, gap);
    const twin = bot.entries.find((other) => keyOf(other) === keyOf(entry));
    if (
      twin !== undefined &&
      JSON.stringify({ ...twin, nodes: [] }) === JSON.stringify({ ...entry, nodes: [] })
    ) {
      // The same behind another node: one entry here.
      twin.nodes = [...new Set([...(twin.nodes ?? []), node])].sort();
    } else if (twin !== undefined) {
      gap(
        each,
        "entry",
        "another entry of this SPIFFE ID has the same selectors and differs otherwise",
      );
      continue;
    } else {
      bot.entries.push(entry);
    }
    bots.set(path, bot);
    nodePaths.add(each.parent_id.path);
    mapped += 1;
  }
  const botOf = (path: string, kind: "bot" | "node", own: DeclaredEntry[] | undefined) => ({
    name: names.get(path) ?? "",
    ...(kind === "node" ? { kind } : {}),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    purpose:
      `${kind === "node" ? "node of SPIRE" : "from SPIRE"}: spiffe://${trustDomain}${path}`.slice(
        0,
        1024,
      ),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    path,
    ...(own === undefined ? {} : { entries: own }),
  });
  const nodes = [...nodePaths].sort();
  const all = [
    ...nodes.map((path) => botOf(path, "node", undefined)),
    ...[...bots].map(([path, { kind, entries: own }]) => botOf(path, kind, own)),
  ];
  return {
    trustDomain,
    bots: all.sort((a, b) => (a.name < b.name ? -1 : 1)),
    read: entries.length,
    mapped,
    gaps,
    nodes: nodes.map((path) => ({
      spiffeId: `spiffe://${trustDomain}${path}`,
      bot: names.get(path) ?? "",
    })),
  };
}

type Gap = (of: Registration, what: string, reason: string) => void;

function readExport({ name, text }: { name: string; text: string }): readonly Registration[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`${name} is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
  const read = spireExport.safeParse(value);
  if (read.success) return read.data.entries;
  const [issue] = read.error.issues;
  const at = issue?.path.map(String).join(".") || "the document";
  throw invalid(
    `${name} is not what \`spire-server entry show -output json\` writes: ${at}: ${issue?.message}`,
  );
}

/** An entry of the server itself names a set of nodes. */
function isAlias({ parent_id }: Registration): boolean {
  return parent_id.path === "/spire/server";
}

/** Parts that are left out of an entry that is mapped: it grants less without them. */
function tellParts(each: Registration, gap: Gap): void {
  if (each.federates_with.length > 0) {
    const others = each.federates_with.join(", ");
    gap(
      each,
      "federates_with",
      `${others}: bundles of other trust domains are not handed out here`,
    );
  }
  if (each.admin) gap(each, "admin", "SVIDs of bots never open the admin interface here");
  for (const [field, value] of Object.entries(each)) {
    if (KNOWN_FIELDS.has(field) || isEmpty(value)) continue;
    gap(each, field, `${JSON.stringify(value)}: there is nothing like it here`);
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.values(value).every(isEmpty);
  return value === null || value === false || value === "" || value === 0 || value === "0";
}

function aliasRefusal(each: Registration): string | undefined {
  if (each.downstream) return "downstream: it stands for another SPIRE server";
  return pathRefusal(each.spiffe_id.path);
}

function entryRefusal(
  each: Registration,
  known: {
    readonly aliases: ReadonlySet<string>;
    readonly trustDomain: string;
    readonly now: Date;
  },
): string | undefined {
  if (each.downstream) return "downstream: it stands for another SPIRE server";
  if (each.store_svid) return "store_svid: SVIDs are not put into secret stores here";
  if (each.expires_at > 0 && each.expires_at * 1000 <= known.now.getTime()) {
    return `it expired at ${instantOfMs(each.expires_at * 1000)}`;
  }
  const { parent_id: parent } = each;
  if (parent.trust_domain !== known.trustDomain) {
    return `its parent is of the trust domain ${parent.trust_domain}`;
  }
  if (!parent.path.startsWith("/spire/agent/") && !known.aliases.has(parent.path)) {
    return `its parent ${textOf(parent)} is neither an agent nor a node alias of this export: chains of parents are not mapped`;
  }
  const { path } = each.spiffe_id;
  if (known.aliases.has(path)) return "its SPIFFE ID is a node alias's as well";
  const reserved = pathRefusal(path);
  if (reserved !== undefined) return reserved;
  if (each.selectors.length < 1 || each.selectors.length > 32) {
    return `${each.selectors.length} selectors, not 1 to 32`;
  }
  for (const selector of each.selectors) {
    const { type, value } = selector;
    const text = formatSelector(selector);
    // Without one of its selectors the entry would be for more processes than it was.
    if (type !== "unix" || !UNIX_SELECTOR.test(value) || !isSelector(text)) {
      return `selector ${text}: nothing here proves it of a process`;
    }
  }
  const needs = each.selectors.some(({ value }) => /^(path|sha256):/.test(value));
  if (needs && !each.selectors.some(({ value }) => /^(uid|user):/.test(value))) {
    return "unix:path and unix:sha256 count here only together with unix:uid or unix:user";
  }
  return undefined;
}

function isSelector(text: string): boolean {
  try {
    parseSelector(text);
    return true;
  } catch (error) {
    if (error instanceof IssuerError) return false;
    throw error;
  }
}

function pathRefusal(path: string): string | undefined {
  if (path === "") return "the SPIFFE ID of a trust domain itself is no bot's";
  if (path === "/botpass" || path.startsWith("/botpass/")) return "/botpass is the issuer's own";
  if (Buffer.byteLength(path) > 1900) return "its SPIFFE ID is too long";
  return undefined;
}

function entryOf(each: Registration, node: string, gap: Gap): DeclaredEntry {
  const ttl = (field: "x509_svid_ttl" | "jwt_svid_ttl", most: number): string | undefined => {
    const seconds = each[field];
    if (seconds <= 0) return undefined;
    if (seconds <= most) return formatDuration(seconds);
    gap(
      each,
      field,
      `${seconds} s is more than any server grants here (${formatDuration(most)}): its default counts`,
    );
    return undefined;
  };
  const x509Ttl = ttl("x509_svid_ttl", 86_400);
  const jwtTtl = ttl("jwt_svid_ttl", 3600);
  const dnsNames = [...new Set(each.dns_names)].filter((name) => {
    const good = DNS_NAME.test(name) && !/(^|\.)\d+$/.test(name);
    if (!good) gap(each, "dns_names", `${name} is not a lower-case host name without wildcards`);
    return good;
  });
  const hinted = each.hint !== "" && /^\P{Cc}{1,1024}$/u.test(each.hint);
  if (each.hint !== "" && !hinted) gap(each, "hint", "too long, or with control characters");
  return {
    selectors: [...new Set(each.selectors.map(formatSelector))].sort(),
    ...(x509Ttl === undefined ? {} : { x509Ttl }),
    ...(jwtTtl === undefined ? {} : { jwtTtl }),
    ...(dnsNames.length === 0 ? {} : { dnsNames }),
    ...(hinted ? { hint: each.hint } : {}),
    ...(each.expires_at > 0 ? { expires: instantOfMs(each.expires_at * 1000) } : {}),
    nodes: [node],
  };
}

function keyOf({ selectors }: DeclaredEntry): string {
  return selectors.join(" ");
}

/** Names by path: `/ns/prod/sa/web` is `ns-prod-sa-web`; where that is too long or not unique, with a piece of its hash. */
function namesOf(paths: readonly string[]): ReadonlyMap<string, string> {
  const plain = new Map<string, string>();
  const count = new Map<string, number>();
  for (const path of new Set(paths)) {
    const name = path
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "");
    plain.set(path, name);
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return new Map(
    [...plain].map(([path, name]) => {
      if (name !== "" && name.length <= MAX_NAME && count.get(name) === 1) return [path, name];
      const piece = createHash("sha256").update(path).digest("hex").slice(0, 8);
      return [path, `${name.slice(0, MAX_NAME - 9)}-${piece}`.replace(/^-/, "")];
    }),
  );
}

function textOf({ trust_domain, path }: { trust_domain: string; path: string }): string {
  return `spiffe://${trust_domain}${path}`;
}

function invalid(message: string): IssuerError {
  return new IssuerError("REQUEST_INVALID", message);
}
