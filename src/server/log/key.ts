import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import type { AuditLog, KeyTransact } from "../../audit/index.ts";
import {
  movePrivateFile,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from "../../ca/index.ts";
import { IssuerError, messageOf } from "../../errors.ts";
import { type NoteSigner, noteSigner } from "../../log/index.ts";
import type { LogHandoverRecord, Store } from "../../store/index.ts";

/** The file of the log's key in the data directory. */
export const LOG_KEY_FILE = "log.key.pem";
/** The next key, while the log is being handed over to it. */
export const NEXT_LOG_KEY_FILE = "log.key.next.pem";

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
  const made = newKeyPem();
  await writePrivateFile(file, made);
  return noteSigner(name, made);
}

/**
 * Ends a hand-over that a crash has cut short: where the store has it, the next key takes the place of the one before; else it goes.
 * @throws IssuerError CONFIG_INVALID as `openLogKey`.
 */
export async function settleLogKey(dataDir: string, name: string, store: Store): Promise<void> {
  const file = join(dataDir, NEXT_LOG_KEY_FILE);
  const pem = await readPrivateFile(file);
  if (pem === undefined) return;
  const { verifier } = noteSigner(name, pem);
  const last = (await store.logHandovers()).at(-1);
  if (last?.verifier === verifier) await movePrivateFile(file, join(dataDir, LOG_KEY_FILE));
  else await removePrivateFile(file);
}

/** The log's key on disk, and its changes. */
export class LogKeyFile {
  readonly #dataDir: string;
  readonly #name: string;
  readonly #log: AuditLog;
  #turn: Promise<unknown> = Promise.resolve();
  /** The next key of a hand-over that only the next start can finish, or undo. */
  #unfinished: string | undefined;

  /** @param name of the log. @param log signs by the key in the directory. */
  constructor(options: {
    readonly dataDir: string;
    readonly name: string;
    readonly log: AuditLog;
  }) {
    this.#dataDir = options.dataDir;
    this.#name = options.name;
    this.#log = options.log;
  }

  /**
   * Hands the log over to a new key. First the key is on disk beside the one before, then the hand-over is in the store, then
   * the new file takes the other's place.
   * @throws what `transact` rejects with; IssuerError LOG_INCONSISTENT; WRONG_STATE when the last change is not finished;
   * STORE_UNAVAILABLE when the key before cannot be removed.
   */
  rotate(transact: KeyTransact): Promise<LogHandoverRecord> {
    return this.#inTurn(() => this.#rotate(transact));
  }

  /** Runs `work` while the key does not change. @param work is told the file of the key that signs. */
  steady<T>(work: (file: string) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const next = this.#unfinished;
      return work(this.#file(next !== undefined && (await this.#isHandedTo(next))));
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #rotate(transact: KeyTransact): Promise<LogHandoverRecord> {
    if (this.#unfinished !== undefined) {
      const message = "the last change of the log's key is not finished: the next start does that";
      throw new IssuerError("WRONG_STATE", message);
    }
    const next = this.#file(true);
    const { pem, signer } = this.#newKey();
    await writePrivateFile(next, pem);
    let handover: LogHandoverRecord;
    try {
      handover = await this.#log.rotateKey(signer, transact);
    } catch (error) {
      this.#unfinished = signer.verifier;
      // Where the store does not even say whether it has the hand-over, both files stay for the next start.
      const isHandedOver = await this.#isHandedTo(signer.verifier).catch(() => undefined);
      if (isHandedOver === false) {
        await removePrivateFile(next);
        this.#unfinished = undefined;
      }
      throw error;
    }
    try {
      await movePrivateFile(next, this.#file(false));
    } catch (cause) {
      this.#unfinished = signer.verifier;
      const message = `the log has a new key, and the file of the one before is still there: ${messageOf(cause)}`;
      throw new IssuerError("STORE_UNAVAILABLE", message, { cause });
    }
    return handover;
  }

  async #isHandedTo(verifier: string): Promise<boolean> {
    return (await this.#log.handovers()).at(-1)?.verifier === verifier;
  }

  /** Notes tell keys apart by four bytes of a hash: these differ. */
  #newKey(): { readonly pem: string; readonly signer: NoteSigner } {
    for (;;) {
      const pem = newKeyPem();
      const signer = noteSigner(this.#name, pem);
      if (hashOf(signer.verifier) !== hashOf(this.#log.verifier)) return { pem, signer };
    }
  }

  #file(next: boolean): string {
    return join(this.#dataDir, next ? NEXT_LOG_KEY_FILE : LOG_KEY_FILE);
  }
}

function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function hashOf(verifier: string): string | undefined {
  return verifier.split("+")[1];
}
