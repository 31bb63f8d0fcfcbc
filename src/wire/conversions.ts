import { Bundle, TrustDomain } from "../spiffe/index.ts";
import type { Bundle__Output, Bundle as BundleMessage } from "./generated/botpass/v1/types.ts";

/** A bundle as a message. */
export function bundleToMessage(bundle: Bundle): BundleMessage {
  return {
    trustDomain: bundle.trustDomain.name,
    x509Authorities: [...bundle.x509Authorities],
    jwtAuthorities: bundle.jwtAuthorities.map(({ keyId, publicKeyDer }) => ({
      keyId,
      publicKey: publicKeyDer,
    })),
    sequence: Number(bundle.sequence ?? 0n),
    refreshHintSeconds: bundle.refreshHintSeconds ?? 0,
  };
}

/** The bundle in a message. Throws TRUST_DOMAIN_INVALID. */
export function bundleFromMessage(message: Bundle__Output): Bundle {
  return new Bundle({
    trustDomain: TrustDomain.parse(message.trustDomain),
    x509Authorities: message.x509Authorities,
    jwtAuthorities: message.jwtAuthorities.map(({ keyId, publicKey }) => ({
      keyId,
      publicKeyDer: publicKey,
    })),
    sequence: BigInt(message.sequence),
    ...(message.refreshHintSeconds > 0 ? { refreshHintSeconds: message.refreshHintSeconds } : {}),
  });
}
