import { createHash } from "node:crypto";
import { signerFor, verifyX509Svid } from "../crypto/index.ts";
import type { RecordProof } from "../log/index.ts";
import type { BundleSource, X509Svid } from "../spiffe/index.ts";

/** What is signed is held in memory. */
export const MAX_STATEMENT_BYTES = 512 * 1024 * 1024;

/** Tells a statement from other JWSs: part of what is signed. */
export const STATEMENT_TYPE = "botpass-statement";

/** A signature that the log does not know yet. */
export interface StatementDraft {
  /** base64url. */
  readonly protected: string;
  /** base64url. */
  readonly signature: string;
}

const ALGORITHMS = {
  "ec-p256": "ES256",
  "ec-p384": "ES384",
  "rsa-2048": "RS256",
  "rsa-3072": "RS256",
  "rsa-4096": "RS256",
} as const;

/**
 * Signs bytes with the key of an X509-SVID: a JWS whose payload is apart and not encoded (RFC 7515 appendix F, RFC 7797).
 * Its header has the SVID's chain up to the authority (`x5c`), the time, and the digest of the payload.
 * @throws IssuerError SVID_INVALID when the bundles do not vouch for the SVID.
 */
export async function draftStatement(
  payload: Uint8Array,
  svid: X509Svid,
  bundles: BundleSource,
  now: Date,
): Promise<StatementDraft> {
  const { authorityDer } = verifyX509Svid(svid.certChainDer, bundles, now);
  const signer = signerFor(svid.privateKey);
  const chain = svid.certChainDer.filter((der) => !authorityDer.equals(der));
  const header = {
    alg: ALGORITHMS[signer.keyType],
    b64: false,
    crit: ["b64"],
    typ: STATEMENT_TYPE,
    iat: Math.floor(now.getTime() / 1000),
    // What the log records commits to the payload through this, whatever the signature's algorithm lets one choose.
    sha256: createHash("sha256").update(payload).digest("base64url"),
    x5c: [...chain, authorityDer].map((der) => Buffer.from(der).toString("base64")),
  };
  const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
  const signature = await signer.sign(signingInput(encoded, payload), "jose");
  return { protected: encoded, signature: signature.toString("base64url") };
}

/** What a signature is over (RFC 7797 section 3). */
export function signingInput(header: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${header}.`), payload]);
}

/** SHA-256 over the detached JWS in its compact form: what the log records of a statement. */
export function statementHash(draft: StatementDraft): Buffer {
  return createHash("sha256").update(`${draft.protected}..${draft.signature}`).digest();
}

/** The statement as a file: a flattened JWS in JSON, its payload apart, with the log's proof in the unprotected header. */
export function formatStatement(draft: StatementDraft, proof: RecordProof): string {
  const { record, index, hashes, checkpoint, verifier, handovers = [] } = proof;
  const log = {
    verifier,
    ...(handovers.length === 0 ? {} : { handovers }),
    checkpoint,
    index,
    hashes: hashes.map((each) => each.toString("base64")),
    record,
  };
  const jws = {
    protected: draft.protected,
    header: { "botpass-log": log },
    signature: draft.signature,
  };
  return `${JSON.stringify(jws)}\n`;
}
