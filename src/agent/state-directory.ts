import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  bundleFromJwks,
  bundleToJwks,
  exportPrivateKeyPem,
  importPrivateKeyPem,
  parseCertificate,
} from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import { openCheckpoint, parseVerifier } from "../log/index.ts";
import { type Bundle, parseSpiffeId, TrustDomain, type X509Svid } from "../spiffe/index.ts";
import type { KnownCheckpoint } from "./log-watch.ts";

/** What a bot keeps between two starts. */
export interface SavedState {
  readonly addresses: readonly string[];
  readonly bundle: Bundle;
  readonly svids: readonly X509Svid[];
  /** The key that a join token is bound to. */
  readonly tokenKey?: { readonly tokenId: string; readonly privateKeyPem: string };
}

interface FileContent {
  readonly version: 1;
  readonly trustDomain: string;
  readonly addresses: readonly string[];
  readonly bundle: string;
  readonly svids: readonly {
    readonly certificates: readonly string[];
    readonly privateKey: string;
    readonly hint: string;
  }[];
  readonly tokenKey?: { readonly tokenId: string; readonly privateKeyPem: string };
}

const FILE = "identity.json";
/** Beside it: the checkpoint of the issuer's log that the bot believes. It holds no secret. */
const CHECKPOINT_FILE = "log-checkpoint.json";
const ON_UNIX = process.platform !== "win32";

/** A directory (0700) with files (0600), always written whole. It holds private keys: guard it. */
export class StateDirectory {
  readonly #directory: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads what was saved; undefined when nothing was.
   * @throws IssuerError CONFIG_INVALID when others may read it, or it cannot be understood.
   */
  async load(): Promise<SavedState | undefined> {
    const file = join(this.#directory, FILE);
    let text: string;
    try {
      const { mode, uid } = await stat(file);
      if (ON_UNIX && ((mode & 0o077) !== 0 || uid !== process.getuid?.())) {
        throw new IssuerError("CONFIG_INVALID", `${file} is open to others: chmod 600 it`);
      }
      text = await readFile(file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return fromContent(JSON.parse(text) as FileContent);
    } catch (cause) {
      // Only the kind of the fault: the text holds keys.
      const kind = cause instanceof IssuerError ? messageOf(cause) : "it is not what was saved";
      throw new IssuerError("CONFIG_INVALID", `${file} cannot be read: ${kind}`);
    }
  }

  /** Saves; when this resolves the file survives the loss of power. Calls run one after the other. */
  save(state: SavedState): Promise<void> {
    const text = JSON.stringify(toContent(state));
    return this.#inTurn(FILE, text);
  }

  /**
   * The checkpoint that was saved; undefined when none was.
   * @throws IssuerError CONFIG_INVALID when it cannot be understood.
   */
  async loadCheckpoint(): Promise<KnownCheckpoint | undefined> {
    const file = join(this.#directory, CHECKPOINT_FILE);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const { verifier, note } = JSON.parse(text) as KnownCheckpoint;
      openCheckpoint(note, parseVerifier(verifier));
      return { verifier, note };
    } catch (cause) {
      const message = `${file} cannot be read: it is not a checkpoint that was saved`;
      throw new IssuerError("CONFIG_INVALID", message, { cause });
    }
  }

  /** Saves as `save` does. */
  saveCheckpoint(known: KnownCheckpoint): Promise<void> {
    return this.#inTurn(CHECKPOINT_FILE, JSON.stringify(known));
  }

  #inTurn(name: string, text: string): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write(name, text));
    return this.#writing;
  }

  async #write(name: string, text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = join(this.#directory, name);
    // Not by the process's number: in containers that share a volume all are number 1.
    const temporary = `${file}.${randomBytes(8).toString("hex")}.tmp`;
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    if (!ON_UNIX) return;
    const directory = await open(this.#directory, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

function toContent(state: SavedState): FileContent {
  return {
    version: 1,
    trustDomain: state.bundle.trustDomain.name,
    addresses: state.addresses,
    bundle: bundleToJwks(state.bundle),
    svids: state.svids.map((svid) => ({
      certificates: svid.certChainDer.map((der) => der.toString("base64")),
      privateKey: exportPrivateKeyPem(svid.privateKey),
      hint: svid.hint ?? "",
    })),
    ...(state.tokenKey === undefined ? {} : { tokenKey: state.tokenKey }),
  };
}

function fromContent(content: FileContent): SavedState {
  const trustDomain = TrustDomain.parse(content.trustDomain);
  return {
    addresses: content.addresses,
    bundle: bundleFromJwks(trustDomain, content.bundle),
    svids: content.svids.map(({ certificates, privateKey, hint }) => {
      const certChainDer = certificates.map((text) => Buffer.from(text, "base64"));
      return svidOf(certChainDer, privateKey, hint);
    }),
    ...(content.tokenKey === undefined ? {} : { tokenKey: content.tokenKey }),
  };
}

function svidOf(certChainDer: readonly Buffer[], privateKeyPem: string, hint: string): X509Svid {
  const leaf = parseCertificate(certChainDer[0] ?? Buffer.alloc(0));
  return {
    spiffeId: parseSpiffeId(leaf.uriSans[0] ?? ""),
    certChainDer,
    privateKey: importPrivateKeyPem(privateKeyPem),
    serialHex: leaf.serialHex,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    ...(hint === "" ? {} : { hint }),
  };
}
