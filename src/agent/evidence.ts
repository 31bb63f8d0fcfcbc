import { constants, createHash, type KeyObject, sign } from "node:crypto";
import { fingerprint, importPrivateKeyPem, pemDecode, publicKeyDer } from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import type { Selector } from "../spiffe/index.ts";
import {
  type Attached__Output,
  type AttachRequest,
  type ChallengeResponse,
  challengeBytes,
  type Hello,
  type TokenString,
} from "../wire/index.ts";
import type { AttachLink } from "./link.ts";

/** What a bot proves itself with. */
export interface Evidence {
  /** The part of Hello that names attestor and evidence. */
  readonly hello: Partial<Hello>;
  /** Answers a challenge; absent when none is expected. */
  answer?(nonces: { clientNonce: Buffer; serverNonce: Buffer }): ChallengeResponse;
  /** Asked each time before it is used, for what is new by then; absent: it stays what it is. */
  fresh?(): Promise<Evidence>;
  /** Whether something newer than what was used last can be had now. */
  newer?(): Promise<boolean>;
}

export const unixEvidence: Evidence = { hello: { unix: {} } };

/** What a node says of one of its processes. */
export function workloadEvidence(selectors: readonly Selector[]): Evidence {
  return { hello: { workload: { selectors: [...selectors] } } };
}

export const svidEvidence: Evidence = { hello: { svid: {} } };

/** A join token, bound to a key of this bot. */
export function tokenEvidence(token: TokenString, key: KeyObject): Evidence {
  const publicKey = publicKeyDer(key);
  return {
    hello: { joinToken: { tokenId: token.tokenId, publicKey } },
    answer: (nonces) => ({
      signature: signChallenge(
        key,
        challengeBytes({
          attestor: "join_token",
          subject: token.tokenId,
          trustDomain: token.trustDomain,
          ...nonces,
        }),
      ),
      tokenSecret: token.secret,
    }),
  };
}

/** A device certificate. Throws KEY_NOT_ALLOWED, REQUEST_INVALID. */
export function x509popEvidence(
  device: { readonly certificateChainPem: string; readonly privateKeyPem: string },
  trustDomain: string,
): Evidence {
  const certificates = pemDecode("CERTIFICATE", device.certificateChainPem);
  const key = importPrivateKeyPem(device.privateKeyPem);
  return {
    hello: { x509pop: { certificates } },
    answer: (nonces) => ({
      signature: signChallenge(
        key,
        challengeBytes({ attestor: "x509pop", subject: "", trustDomain, ...nonces }),
      ),
    }),
  };
}

/**
 * A platform's token, bound to a key of this bot.
 * @param get the token as it is now.
 * @param renews when that changes.
 */
export function oidcEvidence(
  get: () => Promise<string>,
  renews: "never" | "always" | "sometimes",
  key: KeyObject,
  trustDomain: () => string,
): Evidence {
  const publicKey = publicKeyDer(key);
  let used: string | undefined;
  return {
    hello: {},
    async fresh() {
      const token = await get();
      used = token;
      return {
        hello: { oidc: { token, publicKey } },
        answer: (nonces) => ({
          signature: signChallenge(
            key,
            challengeBytes({
              attestor: "oidc",
              subject: createHash("sha256").update(token).digest("hex"),
              trustDomain: trustDomain(),
              ...nonces,
            }),
          ),
        }),
      };
    },
    newer: async () => renews === "always" || (renews === "sometimes" && (await get()) !== used),
  };
}

function signChallenge(key: KeyObject, bytes: Buffer): Buffer {
  if (key.asymmetricKeyType === "ec") return sign("sha256", bytes, key);
  return sign("sha256", bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING });
}

/**
 * Attests over a fresh stream.
 * @throws IssuerError as the server refused.
 */
export async function attest(
  link: AttachLink,
  given: Evidence,
  randomBytes: (size: number) => Buffer,
): Promise<Attached__Output> {
  const evidence = given.fresh === undefined ? given : await given.fresh();
  const clientNonce = randomBytes(32);
  const hello = { protocolVersion: 1, client: "botpass-node", clientNonce, ...evidence.hello };
  let response = await link.request({ hello });
  if (response.body === "challenge" && evidence.answer !== undefined) {
    const serverNonce = response.challenge?.serverNonce ?? Buffer.alloc(0);
    const answer: Omit<AttachRequest, "id"> = {
      challengeResponse: evidence.answer({ clientNonce, serverNonce }),
    };
    response = await link.request(answer);
  }
  if (response.body === "attached" && response.attached) return response.attached;
  throw new IssuerError("INTERNAL", `the server answered with ${response.body} to attestation`);
}

/** Whether one of the pins names this key. */
export function isPinned(spkiDer: Uint8Array, pins: readonly string[]): boolean {
  return pins.includes(fingerprint(spkiDer));
}
