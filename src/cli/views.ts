import { IssuerError } from "../errors.ts";
import type {
  AuthorityRecord__Output,
  Bot__Output,
  BotGovernance__Output,
  Entry__Output,
  EntryGovernance__Output,
  EntryProposal__Output,
  InstanceRecord__Output,
  ListActivityResponse__Output,
  Operator__Output,
  PassportTerms__Output,
  Selector__Output,
  ServerStatus__Output,
  Token__Output,
} from "../wire/index.ts";

// The shapes of `--output json`. They are documented in docs/cli.md and stay as they are: fields may be
// added, never renamed or removed. Instants are RFC 3339 in UTC with milliseconds, or null.

export interface BotView {
  readonly name: string;
  readonly kind: string;
  readonly owner: string;
  readonly purpose: string;
  readonly environment: string;
  readonly endsAt: string | null;
  readonly state: string;
  readonly spiffeId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revision: number;
  /** Absent: the passport limits nothing. */
  readonly terms?: TermsView;
  /** Absent: its environment has no policy. */
  readonly governance?: GovernanceView;
}

export interface TermsView {
  readonly deputy: string | null;
  readonly ticket: string;
  readonly reviewEverySeconds: number | null;
  readonly maxX509TtlSeconds: number | null;
  readonly maxJwtTtlSeconds: number | null;
  readonly audiences: readonly string[];
  readonly mayCall: readonly string[];
  readonly calledBy: readonly string[];
  readonly attestors: readonly string[];
  readonly networks: readonly string[];
  readonly maxInstances: number | null;
  readonly personAllowed: boolean;
}

export interface GovernanceView {
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: string | null;
  readonly ownerGoneAt: string | null;
  readonly reviewDue: string | null;
  readonly restrictAt: string | null;
  readonly suspendAt: string | null;
  /** The wider version that waits for approval, whole. */
  readonly proposal: {
    readonly owner: string;
    readonly purpose: string;
    readonly endsAt: string | null;
    readonly terms: TermsView;
    readonly proposedAt: string;
  } | null;
}

function termsView(terms: PassportTerms__Output): TermsView {
  return {
    deputy: terms.deputy === "" ? null : terms.deputy,
    ticket: terms.ticket,
    reviewEverySeconds: terms.reviewEverySeconds || null,
    maxX509TtlSeconds: terms.maxX509TtlSeconds || null,
    maxJwtTtlSeconds: terms.maxJwtTtlSeconds || null,
    audiences: terms.audiences,
    mayCall: terms.mayCall,
    calledBy: terms.calledBy,
    attestors: terms.attestors,
    networks: terms.networks,
    maxInstances: terms.maxInstances || null,
    personAllowed: terms.personAllowed ?? true,
  };
}

function isPlain({ personAllowed, ...limits }: TermsView): boolean {
  const some = Object.values(limits).some((each) =>
    Array.isArray(each) ? each.length > 0 : each !== null && each !== "",
  );
  return personAllowed && !some;
}

function passportView({ terms, governance }: Bot__Output): Pick<BotView, "terms" | "governance"> {
  const limits = terms ? termsView(terms) : undefined;
  return {
    ...(limits === undefined || isPlain(limits) ? {} : { terms: limits }),
    ...(governance ? { governance: governanceView(governance) } : {}),
  };
}

function governanceView(governance: BotGovernance__Output): GovernanceView {
  const { proposal } = governance;
  return {
    authors: governance.authors,
    approvedBy: governance.approvedBy === "" ? null : governance.approvedBy,
    approvedAt: optionalInstant(governance.approvedAtMs),
    reviewedBy: governance.reviewedBy === "" ? null : governance.reviewedBy,
    reviewedAt: optionalInstant(governance.reviewedAtMs),
    ownerGoneAt: optionalInstant(governance.ownerGoneAtMs),
    reviewDue: optionalInstant(governance.reviewDueMs),
    restrictAt: optionalInstant(governance.restrictAtMs),
    suspendAt: optionalInstant(governance.suspendAtMs),
    proposal:
      proposal === null
        ? null
        : {
            owner: proposal.owner,
            purpose: proposal.purpose,
            endsAt: optionalInstant(proposal.endsAtMs),
            terms: termsView(present("terms", proposal.terms)),
            proposedAt: instant(proposal.proposedAtMs),
          },
  };
}

export function botView(bot: Bot__Output): BotView {
  return {
    name: bot.name,
    kind: bot.kind,
    owner: bot.owner,
    purpose: bot.purpose,
    environment: bot.environment,
    endsAt: optionalInstant(bot.endsAtMs),
    state: bot.state,
    spiffeId: bot.spiffeId,
    createdAt: instant(bot.createdAtMs),
    updatedAt: instant(bot.updatedAtMs),
    revision: bot.revision,
    ...passportView(bot),
  };
}

export interface OperatorView {
  readonly name: string;
  readonly roles: readonly string[];
  readonly unixUser: string | null;
  readonly unixUid: number | null;
  readonly spiffeId: string | null;
  readonly state: string;
  readonly connections: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly removedAt: string | null;
  readonly revision: number;
}

