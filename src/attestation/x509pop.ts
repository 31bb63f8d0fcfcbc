import type { Clock } from "../clock.ts";
import {
  type Certificate,
  fingerprint,
  importPublicKeyDer,
  keyTypeOf,
  verifyCertificatePath,
} from "../crypto/index.ts";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import type { Selector } from "../spiffe/index.ts";
import type { Attestor, ChallengeBytes } from "./attestor.ts";
import { verifyChallenge } from "./proof-of-key.ts";

/** A CA whose device certificates are believed. */
export interface DeviceCa {
  /** `[a-z0-9-]+`; stands in each selector. */
  readonly name: string;
  readonly certificatesDer: readonly Buffer[];
}

export interface X509PopOptions {
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: string;
  readonly challengeBytes: ChallengeBytes;
  readonly cas: readonly DeviceCa[];
}

/** Proof of possession of a device certificate from a CA that the configuration names. */
export function x509popAttestor(options: X509PopOptions): Attestor {
  return {
    type: "x509pop",
    async begin(evidence, { clientNonce }) {
      const { certificates } = evidence as { certificates: readonly Buffer[] };
      const { ca, leaf } = verifiedBy(options, certificates);
      const key = importPublicKeyDer(leaf.publicKeyDer);
      keyTypeOf(key);
      const serverNonce = options.randomBytes(32);
      return {
        kind: "challenge",
        serverNonce,
        async finish({ signature }) {
          const bytes = options.challengeBytes({
            attestor: "x509pop",
            subject: "",
            trustDomain: options.trustDomain,
            clientNonce,
            serverNonce,
          });
          if (!verifyChallenge(key, bytes, signature)) {
            const message = "the challenge is not signed by the device certificate's key";
            throw new IssuerError("ATTESTATION_REFUSED", message);
          }
          return {
            attestor: "x509pop",
            selectors: selectorsOf(ca.name, leaf),
            evidenceKey: `key:${fingerprint(leaf.publicKeyDer)}`,
            expiresAt: leaf.notAfter,
          };
        },
      };
    },
  };
}

function verifiedBy(
  { cas, clock }: X509PopOptions,
  certificates: readonly Buffer[],
): { ca: DeviceCa; leaf: Certificate } {
  let reason = "no device CA is configured";
  for (const ca of cas) {
    try {
      const [leaf] = verifyCertificatePath(certificates, ca.certificatesDer, clock.now());
      if (leaf === undefined || leaf.isCa) throw refused("the leaf is a CA's certificate");
      if (leaf.keyUsage !== undefined && !leaf.keyUsage.digitalSignature) {
        throw refused("the leaf's key usage has no digitalSignature");
      }
      return { ca, leaf };
    } catch (error) {
      if (errorCodeOf(error) === "INTERNAL") throw error;
      reason = messageOf(error);
    }
  }
  throw refused(`device certificate is not accepted: ${reason}`);
}

function refused(message: string): IssuerError {
  return new IssuerError("ATTESTATION_REFUSED", message);
}

function selectorsOf(ca: string, leaf: Certificate): Selector[] {
  const facts = [
    `fingerprint:${fingerprint(leaf.der)}`,
    `serialnumber:${leaf.serialHex}`,
    ...(leaf.subjectCommonName === undefined ? [] : [`subject:cn:${leaf.subjectCommonName}`]),
    ...leaf.dnsSans.map((name) => `san:dns:${name}`),
    ...leaf.uriSans.map((uri) => `san:uri:${uri}`),
  ];
  return facts
    .filter((fact) => !/\p{Cc}/u.test(fact) && Buffer.byteLength(fact) <= 900)
    .map((fact) => ({ type: "x509pop", value: `${ca}:${fact}` }));
}
