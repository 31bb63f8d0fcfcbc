// Makes the development keys and certificates of this folder anew: `npm run certs`. For development and tests only.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  exportPrivateKeyPem,
  generateKey,
  pemEncode,
  publicKeyDer,
  signerFor,
} from "../src/crypto/index.ts";
import { createX509Authority, signX509SvidLeaf, uniqueId } from "../src/crypto/issuing.ts";
import { spiffeIdFromPath, TrustDomain } from "../src/spiffe/index.ts";

const YEARS_MS = 365 * 86_400_000;
const now = Math.floor(Date.now() / 1000) * 1000;
const at = (offsetMs: number): Date => new Date(now + offsetMs);

function write(name: string, text: string, mode: number): void {
  writeFileSync(join(import.meta.dirname, name), text, { mode });
}

const trustDomain = TrustDomain.parse("factory.test");
const caKey = await generateKey("ec-p256");
const signer = signerFor(caKey);
const certificateDer = await createX509Authority({
  trustDomain,
  signer,
  serial: uniqueId(randomBytes, new Date(now)),
  notBefore: at(-60_000),
  notAfter: at(20 * YEARS_MS),
});
write("device-ca.pem", pemEncode("CERTIFICATE", certificateDer), 0o644);
write("device-ca.key.pem", exportPrivateKeyPem(caKey), 0o600);

for (const [name, notAfter] of [
  ["robot-7", at(10 * YEARS_MS)],
  ["robot-expired", at(-30_000)],
] as const) {
  const key = await generateKey("ec-p256");
  const leaf = await signX509SvidLeaf(
    { certificateDer, signer },
    {
      serial: uniqueId(randomBytes, new Date(now)),
      spiffeId: spiffeIdFromPath(trustDomain, `/device/${name}`),
      publicKeyDer: publicKeyDer(key),
      notBefore: at(-60_000),
      notAfter,
      dnsNames: [`${name}.factory.test`],
    },
  );
  write(`${name}.pem`, pemEncode("CERTIFICATE", leaf), 0o644);
  write(`${name}.key.pem`, exportPrivateKeyPem(key), 0o600);
}