export function operatorView(operator: Operator__Output): OperatorView {
  return {
    name: operator.name,
    roles: operator.roles,
    unixUser: operator.unixUser === "" ? null : operator.unixUser,
    unixUid: operator.unixUid ?? null,
    spiffeId: operator.spiffeId === "" ? null : operator.spiffeId,
    state: operator.state,
    connections: operator.connections,
    createdAt: instant(operator.createdAtMs),
    createdBy: operator.createdBy,
    updatedAt: instant(operator.updatedAtMs),
    removedAt: optionalInstant(operator.removedAtMs),
    revision: operator.revision,
  };
}

export interface EntryView {
  readonly id: string;
  readonly bot: string;
  /** `type:value` each. */
  readonly selectors: readonly string[];
  /** Null: the server's default. */
  readonly x509TtlSeconds: number | null;
  readonly jwtTtlSeconds: number | null;
  readonly dnsNames: readonly string[];
  readonly audiences: readonly string[];
  readonly hint: string;
  readonly nodes: readonly string[];
  readonly nodeSelectors: readonly string[];
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revision: number;
  /** Absent: nobody need approve it. */
  readonly governance?: EntryGovernanceView;
}

/** What an entry says, and what waits for approval may say otherwise. */
export type EntryContentView = Pick<
  EntryView,
  | "selectors"
  | "x509TtlSeconds"
  | "jwtTtlSeconds"
  | "dnsNames"
  | "audiences"
  | "hint"
  | "nodes"
  | "nodeSelectors"
  | "expiresAt"
>;

export interface EntryGovernanceView {
  /** Nobody has approved it, and it lets nobody in. */
  readonly pending: boolean;
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly proposal: (EntryContentView & { readonly proposedAt: string }) | null;
}

export function entryView(entry: Entry__Output): EntryView {
  return {
    id: entry.id,
    bot: entry.bot,
    ...entryContentView(entry),
    createdAt: instant(entry.createdAtMs),
    updatedAt: instant(entry.updatedAtMs),
    revision: entry.revision,
    ...(entry.governance === null ? {} : { governance: entryGovernanceView(entry.governance) }),
  };
}

function entryGovernanceView(governance: EntryGovernance__Output): EntryGovernanceView {
  const { pending, authors, approvedBy, approvedAtMs, proposal } = governance;
  return {
    pending,
    authors,
    approvedBy: approvedBy === "" ? null : approvedBy,
    approvedAt: optionalInstant(approvedAtMs),
    proposal:
      proposal === null
        ? null
        : { ...entryContentView(proposal), proposedAt: instant(proposal.proposedAtMs) },
  };
}

function entryContentView(content: Omit<EntryProposal__Output, "proposedAtMs">): EntryContentView {
  return {
    selectors: content.selectors.map(selectorText),
    x509TtlSeconds: content.x509TtlSeconds === 0 ? null : content.x509TtlSeconds,
    jwtTtlSeconds: content.jwtTtlSeconds === 0 ? null : content.jwtTtlSeconds,
    dnsNames: content.dnsNames,
    audiences: content.audiences,
    hint: content.hint,
    nodes: content.nodes,
    nodeSelectors: content.nodeSelectors.map(selectorText),
    expiresAt: optionalInstant(content.expiresAtMs),
  };
}

/** `pending`: it lets nobody in; `wider waits`: it counts as it stands; empty: nothing waits. */
export function waitingOf({ governance }: Pick<EntryView, "governance">): string {
  if (governance?.pending) return "pending";
  return (governance?.proposal ?? null) === null ? "" : "wider waits";
}

export interface TokenView {
  readonly id: string;
  readonly bot: string;
  readonly state: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly uses: number;
  readonly usedBy: readonly TokenUseView[];
  readonly refused: number;
}

export interface TokenUseView {
  readonly keyFingerprint: string;
  readonly instanceId: string | null;
  readonly usedAt: string;
}

export function tokenView(token: Token__Output): TokenView {
  return {
    id: token.id,
    bot: token.bot,
    state: token.state,
    createdAt: instant(token.createdAtMs),
    expiresAt: instant(token.expiresAtMs),
    uses: token.uses,
    usedBy: token.usedBy.map((use) => ({
      keyFingerprint: use.keyFingerprint,
      instanceId: use.instanceId === "" ? null : use.instanceId,
      usedAt: instant(use.usedAtMs),
    })),
    refused: token.refused,
  };
}

export interface InstanceView {
  readonly id: string;
  readonly bot: string;
  readonly entryId: string;
  readonly state: string;
  readonly attestor: string;
  readonly selectors: readonly string[];
  readonly attestedAt: string;
  readonly lastSeenAt: string | null;
  readonly newestSerial: string | null;
  readonly newestNotAfter: string | null;
  readonly connected: boolean;
  readonly remoteAddress: string;
}

