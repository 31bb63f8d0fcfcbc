import { parseSelector } from "../../src/spiffe/index.ts";
import type {
  AuditDraft,
  AuthorityRecord,
  BotRecord,
  EntryRecord,
  InstanceRecord,
  IssuanceRecord,
  New,
  Store,
  TokenRecord,
  UseRecord,
} from "../../src/store/index.ts";

// Records that are valid as they are; a test overrides what it is about.

/** The instant at which all records are made. */
export const T0 = new Date("2030-01-01T00:00:00.000Z");

/** An instant, in seconds from `T0`. */
export function at(seconds: number): Date {
  return new Date(T0.getTime() + seconds * 1000);
}

export function newBot(name = "a", over: Partial<New<BotRecord>> = {}): New<BotRecord> {
  return {
    name,
    kind: "bot",
    owner: "alice@example.org",
    purpose: "posts invoices",
    environment: "prod",
    endsAt: null,
    state: "active",
    spiffeId: `spiffe://example.org/bot/prod/${name}`,
    createdAt: T0,
    updatedAt: T0,
    ...over,
  };
}

export function newEntry(
  id: string,
  selectors: readonly string[],
  over: Partial<New<EntryRecord>> = {},
): New<EntryRecord> {
  return {
    id,
    bot: "a",
    selectors: selectors.map(parseSelector),
    x509TtlSeconds: null,
    jwtTtlSeconds: 300,
    dnsNames: ["a.example.org"],
    audiences: ["crm"],
    hint: "",
    expiresAt: null,
    createdAt: T0,
    updatedAt: T0,
    createdBy: "uid:0",
    nodes: [],
    nodeSelectors: [],
    ...over,
  };
}

export function newToken(id: string, over: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id,
    bot: "a",
    secretHash: Buffer.alloc(32, 7),
    createdAt: T0,
    expiresAt: at(600),
    uses: 1,
    revokedAt: null,
    voidedAt: null,
    refused: 0,
    usedBy: [],
    ...over,
  };
}

export function newInstance(
  id: string,
  over: Partial<New<InstanceRecord>> = {},
): New<InstanceRecord> {
  return {
    id,
    bot: "a",
    entryId: "e1",
    attestor: "join_token",
    selectors: [parseSelector("join_token:id:t1")],
    evidenceKey: "join_token:t1",
    evidenceExpiresAt: null,
    node: null,
    state: "active",
    attestedAt: T0,
    lastSeenAt: T0,
    lineageEndsAt: at(86_400),
    resumable: true,
    newestSerial: null,
    newestNotAfter: null,
    newestUsed: false,
    previousSerial: null,
    remoteAddress: "192.0.2.1",
    ...over,
  };
}

export function newIssuance(id: string, over: Partial<IssuanceRecord> = {}): IssuanceRecord {
  return {
    id,
    kind: "x509",
    bot: "a",
    spiffeId: "spiffe://example.org/bot/prod/a",
    instanceId: "i1",
    entryId: "e1",
    publicKeyHash: "00".repeat(32),
    audiences: [],
    authorityId: "x1",
    notBefore: at(-10),
    notAfter: at(3600),
    issuedAt: T0,
    ...over,
  };
}

export function newAuthority(
  id: string,
  over: Partial<New<AuthorityRecord>> = {},
): New<AuthorityRecord> {
  return {
    id,
    kind: "x509",
    state: "prepared",
    keyType: "ec-p256",
    certificateDer: Buffer.from([0x30, 0]),
    publicKeyDer: Buffer.from([0x30, 1]),
    keyRef: id,
    notBefore: T0,
    notAfter: at(604_800),
    activateAt: at(60),
    publishedAt: T0,
    renewBy: null,
    ...over,
  };
}

export function newAudit(over: Partial<AuditDraft> = {}): AuditDraft {
  return {
    at: T0,
    type: "svid.issued",
    bot: "a",
    serial: null,
    instanceId: null,
    requestId: null,
    bytes: (sequence) => `{"sequence":${sequence}}`,
    ...over,
  };
}

export function newUse(over: Partial<UseRecord> = {}): UseRecord {
  return {
    day: "2030-01-01",
    bot: "a",
    service: "erp",
    audience: "",
    operation: "",
    refused: "",
    count: 1,
    firstAt: T0,
    lastAt: T0,
    ...over,
  };
}

/** Makes bot `a`. */
export function addBot(store: Store, name = "a", over: Partial<New<BotRecord>> = {}) {
  return store.transaction((tx) => tx.createBot(newBot(name, over)));
}
