import type { VerifiedX509Svid } from "../crypto/index.ts";
import type { PeerCredentials } from "../host/index.ts";
import type { Selector } from "../spiffe/index.ts";
import type { InstanceRecord } from "../store/index.ts";

/** What the server knows of a caller when evidence arrives. */
export interface AttestationContext {
  /** 32 bytes of the caller. */
  readonly clientNonce: Buffer;
  readonly transport: "tls" | "local" | "admin";
  /** Empty on Unix sockets. */
  readonly remoteAddress: string;
  /** The client's SVID, its chain verified. */
  readonly peerSvid?: VerifiedX509Svid;
  readonly peerCredentials?: PeerCredentials;
}

/** What was proven. */
export interface Proof {
  readonly attestor: string;
  readonly selectors: readonly Selector[];
  /** What a ban names: `join_token:<id>`, `key:<sha256>`, `unix:uid:<uid>`. */
  readonly evidenceKey: string;
  /** From this instant on the evidence proves nothing. */
  readonly expiresAt?: Date;
  /** The one bot that the evidence can speak for. */
  readonly onlyBot?: string;
  /** The node bot that says so of one of its processes, with what it proved of itself. */
  readonly node?: {
    readonly bot: string;
    readonly instanceId: string;
    readonly selectors: readonly Selector[];
  };
  /** The instance that goes on. */
  readonly resumes?: InstanceRecord;
  /** SHA-256 of the key that a token is bound to, hex. */
  readonly boundKeyFingerprint?: string;
  /** The use of a platform's token: `IdTokenUse.id`. */
  readonly idTokenUse?: string;
  /** What is known beside that, for the audit alone: no entry can ask for it. */
  readonly observed?: Readonly<Record<string, string>>;
  /** Why an entry of these selectors counts for nothing although it matches; undefined: it counts. */
  entryRefusal?(selectors: readonly Selector[]): string | undefined;
}

/** The answer to a challenge. */
export interface ChallengeAnswer {
  readonly signature: Buffer;
  /** join_token only. */
  readonly tokenSecret: Buffer;
}

/** How attestation goes on: one more round, or done. */
export type Step =
  | {
      readonly kind: "challenge";
      /** 32 bytes. */
      readonly serverNonce: Buffer;
      /** @throws IssuerError when the answer proves nothing. */
      finish(answer: ChallengeAnswer): Promise<Proof>;
    }
  | { readonly kind: "proof"; readonly proof: Proof };

/** Turns evidence into selectors, or refuses. It never decides who the bot is. */
export interface Attestor {
  readonly type: string;
  /**
   * @param evidence the message of this attestor, off the wire.
   * @throws IssuerError ATTESTATION_REFUSED, REQUEST_INVALID, TOKEN_INVALID, CLIENT_CERTIFICATE_REQUIRED …
   */
  begin(evidence: unknown, context: AttestationContext): Promise<Step>;
}

/** What a key signs to answer a challenge; made by the wire, since both sides need it. */
export type ChallengeBytes = (content: {
  readonly attestor: string;
  readonly subject: string;
  readonly trustDomain: string;
  readonly clientNonce: Uint8Array;
  readonly serverNonce: Uint8Array;
}) => Buffer;