export function instanceView(instance: InstanceRecord__Output): InstanceView {
  return {
    id: instance.id,
    bot: instance.bot,
    entryId: instance.entryId,
    state: instance.state,
    attestor: instance.attestor,
    selectors: instance.selectors.map(selectorText),
    attestedAt: instant(instance.attestedAtMs),
    lastSeenAt: optionalInstant(instance.lastSeenAtMs),
    newestSerial: instance.newestSerial === "" ? null : instance.newestSerial,
    newestNotAfter: optionalInstant(instance.newestNotAfterMs),
    connected: instance.connected,
    remoteAddress: instance.remoteAddress,
  };
}

export interface AuthorityView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly keyType: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyFingerprint: string;
  readonly liveSvids: number;
  readonly instances: number;
  readonly connected: number;
}

export function authorityView(authority: AuthorityRecord__Output): AuthorityView {
  return {
    id: authority.id,
    kind: authority.kind,
    state: authority.state,
    keyType: authority.keyType,
    notBefore: instant(authority.notBeforeMs),
    notAfter: instant(authority.notAfterMs),
    keyFingerprint: authority.keyFingerprint,
    liveSvids: authority.liveSvids,
    instances: authority.instances,
    connected: authority.connected,
  };
}

/** A selector as `type:value`. */
export function selectorText(selector: Selector__Output): string {
  return `${selector.type}:${selector.value}`;
}

/** Unix milliseconds as RFC 3339. */
export function instant(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

export function optionalInstant(unixMs: number): string | null {
  return unixMs === 0 ? null : instant(unixMs);
}

/**
 * A message that the answer must hold.
 * @throws IssuerError INTERNAL when the server left it out.
 */
export function present<T>(what: string, message: T | null | undefined): T {
  if (message !== null && message !== undefined) return message;
  throw new IssuerError("INTERNAL", `the server's answer has no ${what}`);
}

export interface StatusView {
  readonly version: string;
  readonly trustDomain: string;
  readonly startedAt: string;
  readonly now: string;
  readonly authorities: readonly {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly notBefore: string;
    readonly notAfter: string;
  }[];
  readonly serverSvidEndsAt: string;
  readonly connected: {
    /** By attestor. */
    readonly streams: Readonly<Record<string, number>>;
    readonly instances: number;
    readonly nearExpiry: number;
    readonly denySubscribers: number;
    readonly operators: number;
  };
  readonly issued: { readonly x509: number; readonly jwt: number };
  /** By error code. */
  readonly refusalsLastHour: Readonly<Record<string, number>>;
  readonly denials: number;
  readonly recordBacklog: number;
  readonly database: { readonly bytes: number; readonly logBytes: number };
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number };
  readonly auditLog: {
    readonly records: number;
    readonly covered: number;
    readonly checkpointAt: string | null;
  };
  /** For people; each ends with its runbook in brackets. */
  readonly attention: readonly string[];
}

export function statusView(status: ServerStatus__Output, attention: readonly string[]): StatusView {
  const named = (counts: ServerStatus__Output["refusals"]) =>
    Object.fromEntries(counts.map(({ name, count }) => [name, count]));
  return {
    version: status.version,
    trustDomain: status.trustDomain,
    startedAt: instant(status.startedAtMs),
    now: instant(status.nowMs),
    authorities: status.authorities.map(({ id, kind, state, notBeforeMs, notAfterMs }) => ({
      id,
      kind,
      state,
      notBefore: instant(notBeforeMs),
      notAfter: instant(notAfterMs),
    })),
    serverSvidEndsAt: instant(status.serverSvidEndsAtMs),
    connected: {
      streams: named(status.botsConnected),
      instances: status.instancesConnected,
      nearExpiry: status.svidsNearExpiry,
      denySubscribers: status.denySubscribers,
      operators: status.operatorConnections,
    },
    issued: { x509: status.x509Issued, jwt: status.jwtIssued },
    refusalsLastHour: named(status.refusals),
    denials: status.denials,
    recordBacklog: status.recordBacklog,
    database: { bytes: status.databaseBytes, logBytes: status.databaseLogBytes },
    disk: { freeBytes: status.diskFreeBytes, sizeBytes: status.diskSizeBytes },
    auditLog: {
      records: status.logRecords,
      covered: status.logCovered,
      checkpointAt: optionalInstant(status.logCheckpointAtMs),
    },
    attention,
  };
}

export interface ActivityView {
  readonly bot: string;
  readonly connections: number;
  readonly issuesPerSecond: number;
  readonly refusalsPerSecond: number;
  /** Since the server's start. */
  readonly issued: number;
  readonly refused: number;
  readonly lastIssuedAt: string | null;
}

export function activityView(answer: ListActivityResponse__Output) {
  const perSecond = (count: number): number => Math.round((count / answer.windowMs) * 1e6) / 1000;
  const bots = answer.bots.map(
    (each): ActivityView => ({
      bot: each.bot,
      connections: each.connections,
      issuesPerSecond: perSecond(each.issuedInWindow),
      refusalsPerSecond: perSecond(each.refusedInWindow),
      issued: each.issued,
      refused: each.refused,
      lastIssuedAt: optionalInstant(each.lastIssuedAtMs),
    }),
  );
  return { now: instant(answer.nowMs), botsKnown: answer.botsKnown, bots };
}
