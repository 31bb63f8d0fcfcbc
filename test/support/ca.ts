import { createPrivateKey, type KeyObject, randomBytes } from "node:crypto";
import {
  buildCsr,
  generateKey,
  type KeyType,
  publicKeyDer,
  signerFor,
} from "../../src/crypto/index.ts";
import {
  createX509Authority,
  signJwtSvid,
  signX509SvidLeaf,
  uniqueId,
} from "../../src/crypto/issuing.ts";
import { Bundle, parseSpiffeId, TrustDomain, type X509Svid } from "../../src/spiffe/index.ts";

/** A trust domain's authorities, for tests: valid by default, each field can be another. */
export async function testAuthority(
  options: {
    readonly trustDomain?: string;
    readonly keyType?: KeyType;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
  } = {},
) {
  const trustDomain = TrustDomain.parse(options.trustDomain ?? "example.org");
  const notBefore = options.notBefore ?? new Date(Date.now() - 60_000);
  const notAfter = options.notAfter ?? new Date(Date.now() + 86_400_000);
  const key = await generateKey(options.keyType ?? "ec-p256");
  const signer = signerFor(key);
  const serial = uniqueId(randomBytes, new Date());
  const certificateDer = await createX509Authority({
    trustDomain,
    signer,
    serial,
    notBefore: wholeSeconds(notBefore),
    notAfter: wholeSeconds(notAfter),
  });
  const keyId = `jwt-${serial.toString("hex").slice(0, 8)}`;
  const bundle = new Bundle({
    trustDomain,
    x509Authorities: [certificateDer],
    jwtAuthorities: [{ keyId, publicKeyDer: signer.publicKeyDer }],
    sequence: 1n,
    refreshHintSeconds: 300,
  });
  return {
    trustDomain,
    key,
    signer,
    keyId,
    certificateDer,
    bundle,
    async issue(
      leaf: {
        readonly path?: string;
        readonly id?: string;
        readonly key?: KeyObject;
        readonly keyType?: KeyType;
        readonly notBefore?: Date;
        readonly notAfter?: Date;
        readonly dnsNames?: readonly string[];
      } = {},
    ): Promise<X509Svid> {
      const privateKey = leaf.key ?? (await generateKey(leaf.keyType ?? "ec-p256"));
      const spiffeId = parseSpiffeId(leaf.id ?? trustDomain.id + (leaf.path ?? "/bot/a"));
      const leafSerial = uniqueId(randomBytes, new Date());
      const from = wholeSeconds(leaf.notBefore ?? new Date(Date.now() - 10_000));
      const to = wholeSeconds(leaf.notAfter ?? new Date(Date.now() + 3_600_000));
      const certDer = await signX509SvidLeaf(
        { certificateDer, signer },
        {
          serial: leafSerial,
          spiffeId,
          publicKeyDer: publicKeyDer(privateKey),
          notBefore: from,
          notAfter: to,
          dnsNames: leaf.dnsNames ?? [],
        },
      );
      return {
        spiffeId,
        certChainDer: [certDer],
        privateKey,
        serialHex: leafSerial.toString("hex"),
        notBefore: from,
        notAfter: to,
      };
    },
    jwt(
      claims: {
        readonly sub?: string;
        readonly aud?: readonly string[];
        readonly exp?: number;
        readonly jti?: string;
      } = {},
    ): Promise<string> {
      const iat = Math.floor(Date.now() / 1000);
      return signJwtSvid(
        { keyId, signer },
        {
          sub: claims.sub ?? `${trustDomain.id}/bot/a`,
          aud: claims.aud ?? ["reports"],
          exp: claims.exp ?? iat + 300,
          iat,
          jti: claims.jti ?? randomBytes(8).toString("hex"),
        },
      );
    },
  };
}

export type TestAuthority = Awaited<ReturnType<typeof testAuthority>>;

/** A CSR and its key. */
export async function testCsr(keyType: KeyType = "ec-p256") {
  const privateKey = await generateKey(keyType);
  return {
    privateKey: createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" })),
    csrDer: buildCsr(privateKey),
  };
}

function wholeSeconds(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000);
}
