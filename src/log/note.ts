import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { IssuerError } from "../errors.ts";

// Signed notes: https://c2sp.org/signed-note. Text, an empty line, and lines of signatures.

/** Ed25519, as the format numbers it. */
const ALGORITHM = 1;
/** What every SubjectPublicKeyInfo of an Ed25519 key begins with. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const KEY_BYTES = 32;
const MAX_NOTE = 64 * 1024;

/** Who signs notes: a name without spaces or `+`, and an Ed25519 key. */
export interface NoteSigner {
  readonly name: string;
  /** `name+hash+base64`, for those who verify. */
  readonly verifier: string;
  sign(text: string): string;
  /** A JWS in compact form (EdDSA), whose kid is `verifier`. @param type its `typ`. */
  signJws(type: string, payload: object): string;
}

/** Whose notes are believed. */
export interface NoteVerifier {
  readonly name: string;
  /** `name+hash+base64` */
  readonly text: string;
  readonly hash: Buffer;
  readonly key: KeyObject;
}

/**
 * A signer with this key.
 * @param privateKeyPem PKCS#8 in PEM. @throws IssuerError CONFIG_INVALID when it is no Ed25519 key.
 */
export function noteSigner(name: string, privateKeyPem: string): NoteSigner {
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    throw new IssuerError("CONFIG_INVALID", "the key of the log cannot be read");
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new IssuerError("CONFIG_INVALID", `the key of the log is ${key.asymmetricKeyType}`);
  }
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const encoded = Buffer.concat([Buffer.of(ALGORITHM), spki.subarray(SPKI_PREFIX.length)]);
  const hash = keyHash(name, encoded);
  return {
    name,
    verifier: `${name}+${hash.toString("hex")}+${encoded.toString("base64")}`,
    sign(text) {
      const signature = Buffer.concat([hash, sign(null, Buffer.from(text), key)]);
      return `${text}\n— ${name} ${signature.toString("base64")}\n`;
    },
    signJws(typ, payload) {
      const part = (value: object): string =>
        Buffer.from(JSON.stringify(value)).toString("base64url");
      const kid = `${name}+${hash.toString("hex")}+${encoded.toString("base64")}`;
      const signed = `${part({ alg: "EdDSA", kid, typ })}.${part(payload)}`;
      return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
    },
  };
}

/** Reads `name+hash+base64`. @throws IssuerError REQUEST_INVALID when it is no Ed25519 key of a note. */
export function parseVerifier(text: string): NoteVerifier {
  const [, name = "", hex = "", base64 = ""] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const encoded = Buffer.from(base64, "base64");
  if (encoded.length !== 1 + KEY_BYTES || encoded[0] !== ALGORITHM) {
    const shown = JSON.stringify(text.slice(0, 200));
    throw new IssuerError("REQUEST_INVALID", `${shown} is not the key of a log: name+hash+base64`);
  }
  const hash = keyHash(name, encoded);
  if (hash.toString("hex") !== hex) {
    const message = `key ${JSON.stringify(text.slice(0, 200))} does not fit its own hash`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  const der = Buffer.concat([SPKI_PREFIX, encoded.subarray(1)]);
  return { name, text, hash, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/**
 * The text of a note that this key has signed; signatures of others are passed over.
 * @throws IssuerError LOG_INCONSISTENT when it has not; REQUEST_INVALID when it is not a note.
 */
export function openNote(note: string, verifier: NoteVerifier): string {
  const { text, signatures } = splitNote(note);
  const found = signatureOf(signatures, verifier);
  if (found === undefined) {
    const message = `the checkpoint is not signed by ${verifier.name}+${verifier.hash.toString("hex")}`;
    throw new IssuerError("LOG_INCONSISTENT", message);
  }
  if (verify(null, Buffer.from(text), verifier.key, found.bytes.subarray(4))) return text;
  const message = `the checkpoint's signature by ${found.name} does not verify`;
  throw new IssuerError("LOG_INCONSISTENT", message);
}

/** A line under a note: who signed, the first four bytes of whose key's hash, and the signature. */
export interface NoteSignature {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The line that says it is of this key; whether it is, `openNote` finds out. */
export function signatureOf(
  signatures: readonly NoteSignature[],
  verifier: NoteVerifier,
): NoteSignature | undefined {
  return signatures.find(({ name, bytes }) => {
    const hash = bytes.subarray(0, 4);
    return name === verifier.name && hash.length === 4 && timingSafeEqual(hash, verifier.hash);
  });
}

interface NoteParts {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** @throws IssuerError REQUEST_INVALID. */
export function splitNote(note: string): NoteParts {
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2).split("\n");
  if (note.length > MAX_NOTE || end < 0 || lines.pop() !== "" || lines.length === 0) {
    throw new IssuerError("REQUEST_INVALID", "a checkpoint is not a signed note");
  }
  const signatures = lines.map((line) => {
    const [, name = "", base64 = ""] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    if (name === "") {
      const shown = JSON.stringify(line.slice(0, 200));
      throw new IssuerError("REQUEST_INVALID", `line ${shown} of a checkpoint is no signature`);
    }
    return { name, bytes: Buffer.from(base64, "base64") };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** The first four bytes of SHA-256 over name, line feed, and encoded key. */
function keyHash(name: string, encoded: Buffer): Buffer {
  return createHash("sha256").update(`${name}\n`).update(encoded).digest().subarray(0, 4);
}
