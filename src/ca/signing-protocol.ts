import type { KeyObject } from "node:crypto";
import type { KeyType } from "../crypto/index.ts";

// What passes between the main thread and the threads that sign. Jobs travel packed, many in one piece of memory: a
// message costs as much as ten of its jobs, and each object inside one costs again.

/** An authority that a thread can sign with from now on, under its number. */
export interface KnownAuthority {
  readonly kind: "authority";
  readonly number: number;
  readonly privateKey: KeyObject;
  readonly keyType: KeyType;
  /** null: signs tokens only. */
  readonly certificateDer: Uint8Array | null;
}

/** Jobs, or their outcomes in the same order. */
export interface Packed {
  readonly kind: "packed";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ToThread = KnownAuthority | Packed;

/** What a job is. Followed by the authority's number, then by the fields of its kind, each with its length. */
export const JOB = {
  /** csr, serial, validity, subject alternative name; answered with certificate, SHA-256 of the key in hex. */
  x509: 1,
  /** What is signed, in ASCII; answered with the signature as JWS has it, base64url. */
  jwt: 2,
} as const;

export const OUTCOME = {
  done: 1,
  /** Error code, message. */
  failed: 2,
} as const;

/** Writes numbers and fields one after the other. */
export class Packer {
  #bytes: Buffer<ArrayBuffer> = Buffer.from(new ArrayBuffer(16 * 1024));
  #at = 0;

  number(value: number): void {
    this.#makeRoom(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  field(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Latin-1. */
  text(text: string): void {
    this.number(text.length);
    this.#makeRoom(text.length);
    this.#at += this.#bytes.write(text, this.#at, "latin1");
  }

  /** What was written; this must not be used after. The memory can be transferred. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(2 * (this.#bytes.length + size)));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** Reads them back. The fields are views. */
export class Unpacker {
  readonly #bytes: Buffer<ArrayBuffer>;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  field(): Buffer<ArrayBuffer> {
    const length = this.number();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.field().toString("latin1");
  }
}
