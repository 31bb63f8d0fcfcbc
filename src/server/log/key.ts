import { generateKeyPairSync } from "node:crypto";
import { readPrivateFile, writePrivateFile } from "../../ca/index.ts";
import { type NoteSigner, noteSigner } from "../../log/index.ts";

/** The file of the log's key in the data directory. */
export const LOG_KEY_FILE = "log.key.pem";

/** What the log of a trust domain is called in its checkpoints. */
export function logName(trustDomain: string): string {
  return `${trustDomain}/botpass/audit`;
}

/**
 * The log's own key (Ed25519, PKCS#8, 0600); made when there is none.
 * @throws IssuerError CONFIG_INVALID when others may read it, or it is another kind of key.
 */
export async function openLogKey(file: string, name: string): Promise<NoteSigner> {
  const pem = await readPrivateFile(file);
  if (pem !== undefined) return noteSigner(name, pem);
  const { privateKey } = generateKeyPairSync("ed25519");
  const made = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  await writePrivateFile(file, made);
  return noteSigner(name, made);
}
