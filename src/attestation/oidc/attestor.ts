import { createHash } from "node:crypto";
import { fingerprint, importPublicKeyDer, keyTypeOf } from "../../crypto/index.ts";
import { IssuerError } from "../../errors.ts";
import type { Store } from "../../store/index.ts";
import type { Attestor, ChallengeBytes, Proof } from "../attestor.ts";
import { verifyChallenge } from "../proof-of-key.ts";
import type { OidcEntryRules } from "./entry-rules.ts";
import type { IdTokenVerifier, VerifiedIdToken } from "./id-token.ts";

export interface OidcOptions {
  readonly store: Store;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: string;
  readonly challengeBytes: ChallengeBytes;
  readonly verifier: IdTokenVerifier;
  readonly rules: OidcEntryRules;
}

interface Evidence {
  readonly token: string;
  readonly publicKey: Buffer;
}

/**
 * A token that a platform signed for one of its jobs, pods or machines. The token is a bearer's: the first key that
 * brings it keeps it, for as long as it is valid.
 */
export function oidcAttestor(options: OidcOptions): Attestor {
  const { verifier, rules } = options;
  return {
    type: "oidc",
    async begin(evidence, { clientNonce, transport }) {
      if (transport !== "tls") {
        throw new IssuerError("ATTESTATION_REFUSED", "a platform's token is taken over TLS only");
      }
      const { token, publicKey } = evidence as Evidence;
      if (publicKey.length > 1024) {
        throw new IssuerError("REQUEST_INVALID", `public_key has ${publicKey.length} bytes`);
      }
      const key = importPublicKeyDer(publicKey);
      keyTypeOf(key);
      const verified = await verifier.verify(token);
      const serverNonce = options.randomBytes(32);
      return {
        kind: "challenge",
        serverNonce,
        async finish({ signature }) {
          const bytes = options.challengeBytes({
            attestor: "oidc",
            subject: createHash("sha256").update(token).digest("hex"),
            trustDomain: options.trustDomain,
            clientNonce,
            serverNonce,
          });
          if (!verifyChallenge(key, bytes, signature)) {
            const message = "the challenge is not signed by the key that the token was sent with";
            throw new IssuerError("ATTESTATION_REFUSED", message);
          }
          const keyFingerprint = fingerprint(publicKey);
          await bindKey(options, verified, keyFingerprint);
          return proofOf(verified, keyFingerprint, rules);
        },
      };
    },
  };
}

async function bindKey(
  { store }: OidcOptions,
  { useId, tokenExpiresAt, evidenceExpiresAt, issuer, subject }: VerifiedIdToken,
  keyFingerprint: string,
): Promise<void> {
  // Also when the token has expired: until its evidence ends, entries that are made meanwhile give it further instances.
  const expiresAt = tokenExpiresAt > evidenceExpiresAt ? tokenExpiresAt : evidenceExpiresAt;
  const use = await store.transaction((tx) =>
    tx.useIdToken({ id: useId, keyFingerprint, instanceIds: [], expiresAt }),
  );
  if (use.keyFingerprint === keyFingerprint) return;
  const details = {
    issuer: issuer.name,
    subject,
    keyFingerprint,
    heldBy: use.instanceIds.join(" "),
  };
  const message = `token of issuer ${issuer.name} is not accepted: it was used already, with another key`;
  throw new IssuerError("ATTESTATION_REFUSED", message, { details });
}

function proofOf(
  { issuer, subject, selectors, useId, evidenceExpiresAt }: VerifiedIdToken,
  boundKeyFingerprint: string,
  rules: OidcEntryRules,
): Proof {
  return {
    attestor: "oidc",
    selectors,
    evidenceKey: `oidc:${issuer.name}:${subject}`,
    expiresAt: evidenceExpiresAt,
    boundKeyFingerprint,
    idTokenUse: useId,
    entryRefusal: rules.refusal,
  };
}
