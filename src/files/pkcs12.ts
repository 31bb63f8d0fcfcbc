import { createHash } from "node:crypto";
import { OctetString } from "asn1js";
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  CryptoEngine,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from "pkijs";
import type { Bundle, X509Svid } from "../spiffe/index.ts";

const ITERATIONS = 10_000;
const KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const ENCRYPTION = {
  contentEncryptionAlgorithm: { name: "AES-CBC", length: 256 },
  hmacHashAlgorithm: "SHA-256",
  iterationCount: ITERATIONS,
} as const;

const engine = new CryptoEngine({ name: "node", crypto: globalThis.crypto });

/**
 * Key, chain and the bundle's authorities as PKCS#12: AES-256-CBC by PBKDF2, HMAC with SHA-256.
 * @param password UTF-8; the whole of what guards the key beside the file's mode.
 */
export async function pkcs12Of(
  svid: X509Svid,
  bundle: Bundle | undefined,
  password: string,
): Promise<Buffer> {
  const secret = exact(Buffer.from(password, "utf8"));
  const [leaf = Buffer.alloc(0), ...rest] = svid.certChainDer;
  // What tells a reader that key and leaf belong together.
  const attributes = [
    new Attribute({
      type: LOCAL_KEY_ID,
      values: [new OctetString({ valueHex: exact(createHash("sha1").update(leaf).digest()) })],
    }),
  ];
  const key = new PKCS8ShroudedKeyBag({
    parsedValue: PrivateKeyInfo.fromBER(
      exact(svid.privateKey.export({ format: "der", type: "pkcs8" })),
    ),
  });
  await key.makeInternalValues({ ...ENCRYPTION, password: secret }, engine);
  const certificates = [leaf, ...rest, ...(bundle?.x509Authorities ?? [])].map(
    (der, index) =>
      new SafeBag({
        bagId: CERTIFICATE_BAG,
        bagValue: new CertBag({ parsedValue: Certificate.fromBER(exact(der)) }),
        ...(index === 0 && { bagAttributes: attributes }),
      }),
  );
  const safe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        {
          privacyMode: 0,
          value: new SafeContents({
            safeBags: [new SafeBag({ bagId: KEY_BAG, bagValue: key, bagAttributes: attributes })],
          }),
        },
        { privacyMode: 1, value: new SafeContents({ safeBags: certificates }) },
      ],
    },
  });
  await safe.makeInternalValues(
    { safeContents: [{}, { ...ENCRYPTION, password: secret }] },
    engine,
  );
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  const integrity = {
    password: secret,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: "SHA-256",
    hmacHashAlgorithm: "SHA-256",
  };
  await pfx.makeInternalValues(integrity, engine);
  return Buffer.from(pfx.toSchema().toBER(false));
}

/** The bytes in a buffer of their own. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
