import { newToken } from "../../attestation/index.ts";
import { existingBot, newEntry, passportRefusal, tokenSelector } from "../../bots/index.ts";
import { fingerprint, parseCertificate } from "../../crypto/index.ts";
import { IssuerError } from "../../errors.ts";
import { formatSelector } from "../../spiffe/index.ts";
import type { BotRecord, EntryRecord, StoreTransaction, TokenRecord } from "../../store/index.ts";
import {
  type CreateTokenRequest__Output,
  formatTokenString,
  type ListTokensRequest__Output,
  type Token,
} from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { entryDetails } from "./entries.ts";
import { pageOf, requiredOf } from "./fields.ts";
import { timedUuid } from "./ids.ts";

const DEFAULT_TTL_SECONDS = 600;
const MAX_TTL_SECONDS = 86_400;
const MAX_USES = 100;

/** The methods of TokenService. */
export function tokenMethods(services: AdminServices) {
  return {
    createToken(request: CreateTokenRequest__Output, call: AdminCall) {
      const name = requiredOf("bot", request.bot);
      const uses = within("uses", request.uses || 1, MAX_USES);
      const token = draftToken(services, { ...request, bot: name, uses, idPrefix: "" });
      return changeState(services, call, async (tx, now) => {
        const bot = await existingBot(tx, name);
        const refusal = passportRefusal(bot, now);
        if (refusal !== undefined) throw refusal;
        const made = await ensureTokenEntry(services, tx, bot, call.caller.actor, now);
        const { record, value, details } = await token.create(tx, now);
        const created = { type: "token.created" as const, bot: name, details };
        return {
          result: { token: tokenMessage(record, now), value },
          events:
            made === undefined
              ? [created]
              : [
                  {
                    type: "entry.created" as const,
                    bot: name,
                    entry: made.id,
                    details: entryDetails(made),
                  },
                  created,
                ],
        };
      });
    },

    async listTokens(request: ListTokensRequest__Output) {
      const filter = request.bot === "" ? {} : { bot: request.bot };
      const { items, next } = await services.store.listTokens(filter, pageOf(request));
      const now = services.clock.now();
      return { tokens: items.map((each) => tokenMessage(each, now)), nextPageToken: next ?? "" };
    },

    revokeToken(request: { id: string }, call: AdminCall) {
      const id = requiredOf("id", request.id);
      return changeState(services, call, async (tx, now) => {
        if ((await tx.getToken(id)) === undefined) {
          throw new IssuerError("NOT_FOUND", `token ${id} does not exist`);
        }
        const token = await tx.revokeToken(id, now);
        return {
          result: tokenMessage(token, now),
          events: [{ type: "token.revoked", bot: token.bot, details: { token: id } }],
        };
      });
    },
  };
}

/** What a token is to be. */
interface TokenWish {
  readonly bot: string;
  readonly uses: number;
  /** 0: the default. */
  readonly ttlSeconds: number;
  /** host:port; none: the server's own. */
  readonly addresses: readonly string[];
  /** Tells at a glance what the token is for; empty: a bot. */
  readonly idPrefix: "" | "operator-";
}

/**
 * Checks what was asked for and makes the secret; `create` records the token.
 * @throws IssuerError REQUEST_INVALID.
 */
export function draftToken(services: AdminServices, wish: TokenWish) {
  const { bot, uses, ttlSeconds, idPrefix } = wish;
  const ttl = within("ttl_seconds", ttlSeconds || DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS);
  const addresses = wish.addresses.length > 0 ? wish.addresses : services.addresses();
  addresses.forEach(validateAddress);
  const made = newToken({ randomBytes: services.randomBytes });
  const id = idPrefix + made.id;
  return {
    async create(tx: StoreTransaction, now: Date) {
      const record = await tx.createToken({
        id,
        bot,
        secretHash: made.secretHash,
        createdAt: now,
        expiresAt: new Date(now.getTime() + ttl * 1000),
        uses,
        revokedAt: null,
        voidedAt: null,
        refused: 0,
        usedBy: [],
      });
      const value = formatTokenString({
        addresses: [...addresses],
        trustDomain: services.trustDomain.name,
        authorityPins: authorityPins(services),
        tokenId: id,
        secret: made.secret,
      });
      const expiresAt = record.expiresAt.toISOString();
      return { record, value, details: { token: id, uses: String(uses), expiresAt } };
    },
  };
}

/** A bot with a token needs an entry that its token matches; answers with one just made. */
async function ensureTokenEntry(
  { randomBytes, governor }: AdminServices,
  tx: StoreTransaction,
  passport: BotRecord,
  author: string,
  now: Date,
): Promise<EntryRecord | undefined> {
  const bot = passport.name;
  const entries = await tx.entriesOfBot(bot);
  const usable = entries.some((entry) =>
    entry.selectors.every((each) => formatSelector(each).startsWith("join_token:")),
  );
  if (usable) return undefined;
  const first = entries[0];
  const wish = {
    selectors: [tokenSelector(bot)],
    audiences: first?.audiences ?? [],
    dnsNames: first?.dnsNames ?? [],
    x509TtlSeconds: first?.x509TtlSeconds ?? null,
    jwtTtlSeconds: first?.jwtTtlSeconds ?? null,
  };
  const identity = { id: timedUuid(now, randomBytes), createdBy: null };
  const written = newEntry(bot, wish, identity, now);
  const entry = await tx.createEntry(governor.entries.begin(passport, written, author));
  await governor.entries.written(tx, bot, author, now);
  return entry;
}

function authorityPins(services: AdminServices): string[] {
  const tainted = services.authorities.tainted();
  return services.authorities
    .bundle()
    .x509Authorities.filter((der) => !tainted.some((each) => each.certificateDer?.equals(der)))
    .map((der) => fingerprint(parseCertificate(der).publicKeyDer));
}

function tokenMessage(token: TokenRecord, now: Date): Token {
  return {
    id: token.id,
    bot: token.bot,
    createdAtMs: token.createdAt.getTime(),
    expiresAtMs: token.expiresAt.getTime(),
    uses: token.uses,
    usedBy: token.usedBy.map((use) => ({
      keyFingerprint: use.keyFingerprint,
      instanceId: use.instanceId ?? "",
      usedAtMs: use.usedAt.getTime(),
    })),
    state: stateOf(token, now),
    refused: token.refused,
  };
}

function stateOf(token: TokenRecord, now: Date): string {
  if (token.revokedAt !== null) return "revoked";
  if (token.voidedAt !== null) return "void";
  if (token.expiresAt <= now) return "expired";
  return token.usedBy.length >= token.uses ? "used" : "valid";
}

function within(field: string, value: number, max: number): number {
  if (value >= 1 && value <= max) return value;
  throw new IssuerError("REQUEST_INVALID", `${field} ${value} is not 1 to ${max}`);
}

function validateAddress(address: string): void {
  const port = Number(/:(\d{1,5})$/.exec(address)?.[1] ?? 0);
  if (address.length <= 262 && /^[^\s:]+:|^\[[0-9a-fA-F:.]+\]:/.test(address) && port >= 1) {
    if (port <= 65_535) return;
  }
  const shown = JSON.stringify(address.slice(0, 270));
  throw new IssuerError("REQUEST_INVALID", `address ${shown} is not host:port`);
}
