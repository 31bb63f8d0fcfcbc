import { randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  exportPrivateKeyPem,
  generateKey,
  importPrivateKeyPem,
  type KeyType,
  type Signer,
  signerFor,
} from "../crypto/index.ts";
import { IssuerError } from "../errors.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** Where authorities' private keys are; above it nobody sees a key, only signers. */
export interface KeyStore {
  /** Makes a key; when this resolves the key survives the loss of power. */
  create(keyType: KeyType): Promise<{ readonly keyRef: string; readonly signer: Signer }>;
  /** The key with this reference; undefined when it is not there. */
  open(keyRef: string): Promise<Signer | undefined>;
  /** Removes a key; one that is not there is passed over. */
  remove(keyRef: string): Promise<void>;
  list(): Promise<readonly string[]>;
}

/** Keys that end with the process. */
export function memoryKeyStore(): KeyStore {
  const signers = new Map<string, Signer>();
  return {
    async create(keyType) {
      const keyRef = randomUUID();
      const signer = signerFor(await generateKey(keyType));
      signers.set(keyRef, signer);
      return { keyRef, signer };
    },
    open: async (keyRef) => signers.get(keyRef),
    remove: async (keyRef) => {
      signers.delete(keyRef);
    },
    list: async () => [...signers.keys()],
  };
}

const SUFFIX = ".key.pem";

/** Keys in files (PKCS#8, 0600) of one directory (0700). */
export async function diskKeyStore(directory: string): Promise<KeyStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const fileOf = (keyRef: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(keyRef)) {
      throw new IssuerError("INTERNAL", `key reference ${JSON.stringify(keyRef)} is not one`);
    }
    return join(directory, keyRef + SUFFIX);
  };
  return {
    async create(keyType) {
      const keyRef = randomUUID();
      const key = await generateKey(keyType);
      await writePrivateFile(fileOf(keyRef), exportPrivateKeyPem(key));
      return { keyRef, signer: signerFor(key) };
    },
    async open(keyRef) {
      const pem = await readPrivateFile(fileOf(keyRef));
      return pem === undefined ? undefined : signerFor(importPrivateKeyPem(pem));
    },
    async remove(keyRef) {
      await rm(fileOf(keyRef), { force: true });
    },
    async list() {
      const names = await readdir(directory);
      return names
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length));
    },
  };
}
