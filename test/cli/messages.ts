import { randomBytes, randomUUID } from "node:crypto";
import { generateKey, type KeyType, readCsr, signerFor } from "../../src/crypto/index.ts";
import {
  createX509Authority,
  signJwtSvid,
  signX509SvidLeaf,
  uniqueId,
} from "../../src/crypto/issuing.ts";
import { Bundle, parseSpiffeId, TrustDomain } from "../../src/spiffe/index.ts";
import { bundleToMessage } from "../../src/wire/index.ts";

const AT = Date.UTC(2030, 0, 31, 8);

/** A bot as the server tells it. */
export function botMessage(override: object = {}) {
  return {
    name: "invoice-poster",
    kind: "bot",
    owner: "alice@example.org",
    purpose: "posts supplier invoices",
    environment: "prod",
    endsAtMs: 0,
    state: "active",
    spiffeId: "spiffe://example.org/bot/prod/invoice-poster",
    createdAtMs: AT,
    updatedAtMs: AT,
    revision: 7,
    ...override,
  };
}

/** An entry as the server tells it. */
export function entryMessage(override: object = {}) {
  return {
    id: "entry-1",
    bot: "invoice-poster",
    selectors: [{ type: "unix", value: "uid:1001" }],
    x509TtlSeconds: 3600,
    jwtTtlSeconds: 0,
    dnsNames: ["poster.internal"],
    audiences: ["https://erp.example.org"],
    hint: "main",
    expiresAtMs: AT,
    createdAtMs: AT,
    updatedAtMs: AT,
    revision: 3,
    ...override,
  };
}

/** A join token as the server tells it. */
export function tokenMessage(override: object = {}) {
  return {
    id: "token-1",
    bot: "ci-deployer",
    createdAtMs: AT,
    expiresAtMs: AT + 600_000,
    uses: 2,
    usedBy: [{ keyFingerprint: "f00d", instanceId: "instance-1", usedAtMs: AT }],
    state: "valid",
    refused: 1,
    ...override,
  };
}

/** An instance as the server tells it. */
export function instanceMessage(override: object = {}) {
  return {
    id: "instance-1",
    bot: "ci-deployer",
    entryId: "entry-2",
    state: "active",
    attestor: "join_token",
    selectors: [{ type: "join_token", value: "bot:ci-deployer" }],
    attestedAtMs: AT,
    lastSeenAtMs: AT,
    newestSerial: "4d5e",
    newestNotAfterMs: AT,
    connected: true,
    remoteAddress: "192.0.2.7",
    ...override,
  };
}

/** A small issuer of example.org, whose X.509 and JWT authority share a key. */
export async function startIssuer(now = new Date()) {
  const trustDomain = TrustDomain.parse("example.org");
  const signer = signerFor(await generateKey("ec-p256" satisfies KeyType));
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000 - 10_000);
  const notAfter = new Date(notBefore.getTime() + 3_600_000);
  const certificateDer = await createX509Authority({
    trustDomain,
    signer,
    serial: uniqueId(randomBytes, new Date()),
    notBefore,
    notAfter,
  });
  const bundle = new Bundle({
    trustDomain,
    x509Authorities: [certificateDer],
    jwtAuthorities: [{ keyId: "key-1", publicKeyDer: signer.publicKeyDer }],
    sequence: 5n,
    refreshHintSeconds: 60,
  });
  return {
    bundle,
    bundleMessage: bundleToMessage(bundle),
    /** Answers MintX509Svid. */
    async x509(csrDer: Uint8Array, spiffeId: string) {
      const serial = uniqueId(randomBytes, new Date());
      const leaf = {
        serial,
        spiffeId: parseSpiffeId(spiffeId),
        publicKeyDer: readCsr(csrDer).publicKeyDer,
        notBefore,
        notAfter: new Date(notAfter.getTime() - 60_000),
        dnsNames: [],
      };
      const certificate = await signX509SvidLeaf({ certificateDer, signer }, leaf);
      return {
        svid: {
          spiffeId,
          certificates: [certificate],
          serial: serial.toString("hex"),
          notBeforeMs: leaf.notBefore.getTime(),
          notAfterMs: leaf.notAfter.getTime(),
        },
        bundle: bundleToMessage(bundle),
      };
    },
    /** A JWT-SVID. */
    jwt(spiffeId: string, audience: readonly string[], expiresInSeconds = 300): Promise<string> {
      const iat = Math.floor(now.getTime() / 1000);
      const exp = iat + expiresInSeconds;
      const jti = randomUUID();
      return signJwtSvid(
        { keyId: "key-1", signer },
        { sub: spiffeId, aud: audience, exp, iat, jti },
      );
    },
  };
}
