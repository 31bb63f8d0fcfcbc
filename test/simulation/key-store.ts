import type { KeyStore } from "../../src/ca/index.ts";
import { generateKey, type Signer, signerFor } from "../../src/crypto/index.ts";

/**
 * Keys that outlive the server's process, as on a disk. Their signers show no key, as those of an HSM: the issuer then signs beside
 * the event loop without threads of its own.
 */
export function simulatedKeyStore(): KeyStore {
  const signers = new Map<string, Signer>();
  let made = 0;
  return {
    async create(keyType) {
      made += 1;
      const keyRef = `key-${made}`;
      const { publicKeyDer, sign } = signerFor(await generateKey(keyType));
      const signer: Signer = { keyType, publicKeyDer, sign };
      signers.set(keyRef, signer);
      return { keyRef, signer };
    },
    open: async (keyRef) => signers.get(keyRef),
    remove: async (keyRef) => void signers.delete(keyRef),
    list: async () => [...signers.keys()],
  };
}
