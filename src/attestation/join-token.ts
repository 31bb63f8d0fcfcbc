import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import { fingerprint, importPublicKeyDer, keyTypeOf } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { Store, StoreTransaction, TokenRecord } from "../store/index.ts";
import type { Attestor, ChallengeBytes, Proof } from "./attestor.ts";
import { verifyChallenge } from "./proof-of-key.ts";
import { hashSecret } from "./token.ts";

export interface JoinTokenOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: string;
  readonly challengeBytes: ChallengeBytes;
}

interface Evidence {
  readonly tokenId: string;
  readonly publicKey: Buffer;
}

/**
 * A secret that an operator made for one bot. The first use binds a key of the bot; the same key may come again.
 * Whoever does not know the secret learns nothing: each failure looks the same.
 */
export function joinTokenAttestor(options: JoinTokenOptions): Attestor {
  return {
    type: "join_token",
    async begin(evidence, { clientNonce }) {
      const { tokenId, publicKey } = evidence as Evidence;
      if (publicKey.length > 1024) {
        throw new IssuerError("REQUEST_INVALID", `public_key has ${publicKey.length} bytes`);
      }
      const key = importPublicKeyDer(publicKey);
      keyTypeOf(key);
      const serverNonce = options.randomBytes(32);
      return {
        kind: "challenge",
        serverNonce,
        async finish({ signature, tokenSecret }) {
          const bytes = options.challengeBytes({
            attestor: "join_token",
            subject: tokenId,
            trustDomain: options.trustDomain,
            clientNonce,
            serverNonce,
          });
          const keyHeld = verifyChallenge(key, bytes, signature);
          return useToken(options, tokenId, tokenSecret, fingerprint(publicKey), keyHeld);
        },
      };
    },
  };
}

async function useToken(
  { store, clock }: JoinTokenOptions,
  tokenId: string,
  secret: Buffer,
  keyFingerprint: string,
  keyHeld: boolean,
): Promise<Proof> {
  const outcome = await store.transaction(async (tx) => {
    const token = await tx.getToken(tokenId.slice(0, 64));
    // The same work is done for a token that does not exist.
    const known = timingSafeEqual(hashSecret(secret), token?.secretHash ?? Buffer.alloc(32));
    if (token === undefined || !known || !keyHeld) return refusedToken(token);
    if (isOver(token, clock.now())) return refusedToken(token);
    return bindKey(tx, token, keyFingerprint, clock.now());
  });
  // Thrown outside, so that a counted refusal is kept.
  if (outcome instanceof IssuerError) throw outcome;
  return proofOf(outcome, keyFingerprint);
}

function isOver(token: TokenRecord, now: Date): boolean {
  return token.revokedAt !== null || token.voidedAt !== null || token.expiresAt <= now;
}

async function bindKey(
  tx: StoreTransaction,
  token: TokenRecord,
  keyFingerprint: string,
  usedAt: Date,
): Promise<TokenRecord | IssuerError> {
  if (token.usedBy.some((use) => use.keyFingerprint === keyFingerprint)) return token;
  if (token.usedBy.length < token.uses) {
    return tx.addTokenUse(token.id, { keyFingerprint, instanceId: null, usedAt });
  }
  const counted = await tx.countTokenRefusal(token.id);
  const heldBy = counted.usedBy.map((use) => use.instanceId ?? "").join(" ");
  return refusedToken(token, {
    heldBy,
    keyFingerprint,
    reason: "all uses are bound to other keys",
  });
}

/** What it says to the caller is always the same; the details are for the audit of a token that exists. */
function refusedToken(
  token: TokenRecord | undefined,
  more: Readonly<Record<string, string>> = {},
): IssuerError {
  const details = token === undefined ? {} : { token: token.id, bot: token.bot, ...more };
  return new IssuerError("TOKEN_INVALID", "join token is not valid", { details });
}

function proofOf(token: TokenRecord, boundKeyFingerprint: string): Proof {
  return {
    attestor: "join_token",
    selectors: [
      { type: "join_token", value: `bot:${token.bot}` },
      { type: "join_token", value: `id:${token.id}` },
    ],
    evidenceKey: `join_token:${token.id}`,
    onlyBot: token.bot,
    boundKeyFingerprint,
  };
}
